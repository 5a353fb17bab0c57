/**
 * Changes to FLVX accounts: pure planning from an observation to a target, and the performance of one step, which is journaled
 * before its call and read back after it.
 *
 * @example
 * import { performStep, planAccount } from '@sluice/flvx-client/account';
 *
 * const target = { user: { status: 0 }, permissions: new Map(), forwards: new Map([[7, { run: false }]]) };
 * const account = await client.observe({ userId: 12 });
 * const [step] = planAccount(account, target);
 * if (step !== undefined) await performStep(client, account, step, { calling: () => journal.planned(step) });
 *
 * @module
 */
export type { FlvxClient } from '../client/client.js';
export type { FlvxObservation, FlvxScope } from '../client/observation.js';
export type {
  FlvxAssignValues,
  FlvxForward,
  FlvxPermission,
  FlvxPermissionValues,
  FlvxQuotaValues,
  FlvxSpeedLimit,
  FlvxUserValues,
} from '../client/records.js';
export type { MegabitsPerSecond } from '../client/records.js';
export type { FlvxAccount } from './history/history.js';
export type { FlvxHistory } from './history/history.js';
export { planAccount } from './plan/plan-account.js';
export { planEnsureUser } from './plan/plan-ensure-user.js';
export { ownLimitName } from './plan/plan-limits.js';
export { planTerminate } from './plan/plan-account.js';
export { isStepReady, type FlvxStep } from './plan/step.js';
export type { FlvxAccountTarget, FlvxForwardTarget, FlvxPermissionTarget } from './plan/target.js';
export { toCounters, type FlvxCounters } from './plan/step.js';
export { FlvxRefusedError } from './refused-error.js';
export { performStep, type FlvxStepOptions, type FlvxStepOutcome } from './run/perform-step.js';
export { resolveStep } from './run/resolve-step.js';
