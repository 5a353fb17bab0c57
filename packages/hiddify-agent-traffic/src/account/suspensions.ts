import type { AgentRecords, AgentSuspension, AgentTraffic } from '@sluice/panel-kind';
import { findSubjectAgent, type HoldRecord } from '@sluice/quota-core';

/** Whether a hold is the suspension of an agent by an operator. */
export function isSuspension({ reason }: Pick<HoldRecord, 'reason'>): boolean {
  return reason === 'manual';
}

/** Returns the open suspensions, by agent. */
export function toSuspensions({ holds, actors }: Pick<AgentRecords, 'holds' | 'actors'>): Map<string, AgentSuspension> {
  return new Map(
    holds.filter(isSuspension).map(({ id, service, since, note }) => {
      return [findSubjectAgent(service) ?? '', { since, by: actors?.get(id) ?? null, note }];
    }),
  );
}

/** Returns a sentence on since when, by whom and with which note an agent is suspended. */
export function describeSuspension({ suspended, usersDisabledByUs, enabledUsers }: AgentTraffic): string {
  const { since = '', by = null, note = null } = suspended ?? {};
  const who = by === null ? '' : ` by ${by}`;
  const left = enabledUsers === 0 ? '' : `, and ${enabledUsers} ${enabledUsers === 1 ? 'is' : 'are'} still enabled`;
  return `Suspended since ${since}${who}${note === null ? '' : ` (${note})`}; Sluice keeps ${usersDisabledByUs} users disabled${left}.`;
}

/** Returns sentences on which users stay disabled for agents above, whatever the agent's own limit is. */
export function describeAbove({ disabledFor }: AgentTraffic): string {
  return disabledFor
    .filter(({ above }) => above)
    .map(({ name, reason, users }) => {
      const why = reason === 'limit' ? 'held by its limit' : 'suspended';
      return ` Sluice keeps ${users} of its users disabled for agent "${name}" above it, which is ${why}.`;
    })
    .join('');
}
