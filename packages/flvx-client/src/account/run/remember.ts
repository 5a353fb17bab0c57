import type { FlvxMemory, FlvxObservation } from '../plan/observation.js';
import { changesSpeed } from '../plan/plan-redeploys.js';
import type { FlvxStep, FlvxStepOf } from '../plan/step.js';
import type { FlvxStepState } from './outcome.js';

/**
 * What the run knows after a step and the panel cannot show. A call that may have been made counts as made where that is the
 * careful side: its push may have started paused forwards, its update may have overwritten permissions. Pure.
 */
export function remember(
  memory: FlvxMemory,
  step: FlvxStep,
  outcome: { state: FlvxStepState; sent: boolean },
  observed: FlvxObservation,
): FlvxMemory {
  const done = outcome.state === 'applied' || outcome.state === 'unneeded';
  switch (step.type) {
    case 'create-user':
      return done ? { ...memory, createdUserId: createdId(memory, step.payload.name, observed) } : memory;
    case 'update-user': {
      const passwordSet = memory.passwordSet || (done && step.payload.setsPassword);
      if (!outcome.sent) return { ...memory, passwordSet };
      const known = new Set(memory.permissionValues.map((row) => row.tunnelId));
      const added = step.prior.permissions.filter((row) => !known.has(row.tunnelId));
      return { ...memory, passwordSet, permissionValues: [...memory.permissionValues, ...added] };
    }
    case 'assign-tunnel':
      return outcome.sent ? assigned(pushed(memory, step.payload.restarts), step) : memory;
    case 'redeploy-forwards': {
      const after = outcome.sent ? pushed(memory, step.payload.restarts) : memory;
      const { tunnelId } = step.payload;
      return done ? { ...after, unpushed: after.unpushed.filter((id) => id !== tunnelId) } : after;
    }
    case 'redirect-forward':
    case 'restore-forward':
      return outcome.sent ? pushed(memory, step.prior.status === 0 ? [step.payload.forwardId] : []) : memory;
    case 'pause-forward':
      return done ? settled(memory, step.payload.forwardId, true) : memory;
    case 'resume-forward':
      return done ? settled(memory, step.payload.forwardId, false) : memory;
    default:
      return memory;
  }
}

/** Whether the nodes have taken another speed, only a redeploy tells. */
function assigned(memory: FlvxMemory, step: FlvxStepOf<'assign-tunnel'>): FlvxMemory {
  if (!changesSpeed(step)) return memory;
  return { ...memory, unpushed: [...new Set([...memory.unpushed, step.payload.tunnelId])] };
}

/** These paused forwards run again, whatever was paused before. */
function pushed(memory: FlvxMemory, ids: readonly number[]): FlvxMemory {
  return {
    ...memory,
    restarted: [...new Set([...memory.restarted, ...ids])],
    paused: memory.paused.filter((id) => !ids.includes(id)),
  };
}

function settled(memory: FlvxMemory, id: number, paused: boolean): FlvxMemory {
  const others = memory.paused.filter((known) => known !== id);
  return {
    ...memory,
    restarted: memory.restarted.filter((known) => known !== id),
    paused: paused ? [...others, id] : others,
  };
}

/** The account that the create made: the one of the name that was not there before. */
function createdId(memory: FlvxMemory, name: string, observed: FlvxObservation): number | null {
  if (memory.createdUserId !== null) return memory.createdUserId;
  if (observed.user !== null) return observed.user.id;
  const named = observed.strangers.filter((user) => user.name === name);
  return named.length === 1 ? (named[0]?.id ?? null) : null;
}
