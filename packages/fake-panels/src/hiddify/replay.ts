import { addressSteps } from './replay-addresses.js';
import { adminSteps } from './replay-admins.js';
import { creationSteps } from './replay-creation.js';
import { fieldSteps } from './replay-fields.js';
import { roleSteps } from './replay-roles.js';
import { type ReplayStep } from './replay-step.js';
import { treeSteps } from './replay-tree.js';
import { userSteps } from './replay-users.js';

/**
 * Requests that are played in this order against the fake and against the real panel, each with what the panel
 * answered when they were recorded (HiddifyPanel 10.80.12.dev1, MariaDB, Python 3.11).
 */
export const replaySteps: readonly ReplayStep[] = [
  ...addressSteps,
  ...roleSteps,
  ...creationSteps,
  ...userSteps,
  ...fieldSteps,
  ...adminSteps,
  ...treeSteps,
];
