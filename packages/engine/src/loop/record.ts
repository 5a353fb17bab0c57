import { staffText } from '@sluice/messages/staff';
import { type MovedError, TOO_SHORT } from '../base/errors.js';
import { isInterrupted } from '../base/interruption.js';
import { endStops } from '../kernel/changes/store-copy.js';
import { type BrakeError, isBrakeError, noteBrake } from '../kernel/run/brake-state.js';
import { type FinishedWorks, record, showOnly } from '../kernel/run/report.js';
import type { Decided, Read, Applied } from '../kernel/subject/stages.js';
import { leftUnfinished } from '../kernel/subject/to-stage.js';
import { undecided } from './decide.js';
import type { PanelRun, ToTreatment } from './run-part.js';
import { brakeActs } from '@sluice/quota-core';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { COMMANDS_MS, serviceLease, turnLease } from '../context/leases.js';
import { type Notice, serviceNotice } from '../kernel/run/notice.js';
import { changedNotice, listReleases } from './decision-notices.js';

/** Reports services that an interrupted run did not read, and returns the others. */
export function leaveUnread(run: PanelRun, reads: readonly Read[]): readonly Read[] {
  const { context } = run;
  if (!context.deps.signal.aborted) return reads;
  const isLeft = ({ answer, error }: Read): boolean =>
    isInterrupted(error) || (answer?.reading.known === false && isInterrupted(answer.reading));
  leaveUnfinished(run, reads.filter(isLeft).map(undecided));
  return reads.filter((read) => !isLeft(read));
}

/** Reports services that an interrupted run leaves as they are stored. */
export function leaveUnfinished(run: PanelRun, decided: readonly Decided[]): void {
  showOnly(run, { subjects: decided.map(leftUnfinished), treatment: treatmentIn(run, false), notices: [] });
}

/** Stores the decisions and what the run was stopped by; a dry run only shows them. */
export async function recordFinished(
  run: PanelRun,
  finished: FinishedWorks,
  stop: MovedError | BrakeError | null,
): Promise<void> {
  const { context, panel, request, leases } = run;
  if (request.dryRun) {
    showOnly(run, finished);
    return;
  }
  if (finished.subjects.length + finished.notices.length > 0) {
    const show = await context.write(leases.held, async (tables) => {
      const shown = await record(run, tables, finished);
      if (isBrakeError(stop)) await noteBrake(tables, 'services', { run: run.run, at: context.now(), error: stop });
      return shown;
    });
    show();
  }
  if (stop === null && request.service === undefined && wasRead(run)) await endStops(context, panel.name);
}

/** Returns whether the run could decide: a panel that answers for no service ends nothing. */
export function wasRead({ context, panel, read, unread }: PanelRun): boolean {
  return (context.panelFailures().get(panel.name) ?? null) === null && (read > 0 || unread === 0);
}

/** Counts a service whose reading failed. */
export function noteUnread(run: PanelRun, { error, answer }: Pick<Read, 'error' | 'answer'>): void {
  run.unread++;
  const reading = answer?.reading;
  const problem = error ?? (reading?.known === false ? reading : null);
  if (problem !== null && TOO_SHORT.includes(problem.code)) {
    run.ignored ??= { code: problem.code, message: problem.message };
  }
}

/** Returns how a run, stopped by the brake or not, treats services. */
export function treatmentIn({ request }: PanelRun, stopped: boolean): ToTreatment {
  return ({ enforcement }) => {
    const observing = enforcement.value === 'observe';
    return { previewOnly: request.dryRun || stopped || observing, observing };
  };
}

/** What commands kept the run over one panel from. */
export interface LeftOut {
  readonly run: PanelRun;
  readonly subjects: readonly Applied[];
  readonly treatment: ToTreatment;
  /** Whether nothing is wrong with the run, so that it may decide on them again. */
  readonly mayDecide: boolean;
}

/**
 * Decides again on each service that was left out, on its present facts, once the command about it has ended; the next ones wait for
 * the run. Otherwise a client that sends commands without a break would never be held. Returns those that are left out still.
 */
