export type {
  FlvxBatchCounts,
  FlvxCallOptions,
  FlvxClient,
  FlvxClockDifference,
  FlvxObservedPart,
  FlvxObserveOptions,
  FlvxOptions,
  FlvxProbe,
  FlvxSession,
  FlvxSnapshotParts,
  FlvxWrites,
} from './client.js';
export { createFlvxClient } from './create-flvx-client.js';
export { FlvxRefusedError, type FlvxRefusal } from './flvx-refused-error.js';
export { FlvxValueError } from './flvx-value-error.js';
export { planEnsureUser } from './operations/ensure-user.js';
export { planChangePassword, planTerminate } from './operations/small-plans.js';
export { NOWHERE } from './plan/nowhere.js';
export { planAccount } from './plan/plan-account.js';
export type {
  AccountTarget as FlvxAccountTarget,
  ForwardTarget as FlvxForwardTarget,
  LimitTarget as FlvxLimitTarget,
  PermissionTarget as FlvxPermissionTarget,
} from './plan/target.js';
export { emptyMemory, type FlvxMemory, type FlvxObservation, type FlvxScope } from './plan/observation.js';
export type { FlvxAssignValues, FlvxStep, FlvxStepOf, FlvxStepType } from './plan/step.js';
export type {
  FlvxChangePasswordWanted,
  FlvxCommonWanted,
  FlvxEnsureUserWanted,
  FlvxSpeed,
  FlvxTerminateWanted,
} from './plan/wanted.js';
export { countersOf } from './plan/quota-values.js';
export { keyOfLimit, ownLimitName } from './plan/speed-limits.js';
export type { FlvxCounters } from './records/counters.js';
export type { FlvxForward } from './records/forward.js';
export type { FlvxGroupGrant, FlvxTunnelGroup, FlvxUserGroup } from './records/group.js';
export type { FlvxListedPermission, FlvxPermission, FlvxPermissionValues } from './records/permission.js';
export type { FlvxSpeedLimit } from './records/speed-limit.js';
export type { FlvxNode, FlvxTunnel, FlvxTunnelNode } from './records/tunnel.js';
export type { FlvxQuotaValues, FlvxUser, FlvxUserValues } from './records/user.js';
export type { FlvxExecution, FlvxHooks, FlvxStepOutcome, FlvxStepResult, FlvxStepState } from './run/outcome.js';
export { execute } from './run/execute.js';
export type { FlvxOperation, FlvxRunOptions } from './run/operation.js';
export { settleStep, type FlvxSight } from './run/settle-step.js';
export type { FlvxSnapshot, FlvxUnreadableRow } from './snapshot/snapshot.js';
export {
  bytes,
  bytesOf,
  epochMs,
  epochSeconds,
  gigabytes,
  megabits,
  msOf,
  quotaFor,
  UNLIMITED_QUOTA,
  type Bytes,
  type EpochMs,
  type EpochSeconds,
  type GigabytesWhole,
  type MegabitsPerSecond,
} from './units/units.js';
