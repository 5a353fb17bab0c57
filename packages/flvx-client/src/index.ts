/**
 * Typed client of the FLVX panel: users, permissions, forwards, speed limits, whole snapshots and observations of one account.
 * Planning and execution of changes are in `@sluice/flvx-client/account`.
 *
 * @example
 * import { createFlvxClient } from '@sluice/flvx-client';
 *
 * const client = createFlvxClient({ panel: 'relay', baseUrl: 'https://relay.example.com', username: 'admin', password });
 * const snapshot = await client.snapshot();
 * console.log(snapshot.users.size);
 * client.close();
 *
 * @module
 */
export type { CallEvent, Clock, PanelHttpOptions } from '@sluice/panel-http';
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
export { FlvxValueError } from './client/flvx-value-error.js';
export type { FlvxForward } from './client/records/forward.js';
export type { FlvxGroupGrant, FlvxTunnelGroup, FlvxUserGroup } from './client/records/group.js';
export type { FlvxAssignValues, FlvxListedPermission, FlvxPermission } from './client/records/permission.js';
export type { FlvxSpeedLimit } from './client/records/speed-limit.js';
export type { FlvxNode, FlvxTunnel, FlvxTunnelNode } from './client/records/tunnel.js';
export type { FlvxQuotaValues, FlvxUser, FlvxUserValues } from './client/records/user.js';
export type { FlvxObservation, FlvxScope } from './client/snapshot/observation.js';
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
