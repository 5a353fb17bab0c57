import type { Bytes } from '../units/units.js';

/** Readings of an account's counters, as they were before a reset was ordered. */
export interface FlvxCounters {
  user: { inBytes: Bytes; outBytes: Bytes };
  permissions: { id: number; inBytes: Bytes; outBytes: Bytes }[];
}
