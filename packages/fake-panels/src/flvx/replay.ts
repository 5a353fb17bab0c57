import { basicSteps } from './replay-basics.js';
import { forwardSteps } from './replay-forwards.js';
import { groupSteps, lastSteps } from './replay-groups.js';
import { nodeSteps } from './replay-nodes.js';
import { permissionSteps } from './replay-permissions.js';
import type { ReplayStep } from './replay-step.js';
import { trafficSteps } from './replay-traffic.js';
import { userSteps } from './replay-users.js';

/**
 * The recorded set of requests, in order: each builds on what the ones before it made, and the last ones take everything away again.
 * The panel's answers to it stand in `replay-recording.jsonl`.
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
