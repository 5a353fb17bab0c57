import type { AgentTotals, ChangedAgent } from '@sluice/contract/documents';
import { AGENT_STEPS, type AgentTraffic, type ItemError } from '@sluice/panel-kind';
import type { HoldRecord, NoticeRecord } from '@sluice/state-store';
import { isInterrupted } from '../../base/interruption.js';
import type { Notice } from '../../kernel/run/notice.js';
import { type ListedAction } from './change-users.js';
import type { ServiceChange } from './due-user.js';

/** Result of a run over the agents of one panel. */
export interface AgentsRun {
  panel: string;
  agents: ChangedAgent[];
  totals: AgentTotals;
  /** Notices that are stored already, before the changes that they are about. */
  reported: readonly NoticeRecord[];
  /** Further notices. */
  notices: Notice[];
  /** Holds of services that the run has undone, which its notices report. */
  undone: readonly Pick<HoldRecord, 'id'>[];
  /** Why nothing was changed: the lists could not be used, or the brake stopped the run. */
  error: (ItemError & { details?: Record<string, unknown> }) | null;
  observing: boolean;
  /** Changes that were made or, in a preview, would be. */
  changes: number;
}

/** Returns the changes to services' users; the error of a service is at its first change. */
export function listServiceActions(changes: readonly ServiceChange[]): ListedAction[] {
  return changes.flatMap(({ agent, actions, error }): ListedAction[] => {
    const all = actions.map((action): ListedAction => ({ ...action, agent, error: null }));
    const [first, ...rest] = all;
    if (error === null) return all;
    if (first === undefined)
      return [{ type: AGENT_STEPS.disable, target: '', name: 'disable users', state: 'failed', agent, error }];
    return [{ ...first, error }, ...rest];
  });
}

/** Counts what a run has done; `left`: steps that wait for the next one. */
export function countTotals(
  agents: readonly Pick<AgentTraffic, 'exceeded'>[],
  actions: readonly ListedAction[],
  services: readonly ServiceChange[],
  left: number,
): AgentTotals {
  const isWrong = ({ state }: { state: string }): boolean => state === 'failed' || state === 'in-doubt';
  const count = (type: string): number =>
    actions.filter((each) => each.type === type && each.state === 'applied').length;
  // A service with an error of which no change failed.
  const broken = services.filter(
    ({ actions: done, error }) => error !== null && !isInterrupted(error) && done.length > 0 && !done.some(isWrong),
  );
  return {
    agents: agents.length,
    exceeded: agents.filter(({ exceeded }) => exceeded).length,
    disabled: count(AGENT_STEPS.disable),
    restored: count(AGENT_STEPS.enable),
    failed: actions.filter(isWrong).length + broken.length,
    skipped: actions.filter(({ state }) => state === 'unneeded').length + left,
  };
}

/** Returns totals of zero. */
export function noTotals(): AgentTotals {
  return { agents: 0, exceeded: 0, disabled: 0, restored: 0, failed: 0, skipped: 0 };
}

/** Returns the result for a panel on which nothing was done. */
export function emptyRun(panel: string): AgentsRun {
  const lists = { agents: [], reported: [], notices: [], undone: [] };
  return { panel, ...lists, totals: noTotals(), error: null, observing: false, changes: 0 };
}

/** Returns the result for a panel that failed. */
export function failedRun(panel: string, error: ItemError): AgentsRun {
  return { ...emptyRun(panel), error };
}
