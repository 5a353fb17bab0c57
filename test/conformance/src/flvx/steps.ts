import { basicSteps } from './steps/basics.js';
import { forwardSteps } from './steps/forwards.js';
import { groupSteps, lastSteps } from './steps/groups.js';
import { nodeSteps } from './steps/nodes.js';
import { permissionSteps } from './steps/permissions.js';
import type { ReplayStep } from './step.js';
import { trafficSteps } from './steps/traffic.js';
import { userSteps } from './steps/users.js';

/**
 * The recorded set of requests, in order: each builds on what the ones before it made, and the last ones take everything away again.
 * The panel's answers to it stand in `recording.jsonl`.
 */
export const replaySteps: readonly ReplayStep[] = [
  ...basicSteps,
  ...userSteps,
  ...permissionSteps,
  ...forwardSteps,
  ...nodeSteps,
  ...trafficSteps,
  ...groupSteps,
  ...lastSteps,
];
