import { addressSteps } from './steps/addresses.js';
import { adminSteps } from './steps/admins.js';
import { creationSteps } from './steps/creation.js';
import { fieldSteps } from './steps/fields.js';
import { linkSteps } from './steps/links.js';
import { roleSteps } from './steps/roles.js';
import { type ReplayStep } from './step.js';
import { treeSteps } from './steps/tree.js';
import { userSteps } from './steps/users.js';

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
  ...linkSteps,
];
