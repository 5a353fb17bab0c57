import type { StepResult } from '@sluice/hiddify-agent-traffic/account';
import type { ItemError } from '@sluice/panel-kind';
import type { AgentJournal } from './agent-journal.js';
import type { AgentAction, AgentDetail } from './agent-views.js';
import type { SweptAgent } from './panel-sweep.js';

/** One change to a user as a command tells of it, with the agent that it was about. */
export interface ListedAction extends AgentAction {
  agent: string | null;
  error: ItemError | null;
}

/**
 * What became of steps: the journaled ones, then those that ended before any change was called and so are in no journal,
 * because they were no longer right, or the panel could not be read, or did not answer any more.
 */
export function listedActions(journal: AgentJournal, steps: readonly StepResult[]): ListedAction[] {
  const journaled = journal.entries.map(({ row: { type, target, state }, agent, error }) => ({
    type,
    target,
    state,
    agent,
    error,
  }));
  const others = steps.filter(
    ({ step }) => !journaled.some(({ type, target }) => type === step.type && target === step.target),
  );
  return [...journaled, ...others.map(listed)];
}

/** An agent of a run, with what was done about it and the first error of that. */
export function sweptAgent(detail: AgentDetail, actions: readonly ListedAction[]): SweptAgent {
  const own = actions.filter(({ agent }) => agent === detail.uuid);
  return {
    ...detail,
    actions: own.map(({ type, target, state }) => ({ type, target, state })),
    error: own.find(({ error }) => error !== null)?.error ?? null,
  };
}

function listed({ step, state, code, message }: StepResult): ListedAction {
  const { type, target, agent } = step;
  if (code === 'not-reached')
    return { type, target, state: 'failed', agent, error: { code: 'not_reached', message: message ?? '' } };
  if (state === 'failed' || state === 'in-doubt')
    return { type, target, state, agent, error: { code: code ?? 'unexpected', message: message ?? '' } };
  return { type, target, state: 'unneeded', agent, error: null };
}
