import type { Bytes, EpochMs } from '../units/units.js';

/** A forward that a customer made (docs/panels/flvx.md, 6.1). */
export interface FlvxForward {
  id: number;
  userId: number;
  /** As it was when the forward was made; a rename does not reach it. */
  userName: string;
  name: string;
  tunnelId: number;
  tunnelName: string;
  /** `ip:port`, several separated by commas; null without an entry. */
  listens: string | null;
  port: number | null;
  /** `host:port`, several separated by commas. */
  remoteAddr: string;
  strategy: string;
  /** Counters of the forward; no reset touches them. */
  inBytes: Bytes;
  outBytes: Bytes;
  createdAt: EpochMs;
  /** 1 running, 0 paused: what the panel believes, not what the node does. */
  status: number;
  order: number;
}