export async function decideAgain(
  left: LeftOut,
  decide: (service: ServiceRecord) => Promise<LeftOut | null>,
): Promise<LeftOut[]> {
  const { run, subjects } = left;
  const { clock } = run.context.deps;
  if (subjects.length === 0 || !isAllowed(left)) return [left];
  const ids = subjects.map(({ service }) => service.id);
  const isNext = new Set<string>();
  try {
    // All at once: commands end while the run is at the services before.
    for (const id of ids) if ('lease' in (await run.leases.tryTake(turnLease(serviceLease(id))))) isNext.add(id);
    const again: LeftOut[] = [];
    const still: Applied[] = [];
    let leftMs = COMMANDS_MS;
    for (const work of subjects) {
      const since = clock.now();
      const isFresh = isNext.has(work.service.id) && work.actions.length === 0;
      const service = isFresh ? await waitFor(run, work, leftMs) : null;
      if (isFresh) leftMs = service === null ? 0 : Math.max(0, leftMs - Math.max(0, clock.now() - since));
      const decided = service === null ? null : await decide(service);
      if (service === null) still.push(work);
      if (decided !== null) again.push(decided);
      await run.leases.release(turnLease(serviceLease(work.service.id)));
    }
    return [{ ...left, subjects: still }, ...again];
  } finally {
    for (const id of isNext) await run.leases.release(turnLease(serviceLease(id)));
  }
}

/** More new holds than the brake permits are left to the next run, whose brake counts them. */
function isAllowed({ run, subjects, mayDecide }: LeftOut): boolean {
  const { context, request, active } = run;
  if (!mayDecide || context.deps.signal.aborted) return false;
  if (request.allowMass || request.service !== undefined) return true;
  const { length: changing } = subjects.filter(({ holds }) => holds.length === 0);
  return !brakeActs({ changing, beginning: changing, active, stated: context.config.poll.brake });
}

/** Waits until no command works on a service, and returns it; null where one lasts longer, or the service is gone. */
async function waitFor(
  { context, leases, panel }: PanelRun,
  work: Applied,
  waitMs: number,
): Promise<ServiceRecord | null> {
  const { id } = work.service;
  try {
    await leases.take(serviceLease(id), waitMs);
  } catch {
    // Held for longer, or the run was interrupted: the next run decides.
    return null;
  }
  await leases.release(serviceLease(id));
  const service = await context.store.services.get(id);
  return service?.panel === panel.name ? service : null;
}

/** Stores what is known of services that are left to the next run, and which were left out before. */
export async function recordLeft(run: PanelRun, all: readonly LeftOut[]): Promise<void> {
  const { context, panel, only } = run;
  const prefix = toPrefix(panel.name);
  const stored = await context.store.conditions.list(prefix);
  const left = all.flatMap(({ subjects }) => subjects);
  if (left.length + stored.length === 0) return;
  const kept = new Set(left.filter(isDue).map(({ service }) => `${prefix}${service.id}`));
  const over = stored.filter(({ key }) => !kept.has(key) && (only === null || key === `${prefix}${only.id}`));
  const shown = await context.write(run.leases.held, async (tables) => {
    const recorded: (() => void)[] = [];
    for (const { key } of over) await tables.conditions.end(key);
    for (const { run: ofService, subjects, treatment } of all) {
      const notices: Notice[] = [];
      for (const work of subjects) {
        notices.push(...listReleases(run.context, work, run.report.run));
        if (work.changedMeanwhile) notices.push(changedNotice(work, run.run));
        if (isDue(work)) notices.push(...(await countLeft(tables, run, work)));
      }
      if (subjects.length > 0) recorded.push(await record(ofService, tables, { subjects, treatment, notices }));
    }
    return recorded;
  });
  for (const show of shown) show();
}

/** Returns whether a service should be held. */
const isDue = ({ decision }: Applied): boolean => decision !== null && decision.holds.length > 0;

/** Code of the notice of a service that commands keep from being held. */
const KEPT_UNHELD = 'kept_unheld';

/** Counts a run that a command kept from holding a service; from the second one in a row, operators are notified. */
async function countLeft(
  tables: Pick<StoreTables, 'conditions'>,
  run: PanelRun,
  { service }: Applied,
): Promise<Notice[]> {
  const key = `${toPrefix(run.panel.name)}${service.id}`;
  const known = await tables.conditions.get(key);
  const since = known?.since ?? run.context.now();
  const runs = (known?.runs ?? 0) + 1;
  await tables.conditions.put({ key, since, runs, details: null });
  if (runs < 2) return [];
  const message = staffText('staff.keptUnheld', { service: service.id, since });
  return [serviceNotice(service, KEPT_UNHELD, message, since)];
}

const toPrefix = (panel: string): string => `left-out:${panel}:`;
