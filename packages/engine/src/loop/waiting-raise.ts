import type { Plan, TargetState } from '@sluice/panel-kind';
import { formatBytes } from '@sluice/quota-core';

/**
 * Leaves out the steps of a run that raise the quota of a service while its agent is over the limit: there is no room for them, and
 * the user is disabled. They are planned again by each run. A move to another agent goes on, as does what a command asks for.
 */
export function withoutWaiting({ service, holds, scope }: TargetState, plan: Plan): Plan {
  const step = plan.steps.find(({ raises }) => raises !== undefined);
  const raises = step?.raises;
  if (raises === undefined || scope === 'command' || scope === 'hold' || raises.lifted === true) return plan;
  if (raises.user.owner !== raises.owner || !holds.some(({ reason }) => reason === 'agent-limit')) return plan;
  const [from, to] = [raises.user.limitBytes, raises.limitBytes].map((bytes) => formatBytes(bytes));
  const notice = {
    code: 'raise_waits',
    key: `raise_waits:${service.id}:${raises.limitBytes}`,
    message: `${service.id}: its quota on the panel stays ${from}; the raise to ${to} waits until its agent is below its limit`,
  };
  const steps = plan.steps.filter((each) => each !== step && !(each.needs ?? []).some((id) => id === step?.id));
  return { ...plan, steps, notices: [...(plan.notices ?? []), notice] };
}
