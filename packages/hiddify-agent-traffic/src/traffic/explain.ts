import type { AgentTraffic } from '@sluice/panel-kind';
import { formatBytes } from '@sluice/quota-core';
import type { AgentRule } from './types.js';

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

/** Says why an agent is in its state. */
export function explainAgent(agent: AgentTraffic, now: string): string {
  const limit = agent.limitBytes === null ? 'no limit' : `a limit of ${formatBytes(agent.limitBytes)}`;
  const period = agent.period === null ? '' : ` since ${agent.period.start}`;
  const what = { allocated: 'sold', consumed: `consumed${period}`, panel: 'shown as used' }[agent.accounting];
  const reserved = agent.reservedBytes === 0 ? '' : ` and ${formatBytes(agent.reservedBytes)} promised`;
  const held =
    agent.heldSince === null
      ? ''
      : ` Held since ${agent.heldSince}; ${agent.usersDisabledByUs} users are disabled by us.`;
  const rule = rules[agent.rule as AgentRule];
  return `At ${now} agent "${agent.name}" has ${limit}, ${formatBytes(agent.usedBytes)} ${what}${reserved}. ${rule}${held}`;
}
