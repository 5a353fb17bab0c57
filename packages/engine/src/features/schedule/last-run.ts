import type { OverviewReport } from '@sluice/contract/documents';
import type { LeaseRecord, RunRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { hasEnded } from '../../context/leases.js';
import { isAtWork, toScope } from '../../kernel/run/bracket.js';
import { CLOCK_TOLERANCE_MS } from '../../context/panel-answers.js';

/** Numbers of runs among which the last one is searched, one after the other. */
const NEWEST = [20, 1000];
/** A run is late after this many intervals. */
const LATE_INTERVALS = 3;
/** A run that is at work so many keeps all others from the panels for too long. */
const LONG_INTERVALS = 12;

/**
 * Returns the last run of a command that read something: one that was refused for the lease of another one has not, and one at work
 * has not ended yet. Without any, returns the newest; null where there is none. One over a part proves nothing about the schedule.
 */
export async function findLastRun(context: Context, command: string): Promise<RunRecord | null> {
  return findNewest(context, command, async (run) => hasBegun(run) && !(await isAtWork(context, run)));
}

/** Returns the last run of a command that has begun, also one at work; without any, the newest; null where there is none. */
export const findLastBegun = (context: Context, command: string): Promise<RunRecord | null> =>
  findNewest(context, command, hasBegun);

const hasBegun = ({ outcome }: RunRecord): boolean => outcome !== 'busy';

type IsMeant = (run: RunRecord) => boolean | Promise<boolean>;

async function findNewest(context: Context, command: string, isMeant: IsMeant): Promise<RunRecord | null> {
  const found = await findMeant(context, { command, whole: true }, isMeant);
  return found ?? findMeant(context, { command, whole: true }, () => true);
}

async function findMeant(
  context: Context,
  of: { command: string; whole?: boolean },
  isMeant: IsMeant,
): Promise<RunRecord | null> {
  // A run in the future, by a clock that was ahead, must not hide that runs have stopped.
  const until = new Date(context.deps.clock.now() + CLOCK_TOLERANCE_MS).toISOString();
  for (const limit of NEWEST) {
    const runs = await context.store.runs.list({ ...of, until, limit });
    for (const run of runs) if (await isMeant(run)) return run;
    if (runs.length < limit) break;
  }
  return null;
}

/** Returns the last run of a command that has begun over all panels or over this one alone; null where none has. */
export function findLastOver(context: Context, command: string, panel: string): Promise<RunRecord | null> {
  const scopes = [null, toScope({ panel })];
  return findMeant(context, { command }, (run) => hasBegun(run) && run.service === null && scopes.includes(run.scope));
}

/** Returns whether the last run of a command is too long ago for the time between its runs. */
export function isLate({ deps }: Context, { startedAt }: Pick<RunRecord, 'startedAt'>, intervalMs: number): boolean {
  return deps.clock.now() - Date.parse(startedAt) > LATE_INTERVALS * intervalMs;
}

/**
 * Returns that the runs have stopped, with the start of the last one: no poll over all panels has begun for too long, nor a
 * reconcile, which reads as much. One that still has panels keeps the next ones from them, and is named itself once it does so for long.
 */
export async function findLatePoll(context: Context): Promise<OverviewReport['late']> {
  const poll = await findLastBegun(context, 'poll');
  if (poll === null || !isLate(context, poll, context.config.poll.interval)) return undefined;
  const reconcile = await findLastBegun(context, 'reconcile');
  const last = reconcile === null || reconcile.startedAt < poll.startedAt ? poll : reconcile;
  if (!isLate(context, last, context.config.poll.interval)) return undefined;
  for (const run of reconcile === null ? [poll] : [poll, reconcile]) {
    if (!(await isTaken(context, (lease) => lease.run === run.id))) continue;
    const isLong = context.deps.clock.now() - Date.parse(run.startedAt) > LONG_INTERVALS * context.config.poll.interval;
    return isLong ? { command: run.command, at: run.startedAt, atWork: true } : undefined;
  }
  return { command: 'poll', at: last.startedAt };
}

/** Returns whether a process has a lease that is meant now. */
export async function isTaken({ store, deps }: Context, isMeant: (lease: LeaseRecord) => boolean): Promise<boolean> {
  const now = deps.clock.now();
  return (await store.leases.list()).some(
    (lease) => isMeant(lease) && Date.parse(lease.expiresAt) > now && !hasEnded(deps, lease.owner),
  );
}

/** Returns that the runs have stopped, or wait for one, without a full stop; `since` is the instant as the reader's times are. */
export function describeLate({ command, atWork }: NonNullable<OverviewReport['late']>, since: string): string {
  if (atWork === true)
    return `The ${command} of ${since} is still at work and keeps others from its panels: nothing else is read, held or released there before it ends`;
  return `No ${command} over all panels has begun since ${since}: nothing is read, held or released before the next one`;
}

/** Returns that the checks of the agents of a panel have stopped, without a full stop; `since` is the instant as the reader's times are. */
export function describeLateChecks(panel: string, since: string): string {
  return `No check of the agents of panel ${panel} has begun since ${since}: their limits are not enforced before the next one`;
}
