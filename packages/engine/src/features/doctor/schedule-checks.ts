import type { RunCommand } from '../../kernel/run/bracket.js';
import type { Check } from '@sluice/contract/documents';
import type { RunRecord } from '@sluice/state-store';
import { toChecks } from '../../base/check.js';
import { listCallPanels } from '../../base/config/call-panels.js';
import type { Context } from '../../context/context.js';
import { readEnforcements } from '../../context/enforcement.js';
import { isAtWork } from '../../kernel/run/run-request.js';
import { listLastChecks } from '../agents/late-checks.js';
import { scheduledCommands } from '../schedule/jobs.js';
import { describeLate, findLastBegun, findLastRun, findLatePoll, isLate } from '../schedule/last-run.js';

/** The last run of a job, and what is wrong with its age. */
interface LastRun {
  word: 'poll' | 'sync' | 'agent check' | 'call bill';
  run: RunRecord | null;
  isTooOld: boolean;
  /** Whether the job has something to do, so that one that has never run is missed. */
  isMissed: boolean;
  /** What the check is about; default: the run. */
  object?: string;
  /** Why it did not come to its end for what the check is about, whatever it did elsewhere. */
  failure?: string | undefined;
}

/** Checks that the last run of each job that has something to do is recent and ended well. */
export async function scheduleChecks(context: Context): Promise<Check[]> {
  const run = await findLastRun(context, 'poll');
  const isMissed = (await context.store.services.ids()).length > 0;
  const late = await findLatePoll(context);
  const isLong = late?.atWork === true;
  const poll: LastRun = { word: 'poll', run, isTooOld: late !== undefined && !isLong, isMissed };
  const lastChecks = await listLastChecks(context);
  const lasts: LastRun[] = [
    poll,
    ...lastChecks.map((check): LastRun => ({
      ...{ word: 'agent check', run: check.run, isTooOld: check.isLate, isMissed: true, object: check.panel },
      failure: check.unfinished?.message,
    })),
    ...((await hasCallsToBill(context)) ? await findLast(context, 'call bill', 'call bill') : []),
    ...(await findLast(context, 'sync', 'service sync')),
  ];
  const checks: Check[] = isLong
    ? [toChecks('run at work', late.command)('warning', describeLate(late, late.at), 'run_at_work')]
    : [];
  for (const last of lasts) checks.push(await checkLastRun(context, last));
  return checks;
}

/** Returns the last run of a job; nothing where the config does not need it. */
async function findLast(context: Context, word: LastRun['word'], command: RunCommand): Promise<LastRun[]> {
  const job = scheduledCommands(context.config, context.deps).find((scheduled) => scheduled.command === command);
  if (job === undefined) return [];
  const begun = await findLastBegun(context, command);
  const isPast = begun !== null && isLate(context, begun, job.intervalMs);
  const isTooOld = isPast && !(await isAtWork(context, begun));
  return [{ word, run: await findLastRun(context, command), isTooOld, isMissed: true }];
}

/** Returns whether lines have calls that a job bills: under `observe`, bills are only shown. */
async function hasCallsToBill(context: Context): Promise<boolean> {
  const { config, deps, store } = context;
  const enforcements = await readEnforcements(config, store);
  for (const panel of listCallPanels(config, deps.kinds).billed) {
    const services = await store.services.list({ panel });
    if (services.some(({ product }) => !enforcements.isObserving(panel, product))) return true;
  }
  return false;
}

/** The codes are `no_WORD`, `WORD_late` and `WORD_failed`. */
async function checkLastRun(
  context: Context,
  { word, run, isTooOld, isMissed, object, failure }: LastRun,
): Promise<Check> {
  const code = word.replace(' ', '_');
  const name = `last ${word}`;
  const isOpen = run !== null && (await isAtWork(context, run));
  const what =
    run === null
      ? `no ${word} has run yet`
      : `${run.startedAt}, ${run.outcome ?? (isOpen ? 'is at work' : 'did not end')}`;
  const check = toChecks(name, object ?? run?.id ?? word);
  if (isTooOld) return check('warning', `${what}, which is too long ago`, `${code}_late`);
  if (run === null) return check(isMissed ? 'warning' : 'skipped', what, `no_${code}`);
  if (failure !== undefined && !isOpen) return check('warning', `${what}: ${failure}`, `${code}_failed`);
  const isDone = run.outcome === 'done' || run.outcome === 'partial';
  return isDone || isOpen ? check('ok', what) : check('warning', what, `${code}_failed`);
}
