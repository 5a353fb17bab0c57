import type { Panel } from '@sluice/panel-kind';
import {
  type Allowance,
  crossedThresholds,
  decide,
  type Decision,
  type MeteredLimit,
  type Mode,
  type StandingHold,
  usageInMode,
  zonedMidnight,
} from '@sluice/quota-core';
import type { CycleRecord, HoldRecord, ServiceRecord } from '@sluice/state-store';
import { zoneOf } from '../config/zone-of.js';
import { describeTermination, type Termination, UNFINISHED } from '../provision/termination.js';
import type { Session } from '../session.js';
import { type CycleLimit, limitsOf } from './limits.js';
import { isOverdue } from './load.js';
import type { Notice } from './notices.js';
import { raisePeaks } from './observe.js';
import { fail, type Work } from './work.js';
import { inForce } from './restrictions.js';

/** Percentages of the allowance that are announced. */
const THRESHOLDS = [80, 90, 100];

/** Decides which holds a service should have now, from what was read and what the store knows. */
export function judge(session: Session, panel: Panel, work: Work, now: string): void {
  if (work.skipped !== null || work.allowance === null) return;
  const cannotMeter = work.error !== null;
  const usage = cannotMeter
    ? {
        known: false as const,
        at: now,
        code: work.error?.code ?? 'not_read',
        message: work.error?.message ?? 'not read',
      }
    : readingOf(work);
  const decision = decisionOn(session, panel, { ...work, allowance: work.allowance }, { now, usage });
  work.decision = decision;
  if (decision.problem && decision.status === 'unreadable') fail(work, decision.problem);
  else if (decision.problem) work.warnings.push(decision.problem);
  const open = new Set<string>(work.holds.map((hold) => hold.reason));
  work.opens = decision.holds.filter(({ reason }) => isDecided(decision, reason) && !open.has(reason));
  work.closes = notDue(work.holds, decision);
  if (work.cycle) work.cycle.allowance = work.allowance;
}

/**
 * Open holds that a run would end, by the last reading and by what is stored now: a command has ended their reason since
 * they began, and no run has looked at the service again.
 */
export function endedHolds(session: Session, panel: Panel, work: Work, now: string): HoldRecord[] {
  const { allowance, cycle, cycleIsNew } = work;
  if (allowance === null) return [];
  const usage =
    cycle === null || cycleIsNew || cycle.readAt === null
      ? { known: false as const, at: now, code: 'not_read', message: 'not read in this cycle' }
      : { known: true as const, at: cycle.readAt, ...pick(cycle) };
  return notDue(work.holds, decisionOn(session, panel, { ...work, allowance }, { now, usage }));
}

/** Returns the open holds that a run began and this decision does not want. */
function notDue(open: readonly HoldRecord[], decision: Decision): HoldRecord[] {
  const wanted = new Set<string>(decision.holds.map((hold) => hold.reason));
  return open.filter(({ reason }) => isDecided(decision, reason) && !wanted.has(reason));
}

/** Whether runs begin and end holds with this reason by themselves; the others are an operator's or an agent's. */
function isDecided({ limits }: Decision, reason: string): boolean {
  return reason === 'billing' || limits.some(({ limit }) => limit === reason);
}

function decisionOn(
  session: Session,
  panel: Panel,
  work: Work & { allowance: Allowance },
  { now, usage }: { now: string; usage: MeteredLimit['usage'] },
): Decision {
  const { config } = session;
  const { service, cycle, allowance, mode, action } = work;
  const metered = (limit: CycleLimit): MeteredLimit => {
    const hold = work.holds.find(({ reason }) => reason === limit.id);
    return {
      ...limit,
      window: cycle?.id ?? null,
      usage,
      peakUsedBytes: cycle ? peakOf(cycle, limit.mode) : null,
      hold: hold ? { window: hold.cycle, usedBytes: hold.usedBytes, allowedBytes: hold.allowedBytes } : null,
    };
  };
  const [quota, ...others] = limitsOf(session, service, { allowance, mode, restriction: action });
  return decide({
    now,
    limits: [metered(quota), ...others.map(metered)],
    billing: {
      suspended: service.status === 'suspended',
      overdue: isOverdue(service, config, now),
      overduePolicy: config.poll.overdue,
      restriction: panel.kind.suspension,
    },
    standing: standingHolds(session, panel, work),
    protectedUntil:
      service.protectedUntil === null ? null : zonedMidnight(service.protectedUntil, zoneOf(config, service.panel)),
  });
}

function standingHolds(session: Session, panel: Panel, work: Work): StandingHold[] {
  const holds = inForce(session, panel, work);
  return (['manual', 'agent-limit'] as const).flatMap((reason) => {
    const hold = holds.find((open) => open.reason === reason);
    return hold ? [{ reason, restriction: hold.restriction }] : [];
  });
}

