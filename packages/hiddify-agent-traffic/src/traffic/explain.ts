import { formatBytes } from '@sluice/quota-core';
import { nowOf, type ManagerContext } from './context.js';
import { describeAgent } from './describe.js';
import { findAgent, rememberedState, type RememberedState } from './remembered.js';
import type { AgentExplanation, AgentRule, AgentTraffic } from './types.js';

const rules: Record<AgentRule, string> = {
  'no-limit': 'It has no limit.',
  'below-limit': 'That is below its limit.',
  full: 'That is exactly its limit, which is allowed for what is sold.',
  'at-or-over-limit': 'That reaches its limit: its users are disabled.',
  'over-limit': 'That is over its limit: its users are disabled.',
  'within-release-margin': 'That is below its limit but not low enough to give its users back.',
  exempt: 'It is exempt: the limit is watched and not enforced.',
  dormant: 'The account is no agent any more, so the limit rests.',
  missing: "It is not in the panel's list any more, so nothing is changed.",
  unknown: 'The panel could not be read, so nothing is changed.',
};

/** Why an agent is in its state, from what is remembered alone: enough to compute the decision again by hand. */
export async function explainAgent(context: ManagerContext, text: string): Promise<AgentExplanation> {
  const state = await rememberedState(context);
  const agent = findAgent(text, state.agents);
  const chain = state.chainOf(agent.uuid).flatMap((uuid) => {
    const record = state.agents.get(uuid);
    return record === undefined ? [] : [describeAgent(record, state)];
  });
  const shown = describeAgent(agent, state);
  const { binding } = state.checker.canCreateUserWithTraffic(state.chainOf(agent.uuid), 0);
  const readings = agent.figures === null ? [] : [readingOf(agent.uuid, state)];
  return {
    ...shown,
    chain,
    binding,
    readings,
    reservations: state.reservations.filter((reservation) => reservation.chain.includes(agent.uuid)),
    actions: await context.store.disabled.list({ agent: agent.uuid, limit: 500 }),
    sentence: sentenceOf(shown, nowOf(context)),
  };
}

function readingOf(uuid: string, state: RememberedState): AgentExplanation['readings'][number] {
  const record = state.agents.get(uuid);
  const { at = '', allocatedBytes = 0, currentBytes = 0, users = 0 } = record?.figures ?? {};
  return { at, allocatedBytes, currentBytes, consumedBytes: record?.account?.consumedBytes ?? null, users };
}

function sentenceOf(agent: AgentTraffic, now: string): string {
  const limit = agent.limitBytes === null ? 'no limit' : `a limit of ${formatBytes(agent.limitBytes)}`;
  const period = agent.period === null ? '' : ` since ${agent.period.start}`;
  const what = { allocated: 'sold', consumed: `consumed${period}`, panel: 'shown as used' }[agent.accounting];
  const reserved = agent.reservedBytes === 0 ? '' : ` and ${formatBytes(agent.reservedBytes)} promised`;
  const held =
    agent.heldSince === null
      ? ''
      : ` Held since ${agent.heldSince}; ${agent.usersDisabledByUs} users are disabled by us.`;
  return `At ${now} agent "${agent.name}" has ${limit}, ${formatBytes(agent.usedBytes)} ${what}${reserved}. ${rules[agent.rule]}${held}`;
}
