import { type AgentEnd, type AgentTraffic, findLimitEnd, type LimitEnd } from '@sluice/panel-kind';
import { formatBytes } from '@sluice/quota-core';
import type { AgentRule } from '@sluice/quota-core/agents';

const EXPLANATIONS: Record<AgentRule, string> = {
  'no-limit': 'It has no limit.',
  'below-limit': 'That is below its limit.',
  full: 'That is exactly its limit, which is allowed with accounting: allocated.',
  'at-or-over-limit': 'That reaches its limit',
  'over-limit': 'That is over its limit',
  'within-release-margin': 'That is below its limit',
  exempt: 'It is exempt: the limit is reported but not enforced.',
  dormant: 'The account is not an agent any more, so the limit is not enforced.',
  missing: "It is not in the panel's list any more, so its limit restricts nobody.",
  unknown: 'The panel could not be read, so nothing is changed.',
  doubted: 'That is below its limit',
};

/** What keeps runs from changing the users of agents. */
type Keeper = 'observe' | 'brake' | null;

/** Returns the sentences that explain the state of an agent; `keptBy` is what keeps runs from
 * disabling its users, `keeping` are other agents that keep its users disabled. */
export function explainTraffic(
  agent: AgentTraffic,
  { now, keptBy, keeping }: { now: string; keptBy: Keeper; keeping: readonly AgentEnd[] },
): string {
  const limit = agent.limitBytes === null ? 'no limit' : `a limit of ${formatBytes(agent.limitBytes)}`;
  const period = agent.period === null ? '' : ` since ${agent.period.start}`;
  const what = { allocated: 'allocated', consumed: `used${period}`, panel: 'reported by the panel' }[agent.accounting];
  const reserved = agent.reservedBytes === 0 ? '' : ` and ${formatBytes(agent.reservedBytes)} reserved`;
  const held =
    agent.heldSince === null
      ? ''
      : ` Held since ${agent.heldSince}; Sluice keeps ${agent.usersDisabledByUs} users disabled${keeping.length > 0 ? '' : toEnd(agent, keptBy)}.`;
  const rule = `${EXPLANATIONS[agent.rule as AgentRule]}${toDoubted(agent)}${toMargin(agent)}${toRestriction(agent, keptBy)}`;
  const suspended = agent.suspended === null ? '' : ` ${describeSuspension(agent)}`;
  return `At ${now} agent "${agent.name}" has ${limit}, ${formatBytes(agent.usedBytes)} ${what}${reserved}. ${rule}${held}${suspended}${describeAbove(agent, keeping)}`;
}

/** Returns what a jump in the last reading would make of the usage. */
function toDoubted({ doubted }: AgentTraffic): string {
  if (doubted === null) return '';
  return `, but the reading of ${doubted.at} shows ${formatBytes(doubted.usedBytes)}: it is doubted, because it rose by too much at once, and the next check decides.`;
}

/** Returns how low the usage of an agent that is within its limit has to be. */
function toMargin({ rule, releaseBelowPercent }: AgentTraffic): string {
  if (rule !== 'within-release-margin') return '';
  return `, but only below ${releaseBelowPercent} % of it are its users enabled again.`;
}

/** Returns when the users of an agent that is within its limit are enabled again. */
function toEnd(agent: AgentTraffic, keptBy: Keeper): string {
  if (agent.usersDisabledByUs === 0 || findLimitEnd(agent).by !== 'check') return '';
  if (keptBy === 'observe') return ', because the panel is under observe';
  return keptBy === 'brake' ? ', because the brake stopped the last check' : ' until the next check';
}

/** Returns what an exceeded limit does to the users, now or with the next check. */
function toRestriction({ rule, heldSince, enabledUsers }: AgentTraffic, keptBy: Keeper): string {
  if (rule !== 'at-or-over-limit' && rule !== 'over-limit') return '';
  if (heldSince !== null && enabledUsers === 0) return ': its users are disabled.';
  if (heldSince !== null) return `: ${enabledUsers} of its users ${enabledUsers === 1 ? 'is' : 'are'} still enabled.`;
  if (keptBy === 'observe') return ': its users stay enabled, because the panel is under observe.';
  return keptBy === 'brake'
    ? ': its users stay enabled, because the brake stopped the last check.'
    : ': the next check disables its users.';
}

/** Returns a sentence on since when, by whom and with which note an agent is suspended. */
function describeSuspension({ suspended, usersDisabledByUs, enabledUsers }: AgentTraffic): string {
  const { since = '', by = null, note = null } = suspended ?? {};
  const who = by === null ? '' : ` by ${by}`;
  const left = enabledUsers === 0 ? '' : `, and ${enabledUsers} ${enabledUsers === 1 ? 'is' : 'are'} still enabled`;
  return `Suspended since ${since}${who}${note === null ? '' : ` (${note})`}; Sluice keeps ${usersDisabledByUs} users disabled${left}.`;
}

/** Returns sentences on which users stay disabled for agents above, whatever the agent's own limit is. */
function describeAbove(
  { disabledFor, usersDisabledByUs, ancestors }: AgentTraffic,
  keeping: readonly AgentEnd[],
): string {
  const above = disabledFor.filter((cause) => cause.above);
  const sentences = above.map(({ name, reason, users }) => {
    const why = reason === 'limit' ? 'held by its limit' : 'suspended';
    return ` Sluice keeps ${users} of its users disabled for agent "${name}" above it, which is ${why}.`;
  });
  const listed = new Set(above.map(({ uuid }) => uuid));
  const others = keeping.filter(({ uuid }) => !listed.has(uuid) && ancestors.some((one) => one.uuid === uuid));
  if (usersDisabledByUs === 0) return sentences.join('');
  const too = others.map(
    ({ name, end }) => ` Agent "${name}" above it keeps its users disabled, too: it ${WHY[end.by]}.`,
  );
  return [...sentences, ...too].join('');
}

/** Why an agent keeps the users below it disabled. */
const WHY: Record<LimitEnd['by'], string> = {
  usage: 'is over its limit, or not low enough below it',
  suspension: 'is suspended',
  nothing: 'is not an agent on the panel, and has a limit',
  doubt: 'may be over its limit, which the next check decides',
  check: 'is within its limit',
};
