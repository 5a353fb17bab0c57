import type { OverviewReport } from '@sluice/contract/documents';
import type { LeaseRecord, RunRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { readEnforcements } from '../../context/enforcement.js';
import { readTakenPanels } from '../../context/leases.js';
import { findLastOver, isLate, lateFrom } from '../schedule/last-run.js';
import { hasOwnLimits, isWithAddon, panelsWithAgents } from './open-agents.js';
import { readUnfinishedCheck, type UnfinishedCheck } from './unfinished-check.js';

/** The last check of the agents of a panel on which Sluice enforces limits of agents. */
export interface LastCheck {
  panel: string;
  /** Null where there is none yet. */
  run: RunRecord | null;
  /** When it began, or the first limit was set; null where neither is known. */
  at: string | null;
  isLate: boolean;
  /** What keeps the checks from coming to their end; null where the last one did. */
  unfinished: UnfinishedCheck | null;
}

/**
 * Returns the last check of each panel on which Sluice enforces limits of agents: a reconcile checks them too, a poll does not. A run
 * that has the panel since then keeps the next check from it, and is named itself once it has it for long.
 */
export async function listLastChecks(context: Context): Promise<LastCheck[]> {
  const { config, store } = context;
  const enforcements = await readEnforcements(config, store);
  const taken = await readTakenPanels(context);
  const found: LastCheck[] = [];
  for (const panel of panelsWithAgents(context)) {
    if (enforcements.isObserving(panel, null) || isWithAddon(context, panel)) continue;
    if (!(await hasOwnLimits(context, panel))) continue;
    const run = await findLastCheck(context, panel);
    const at = run?.startedAt ?? (await findFirstLimit(context, panel));
    const unfinished = await readUnfinishedCheck(store, panel);
    found.push({ panel, run, at, isLate: at !== null && hasStopped(context, at, taken.get(panel)), unfinished });
  }
  return found;
}

/** Whether the checks have stopped since the last one; a run that has had the panel since before the next was late keeps it from it. */
function hasStopped(context: Context, startedAt: string, holder: LeaseRecord | undefined): boolean {
  const { agentCheck } = context.config.schedule;
  if (!isLate(context, { startedAt }, agentCheck)) return false;
  return holder === undefined || Date.parse(holder.acquiredAt) > lateFrom({ startedAt }, agentCheck);
}

async function findLastCheck(context: Context, panel: string): Promise<RunRecord | null> {
  const check = await findLastOver(context, 'agent check', panel);
  const reconcile = await findLastOver(context, 'reconcile', panel);
  return reconcile === null || (check !== null && check.startedAt > reconcile.startedAt) ? check : reconcile;
}

async function findFirstLimit({ store }: Context, panel: string): Promise<string | null> {
  const limited = (await store.agents.list(panel)).filter(({ limitBytes }) => limitBytes !== null);
  const [first = null] = limited.flatMap(({ limitSince }) => limitSince ?? []).sort();
  return first;
}

/**
 * Returns the panels on which the checks of agents have stopped, with the start of the last one, and those on which they don't come to
 * their end, with the start of the first such one and why; undefined where none have.
 */
export async function findLateChecks(context: Context): Promise<OverviewReport['lateChecks']> {
  const late = (await listLastChecks(context)).flatMap(({ panel, at, isLate: isStopped, unfinished }) => {
    if (unfinished !== null) return [{ panel, at: unfinished.since, message: unfinished.message }];
    return isStopped && at !== null ? [{ panel, at }] : [];
  });
  return late.length === 0 ? undefined : late;
}
