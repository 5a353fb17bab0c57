import type { DecisionRecord, RunOutcome } from '@sluice/state-store';
import type { ItemError } from '@sluice/panel-kind';
import type { Session } from '../session.js';
import { serviceView, type ServiceView } from '../views.js';
import type { PassReport } from './report.js';
import type { Tally } from './tally.js';
import type { Work } from './work.js';

/** How a run treats what it decided. */
export interface Treatment {
  /** Nothing is carried out: a dry run, a panel under `observe`, or one that the brake stopped. */
  shownOnly: boolean;
  observing: boolean;
}

/** The status of a service after the run. */
function statusOf(work: Work, treatment: Treatment): string {
  if (work.skipped !== null) return 'skipped';
  const unreadable = work.decision?.status === 'unreadable' && work.answer !== null;
  if (unreadable) return 'unreadable';
  if (work.error !== null) return 'failed';
  if (work.allowance?.kind === 'unmanaged' && work.holds.length === 0) return 'unmanaged';
  if (shownHolds(work, treatment).length > 0) return 'held';
  return work.decision?.status === 'held' ? 'ok' : (work.decision?.status ?? 'skipped');
}

/** Holds as they are, or (shown only) as they would be. */
export function shownHolds(work: Work, { shownOnly }: Treatment): { reason: string; since: string }[] {
  if (!shownOnly) return work.holds;
  const closing = new Set(work.closes.map((hold) => hold.id));
  const since = work.usage?.at ?? work.answer?.reading.at ?? work.cycle?.openedAt ?? '';
  return [
    ...work.holds.filter((hold) => !closing.has(hold.id)),
    ...work.opens
      .filter((open) => !work.holds.some((hold) => hold.reason === open.reason))
      .map((open) => ({ reason: open.reason, since })),
  ];
}

/** What the store keeps of the decision: enough to recompute it by hand. */
export function decisionOf(
  session: Session,
  run: { id: string; at: string },
  work: Work,
  treatment: Treatment,
): DecisionRecord {
  const { service, usage, decision, cycle } = work;
  const would = decision ? [...decision.withheld.map((hold) => hold.reason)] : [];
  return {
    service: service.id,
    run: run.id,
    at: run.at,
    cycle: cycle?.id ?? null,
    status: statusOf(work, treatment),
    rule: work.skipped ?? decision?.rule ?? work.error?.code ?? 'not-decided',
    mode: work.mode,
    action: work.action,
    inBytes: usage?.inBytes ?? null,
    outBytes: usage?.outBytes ?? null,
    totalBytes: usage?.totalBytes ?? null,
    readAt: usage?.at ?? null,
    allowance: work.allowance,
    wouldHold: treatment.shownOnly ? [...work.opens.map((open) => open.reason), ...would] : would,
    observing: treatment.observing,
    errorCode: work.error?.code ?? null,
    errorMessage: work.error?.message ?? null,
    // In the order of their names, as the digest of a decision wants them.
    inputs: {
      billingCycle: service.billingCycle,
      drift: work.drift,
      enforce: { since: work.enforcement.since, source: work.enforcement.source, value: work.enforcement.value },
      nextDueDate: service.nextDueDate,
      overdue: session.config.poll.overdue,
      peak: cycle
        ? { inBytes: cycle.peakInBytes, outBytes: cycle.peakOutBytes, totalBytes: cycle.peakTotalBytes }
        : null,
      protectedUntil: service.protectedUntil,
      quotaPeriod: work.product.quotaPeriod,
      status: service.status,
      warnings: work.warnings,
      ...(work.remembered.seen === null ? {} : { reading: work.remembered.seen }),
    },
  };
}

/** The service's element in the run's document. */
export function viewOf(decision: DecisionRecord, work: Work, treatment: Treatment): ServiceView {
  const view = serviceView({
    service: work.service,
    decision,
    cycle: work.cycle,
    holds: shownHolds(work, treatment),
    actions: work.actions,
  });
  return { ...view, drift: work.drift };
}

/** Why a run failed as a whole: what all its services failed of, or that each has its own reason. */
export function wholeError(services: ServiceView[], panels: PassReport['panels']): ItemError {
  const errors = [...panels, ...services].map(({ error }) => error).filter((error) => error !== null);
  // That a panel is not asked any more follows from what it answered before.
  const causes = errors.filter((error) => error.code !== 'PANEL_CIRCUIT_OPEN');
  const [first] = causes.length > 0 ? causes : errors;
  if (first && causes.every((error) => error.code === first.code)) return first;
  return { code: 'all_failed', message: `none of the ${services.length} services could be done; each one says why` };
}

/** Returns how a run ended; the worst of what holds. */
export function outcomeOf(report: PassReport, tally: Pick<Tally, 'counted' | 'wrong' | 'partly' | 'left'>): RunOutcome {
  if (report.error?.code === 'lease_held') return 'busy';
  if (report.error && report.error.code !== 'mass_change') return 'failed';
  if (tally.counted === 0 && report.totals.services === 0 && report.panels.length > 0) return 'failed';
  // A service for which something was done is a part that is not finished, and no failure as a whole.
  if (tally.counted > 0 && tally.wrong === tally.counted && !tally.partly) return 'failed';
  if (report.error?.code === 'mass_change') return 'brake';
  return tally.wrong + tally.left + report.panels.length > 0 ? 'partial' : 'done';
}
