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
  FlvxConnection,
  FlvxCredentials,
  FlvxObservedPart,
  FlvxObserveOptions,
  FlvxOptions,
  FlvxProbe,
  FlvxSession,
  FlvxSnapshotParts,
  FlvxWrites,
} from './client/client.js';
export { createFlvxClient } from './client/create-flvx-client.js';
export type { FlvxObservation, FlvxScope, FlvxSnapshot, FlvxUnreadableRow } from './client/observation.js';
export type {
  FlvxAssignValues,
  FlvxForward,
  FlvxGroupGrant,
  FlvxListedPermission,
  FlvxNode,
  FlvxPermission,
  FlvxQuotaValues,
  FlvxSpeedLimit,
  FlvxTunnel,
  FlvxTunnelGroup,
  FlvxTunnelNode,
  FlvxUser,
  FlvxUserGroup,
  FlvxUserValues,
} from './client/records.js';
export {
  bytes,
  toBytes,
  epochMs,
  epochSeconds,
  FlvxValueError,
  gigabytes,
  megabits,
  toEpochMs,
  toQuota,
  UNLIMITED_QUOTA,
  type Bytes,
  type EpochMs,
  type EpochSeconds,
  type GigabytesWhole,
  type MegabitsPerSecond,
} from './client/records.js';
