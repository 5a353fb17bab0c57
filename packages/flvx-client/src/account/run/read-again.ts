import type { FlvxObservedPart } from '../../client/client.js';
import type { FlvxStep } from '../plan/step.js';

/** What a step may have changed, and is read again after it; null for everything. */
export function partsAfter(step: FlvxStep): FlvxObservedPart[] | null {
  switch (step.type) {
    case 'create-user':
      return null;
    case 'update-user':
    case 'reset-user':
      return ['user', 'quotas'];
    case 'delete-user':
      return ['user', 'permissions', 'forwards'];
    case 'assign-tunnel': {
      const { status, speedId } = step.payload.values;
      return status === undefined && speedId === undefined ? ['quotas'] : ['permissions'];
    }
    case 'remove-tunnel':
      return ['permissions'];
    case 'create-speed-limit':
    case 'delete-speed-limit':
      return ['speedLimits'];
    default:
      return ['forwards'];
  }
}
