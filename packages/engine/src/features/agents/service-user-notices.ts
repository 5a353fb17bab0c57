import { staffText } from '@sluice/messages/staff';
import type { AgentTraffic } from '@sluice/panel-kind';
import type { HoldRecord, ServiceRecord } from '@sluice/state-store';
import { toAgentOfNote } from '../../kernel/subject/agent-hold.js';
import { type Notice, serviceNotice } from '../../kernel/run/notice.js';
import type { ServiceUser } from './agent-plan.js';

/** Why the agents above a service's user restrict the service. */
export type Cause = 'limit' | 'suspension';

/** An agent above the user of a service. */
type Above = Pick<AgentTraffic, 'uuid' | 'name' | 'limitBytes'>;

/** Returns why a hold `agent-limit` of a service began: only an exceeded limit has figures. */
export function toCause({ allowedBytes }: Pick<HoldRecord, 'allowedBytes'>): Cause {
  return allowedBytes === null ? 'suspension' : 'limit';
}

/** Returns an agent as notes of holds name it. */
export function nameAgent({ name }: Pick<AgentTraffic, 'name'>): string {
  return `agent "${name}"`;
}

/** Returns why a hold ended. The agent that it began for may be gone, or the user may belong to another one by now. */
export function findReleaseReason(
  { chain }: ServiceUser,
  hold: Readonly<HoldRecord>,
  traffic: readonly Pick<AgentTraffic, 'uuid' | 'name'>[],
): string {
  const agent = hold.note === null ? staffText('staff.agent.its') : toAgentOfNote(hold.note);
  const isAbove = traffic.some((above) => chain.includes(above.uuid) && nameAgent(above) === agent);
  if (!isAbove) return staffText('staff.agent.notAbove', { agent });
  return staffText(toCause(hold) === 'suspension' ? 'staff.agent.notSuspended' : 'staff.agent.within', { agent });
}

const HELD = {
  is: { limit: 'staff.agent.held', suspension: 'staff.agent.heldSuspended' },
  'would be': { limit: 'staff.agent.wouldHold', suspension: 'staff.agent.wouldHoldSuspended' },
} as const;

/** Returns the notice that a service is held for its agent, or would be, once in a time; undefined: an agent that is not known. */
export function toHeld(
  service: ServiceRecord,
  { agent, cause, time }: { agent: Above | undefined; cause: Cause; time: string },
  verb: 'is' | 'would be',
): Notice {
  const message = staffText(HELD[verb][cause], { service: service.id, agent: agent?.name ?? '' });
  const since = agent === undefined ? '' : `${agent.uuid}:${agent.limitBytes ?? ''}`;
  const notice = serviceNotice(service, verb === 'is' ? 'hold' : 'would_hold', message, 'agent-limit', since, time);
  return { ...notice, facts: { reason: 'agent-limit' } };
}

/** Returns the notice of a hold that a protection withholds. */
export function withheld(service: ServiceRecord): Notice {
  const until = service.protectedUntil ?? '';
  const message = staffText('staff.agent.withheld', { service: service.id, until });
  return serviceNotice(service, 'hold_withheld', message, 'agent-limit', until);
}
