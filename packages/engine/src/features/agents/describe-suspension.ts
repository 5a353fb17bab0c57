import type { AgentEnd, AgentTraffic, LimitEnd } from '@sluice/panel-kind';

/** Returns a sentence on since when, by whom and with which note an agent is suspended. */
export function describeSuspension({ suspended, usersDisabledByUs, enabledUsers }: AgentTraffic): string {
  const { since = '', by = null, note = null } = suspended ?? {};
  const who = by === null ? '' : ` by ${by}`;
  const left = enabledUsers === 0 ? '' : `, and ${enabledUsers} ${enabledUsers === 1 ? 'is' : 'are'} still enabled`;
  return `Suspended since ${since}${who}${note === null ? '' : ` (${note})`}; Sluice keeps ${usersDisabledByUs} users disabled${left}.`;
}

/** Returns sentences on which users stay disabled for agents above, whatever the agent's own limit is. */
export function describeAbove(
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
