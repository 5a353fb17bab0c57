import type { RunCommand } from '../../kernel/run/bracket.js';
import type { OverviewReport } from '@sluice/contract/documents';
import type { RunRecord } from '@sluice/state-store';
import { nameFew } from '../../base/natural-order.js';
import { pollInterval } from '../../base/config/poll-interval.js';
import type { Context } from '../../context/context.js';
import { readTakenPanels } from '../../context/leases.js';
import { isAtWork, toScope } from '../../kernel/run/run-request.js';
import { CLOCK_TOLERANCE_MS } from '../../context/panel-answers.js';

/** Numbers of runs among which the last one is searched, one after the other. */
const NEWEST = [20, 1000];
/** A run is late after this many intervals. */
const LATE_INTERVALS = 3;
/** A run that has a panel so many keeps all others from it for too long. */
const LONG_INTERVALS = 12;

/**
 * Returns the last run of a command that read something: one that was refused for the lease of another one has not, and one at work
 * has not ended yet. Without any, returns the newest; null where there is none. One over a part proves nothing about the schedule.
 */
export async function findLastRun(context: Context, command: RunCommand): Promise<RunRecord | null> {
  return findNewest(context, command, async (run) => hasBegun(run) && !(await isAtWork(context, run)));
}

/** Returns the last run of a command that has begun, also one at work; without any, the newest; null where there is none. */
export const findLastBegun = (context: Context, command: RunCommand): Promise<RunRecord | null> =>
  findNewest(context, command, hasBegun);

const hasBegun = ({ outcome }: RunRecord): boolean => outcome !== 'busy';

type IsMeant = (run: RunRecord) => boolean | Promise<boolean>;

async function findNewest(context: Context, command: RunCommand, isMeant: IsMeant): Promise<RunRecord | null> {
  if (context.deps.queue !== null) return findOverAll(context, command, isMeant);
  const seen: RunRecord[] = [];
  const found = await findMeant(context, { command, whole: true }, (run) => {
    if (seen.length === 0) seen.push(run);
    return isMeant(run);
  });
  return found ?? seen[0] ?? null;
}

/**
 * Returns the run since whose start every panel of the config has had a run that is meant, where workers run the panels one by one; null
 * where one has none.
 */
export function findOverAll(context: Context, command: RunCommand, isMeant: IsMeant): Promise<RunRecord | null> {
  const missing = new Set(Object.keys(context.config.panels).map((panel) => toScope({ panel })));
  return findMeant(context, { command }, async (run) => {
    const isNeeded = run.service === null && (run.scope === null || missing.has(run.scope));
    if (!isNeeded || !(await isMeant(run))) return false;
    missing.delete(run.scope);
    return run.scope === null || missing.size === 0;
  });
}

