import type { ReplayCall } from './step.js';
import { accessSteps } from './steps/access.js';
import { callSteps } from './steps/calls.js';
import { catalogueSteps } from './steps/catalogues.js';
import { didSteps } from './steps/dids.js';
import { filterSteps } from './steps/filters.js';
import { userSteps } from './steps/users.js';

/** All requests, in their order: later ones need what earlier ones made. */
export const replaySteps = [...accessSteps, ...catalogueSteps, ...userSteps, ...filterSteps, ...didSteps, ...callSteps];

/** The call records that lie in the database when the first step about calls is played. */
export const replayCalls: readonly ReplayCall[] = [
  ['2026-10-01 00:00:00', 45, 48, '0.232', '5511987654321', false] as const,
  ['2026-10-15 14:03:09', 12, 30, '0.077333', '551133334444', false] as const,
  ['2026-10-20 15:00:00', 61, 61, '0', '551140001234', true] as const,
  ['2026-10-31 23:59:59', 4, 30, '0.00001', '190', false] as const,
  ['2026-11-01 00:00:00', 4, 30, '123.456789', '190', false] as const,
  ['2026-11-01 00:00:01', 4, 30, '-0.5', '190', false] as const,
].map(([startedAt, talkSeconds, billedSeconds, charge, destination, inbound]) => {
  return { startedAt, talkSeconds, billedSeconds, charge, destination, inbound };
});
