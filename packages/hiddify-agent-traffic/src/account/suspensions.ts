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