function readingOf(work: Work): MeteredLimit['usage'] {
  const reading = work.answer?.reading ?? null;
  if (reading === null || !reading.known) return reading;
  return work.usage
    ? { known: true, at: work.usage.at, ...pick(work.usage) }
    : { known: false, at: reading.at, code: 'not_read', message: 'the reading was not understood' };
}

function pick(usage: { inBytes: number | null; outBytes: number | null; totalBytes: number | null }) {
  return { inBytes: usage.inBytes, outBytes: usage.outBytes, totalBytes: usage.totalBytes };
}

function peakOf(cycle: CycleRecord, mode: Mode): number | null {
  if (mode === 'IN') return cycle.peakInBytes;
  if (mode === 'OUT') return cycle.peakOutBytes;
  return cycle.peakTotalBytes;
}

/** The hold rows that a decision begins; written down only when the run goes through with it. */
export function draftHolds(session: Session, work: Work): HoldRecord[] {
  const now = session.now();
  return work.opens.map(({ reason, rule, restriction }) => {
    const limit = work.decision?.limits.find((one) => one.limit === reason);
    return {
      id: session.id('hold'),
      service: work.service.id,
      reason,
      restriction,
      since: now,
      until: null,
      note: rule,
      cycle: work.cycle?.id ?? null,
      usedBytes: limit?.usedBytes ?? null,
      allowedBytes: limit?.allowedBytes ?? null,
      origin: 'run' as const,
    };
  });
}

/** What an operator or client should hear of this decision, once it is to be gone through with; each event once, by its key. */
export function noticesOf(work: Work): Notice[] {
  const { service, cycle, decision, termination } = work;
  if (termination && work.skipped === UNFINISHED) return [unfinishedNotice(service, termination)];
  if (!decision) return [];
  const notices: Notice[] = [];
  const add = (code: string, key: string, message: string): void => {
    notices.push({ code, key: `${code}:${service.id}:${key}`, panel: service.panel, service: service.id, message });
  };
  for (const { reason, rule } of work.opens) {
    const draft = work.holds.find((hold) => hold.reason === reason);
    if (work.enforcement.value === 'observe')
      // Decided anew in every run: told once in a cycle.
      add('would_hold', `${reason}:${cycle?.id ?? 'none'}`, `${service.id} would be held (${reason}: ${rule})`);
    else add('hold', draft?.id ?? reason, `${service.id} is held (${reason}: ${rule})`);
  }
  for (const hold of decision.withheld) {
    add(
      'hold_withheld',
      `${hold.reason}:${cycle?.id ?? 'none'}`,
      `${service.id} is due to be held (${hold.reason}), but protected until ${service.protectedUntil ?? ''}`,
    );
  }
  if (work.enforcement.value === 'on') {
    for (const hold of work.closes)
      add('release', hold.id, `${service.id} is released (${hold.reason}: ${decision.rule})`);
  }
  if (decision.status === 'unmanaged') {
    add('unmanaged', service.product, `${service.id} has no quota: it is metered where it can be and never held`);
  }
  if (decision.problem?.code === 'usage_fell')
    add('usage_fell', cycle?.id ?? 'none', `${service.id}: ${decision.problem.message}`);
  for (const wrong of work.wrongCycles) {
    add(
      'cycle_mended',
      wrong.id,
      `${service.id}: its cycle from ${wrong.start}, which a clock that was ahead had opened, is forgotten; it is metered from ${cycle?.start ?? ''}`,
    );
  }
  notices.push(...thresholdNotices(work));
  return notices;
}

function unfinishedNotice({ id, panel }: ServiceRecord, termination: Termination): Notice {
  const message = describeTermination(id, termination);
  return { code: UNFINISHED, key: `${UNFINISHED}:${id}:${termination.order}`, panel, service: id, message };
}

function thresholdNotices(work: Work): Notice[] {
  const { service, cycle, allowance, usage } = work;
  if (!cycle || !usage || allowance?.kind !== 'limited') return [];
  const usedBytes = usageInMode(usage, work.mode);
  if (usedBytes === null) return [];
  const crossed = crossedThresholds({
    usedBytes,
    allowedBytes: allowance.allowedBytes,
    thresholds: THRESHOLDS,
    already: cycle.thresholds,
  });
  cycle.thresholds = [...cycle.thresholds, ...crossed];
  return crossed.map((percent) => ({
    code: 'threshold',
    key: `threshold:${service.id}:${cycle.id}:${percent}`,
    panel: service.panel,
    service: service.id,
    message: `${service.id} has used ${percent} % of its allowance`,
  }));
}

/** Raises the cycle's peaks once the decision is taken and accepted. */
export function settleCycle(work: Work): void {
  if (work.cycle) raisePeaks(work.cycle);
}
