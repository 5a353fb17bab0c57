/**
 * Changes to FLVX accounts: pure planning from an observation to a target, and an executor that performs the steps one by one
 * and reads each one back.
 *
 * @example
 * import { execute, planAccount } from '@sluice/flvx-client/account';
 *
 * const target = { user: { status: 0 }, permissions: new Map(), forwards: new Map([[7, { run: false }]]), repause: 'all' as const };
 * const { done } = await execute(client, { scope: { userId: 12 }, plan: (account) => planAccount(account, target) });
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
export type { MegabitsPerSecond } from '../client/units.js';
export type { FlvxAccount } from './account.js';
export type { FlvxHistory } from './history/history.js';
export { planAccount } from './plan/plan-account.js';
export { planEnsureUser } from './plan/plan-ensure-user.js';
export { ownLimitName } from './plan/plan-limits.js';
export { planTerminate } from './plan/plan-removals.js';
export type { FlvxStep } from './plan/step.js';
export type { FlvxAccountTarget, FlvxForwardTarget, FlvxPermissionTarget } from './plan/target.js';
export { toCounters, type FlvxCounters } from './plan/values.js';
export { FlvxRefusedError } from './refused-error.js';
export { execute } from './run/execute.js';
export type { FlvxExecution, FlvxOperation, FlvxRunOptions, FlvxStepOutcome } from './run/operation.js';
export { resolveStep } from './run/resolve-step.js';
