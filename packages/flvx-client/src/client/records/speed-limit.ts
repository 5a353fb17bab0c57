import type { EpochMs, MegabitsPerSecond } from '../units/units.js';

/** A speed limit: one bucket per node for all services that name it, its speed frozen on nodes that know it (docs/panels/flvx.md, 5.4). */
export interface FlvxSpeedLimit {
  id: number;
  name: string;
  speed: MegabitsPerSecond;
  tunnelId: number;
  tunnelName: string;
  status: number;
  createdAt: EpochMs;
  updatedAt: EpochMs | null;
}