async function findMeant(
  context: Context,
  of: { command: RunCommand; whole?: boolean },
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
export function findLastOver(context: Context, command: RunCommand, panel: string): Promise<RunRecord | null> {
  const scopes = [null, toScope({ panel })];
  return findMeant(context, { command }, (run) => hasBegun(run) && run.service === null && scopes.includes(run.scope));
}

/** Returns whether the last run of a command is too long ago for the time between its runs. */
export function isLate({ deps }: Context, last: Pick<RunRecord, 'startedAt'>, intervalMs: number): boolean {
  return deps.clock.now() > lateFrom(last, intervalMs);
}

/** Returns until when, in ms, the last run of a command is not late. */
export function lateFrom({ startedAt }: Pick<RunRecord, 'startedAt'>, intervalMs: number): number {
  return Date.parse(startedAt) + LATE_INTERVALS * intervalMs;
}

/** What is known of runs that have stopped, or wait for one. */
type Late = NonNullable<OverviewReport['late']>;

/**
 * Returns that the runs have stopped, with the start of the last one: no poll over all panels has begun for too long, nor a reconcile,
 * which reads as much; else the run that keeps others from its panels for long, which must not hide that.
 */
export async function findLatePoll(context: Context): Promise<OverviewReport['late']> {
  return (await findStopped(context)) ?? findLongRun(context);
}

/** Returns the run that has a panel for the longest time, where that is too long, and the panels that it has. */
async function findLongRun(context: Context): Promise<(Late & { atWork: true; panels: string[] }) | undefined> {
  const longest = LONG_INTERVALS * context.config.poll.interval;
  const since = new Date(context.deps.clock.now() - longest).toISOString();
  const taken = [...(await readTakenPanels(context))].filter(([, { acquiredAt }]) => acquiredAt < since);
  const [first] = taken.map(([, lease]) => lease).sort((a, b) => (a.acquiredAt < b.acquiredAt ? -1 : 1));
  const run = first === undefined ? null : await context.store.runs.get(first.run);
  if (run === null) return undefined;
  const panels = taken.flatMap(([panel, lease]) => (lease.run === run.id ? [panel] : []));
  return { command: run.command, at: run.startedAt, atWork: true, panels };
}

/** Returns that no run over all panels has begun for too long, unless the next ones wait for one that has panels. */
async function findStopped(context: Context): Promise<Late | undefined> {
  const interval = pollInterval(context.config);
  const poll = await findLastBegun(context, 'poll');
  if (poll === null || !isLate(context, poll, interval)) return undefined;
  const reconcile = await findLastBegun(context, 'reconcile');
  const last = reconcile === null || reconcile.startedAt < poll.startedAt ? poll : reconcile;
  if (!isLate(context, last, interval)) return undefined;
  const taken = [...(await readTakenPanels(context)).values()];
  // An older one that still has a panel proves nothing of the schedule.
  if (taken.some(({ run }) => run === last.id)) return undefined;
  return taken.length > 0 && (await isRefused(context)) ? undefined : { command: 'poll', at: last.startedAt };
}

/** Returns whether polls over all panels still start, and find each panel taken. */
async function isRefused(context: Context): Promise<boolean> {
  const newest = await findMeant(context, { command: 'poll', whole: true }, () => true);
  return newest?.outcome === 'busy' && !isLate(context, newest, pollInterval(context.config));
}

/** One of the sentences about runs that have stopped. */
export interface LateLine {
  code: 'run_at_work' | 'poll_late' | 'reading_overdue' | 'agent_check_late' | 'agent_check_failed';
  at: string;
  /** Without a full stop. */
  message: string;
}

/**
 * Lists in sentences that the runs have stopped, or wait for one, or leave panels out, and the checks of agents: on these panels, or on
 * all. `since` is an instant as the reader's times are.
 */
export function listLate(
  { late, overdue = [], lateChecks = [] }: Pick<OverviewReport, 'late' | 'overdue' | 'lateChecks'>,
  since: (instant: string, panel?: string) => string,
  of?: readonly string[],
): LateLine[] {
  const isMeant = (panel: string): boolean => of?.includes(panel) !== false;
  const lines: LateLine[] = [];
  if (late !== undefined && (late.panels?.some(isMeant) ?? true))
    lines.push({
      code: late.atWork === true ? 'run_at_work' : 'poll_late',
      at: late.at,
      message: describeLate(late, since(late.at)),
    });
  const left = overdue.filter(({ panel }) => isMeant(panel)).sort((a, b) => (a.at < b.at ? -1 : 1));
  const [first] = left;
  if (first !== undefined)
    lines.push({ code: 'reading_overdue', at: first.at, message: describeOverdue(left, since(first.at, first.panel)) });
  for (const { panel, at, message } of lateChecks)
    if (isMeant(panel))
      lines.push({
        code: message === undefined ? 'agent_check_late' : 'agent_check_failed',
        at,
        message: describeLateChecks(panel, since(at, panel), message),
      });
  return lines;
}

/** Returns that the runs have stopped, or wait for one, without a full stop; `since` is the instant as the reader's times are. */
export function describeLate({ command, atWork, panels = [] }: Late, since: string): string {
  if (atWork === true)
    return `The ${command} of ${since} is still at work and keeps others from panel ${panels.join(', ')}: nothing else is read, held or released there before it ends`;
  return `No ${command} over all panels has begun since ${since}: nothing is read, held or released before the next one`;
}

function describeOverdue(left: readonly { panel: string }[], since: string): string {
  const panels = left.map(({ panel }) => panel).sort();
  return `What was due on panel ${nameFew(panels)} since ${since} was not read: its figures are older than poll.maxOvershoot permits`;
}

function describeLateChecks(panel: string, since: string, why: string | undefined): string {
  if (why !== undefined)
    return `No check of the agents of panel ${panel} has come to its end since ${since}: ${why.replace(/\.$/, '')}. Their limits are not enforced before one does`;
  return `No check of the agents of panel ${panel} has begun since ${since}: their limits are not enforced before the next one`;
}
