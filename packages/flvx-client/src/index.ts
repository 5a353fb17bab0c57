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
} from './client/client.js';
export { createFlvxClient } from './client/create-flvx-client.js';
export { FlvxRefusedError, type FlvxRefusal } from './client/flvx-refused-error.js';
export { FlvxValueError } from './client/flvx-value-error.js';
export { planEnsureUser } from './account/operations/ensure-user.js';
export { planChangePassword, planTerminate } from './account/operations/small-plans.js';
export { NOWHERE } from './account/plan/nowhere.js';
export { planAccount } from './account/plan/plan-account.js';
export type {
  AccountTarget as FlvxAccountTarget,
  ForwardTarget as FlvxForwardTarget,
  LimitTarget as FlvxLimitTarget,
  PermissionTarget as FlvxPermissionTarget,
} from './account/plan/target.js';
export { emptyMemory, type FlvxMemory, type FlvxObservation, type FlvxScope } from './account/plan/observation.js';
export type { FlvxAssignValues, FlvxStep, FlvxStepOf, FlvxStepType } from './account/plan/step.js';
export type {
  FlvxChangePasswordWanted,
  FlvxCommonWanted,
  FlvxEnsureUserWanted,
  FlvxSpeed,
  FlvxTerminateWanted,
} from './account/plan/wanted.js';
export { countersOf } from './account/plan/quota-values.js';
export { keyOfLimit, ownLimitName } from './account/plan/speed-limits.js';
export type { FlvxCounters } from './client/records/counters.js';
export type { FlvxForward } from './client/records/forward.js';
export type { FlvxGroupGrant, FlvxTunnelGroup, FlvxUserGroup } from './client/records/group.js';
export type { FlvxListedPermission, FlvxPermission, FlvxPermissionValues } from './client/records/permission.js';
export type { FlvxSpeedLimit } from './client/records/speed-limit.js';
export type { FlvxNode, FlvxTunnel, FlvxTunnelNode } from './client/records/tunnel.js';
export type { FlvxQuotaValues, FlvxUser, FlvxUserValues } from './client/records/user.js';
export type {
  FlvxExecution,
  FlvxHooks,
  FlvxStepOutcome,
  FlvxStepResult,
  FlvxStepState,
} from './account/run/outcome.js';
export { execute } from './account/run/execute.js';
export type { FlvxOperation, FlvxRunOptions } from './account/run/operation.js';
export { settleStep, type FlvxSight } from './account/run/settle-step.js';
export type { FlvxSnapshot, FlvxUnreadableRow } from './client/snapshot/snapshot.js';
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
} from './client/units/units.js';
