import type { Clock } from '@sluice/panel-http';
import type { FlvxClockDifference } from '../client.js';
import { epochMs, type EpochMs } from '../units.js';

/** An answer that took longer may have been stamped long before it arrived. */
const promptMs = 2_000;

/** Follows the panel's clock by the `ts` of its answers: expiry and tokens go by it. */
export class PanelClock {
  #difference: FlvxClockDifference | null = null;

  constructor(readonly local: Clock) {}

  get difference(): FlvxClockDifference | null {
    return this.#difference;
  }

  /** Takes note of an answer's stamp. */
  saw(stamp: number, receivedAt: number, durationMs: number): void {
    if (durationMs > promptMs && this.#difference !== null) return;
    this.#difference = { ms: Math.round(stamp - receivedAt), measuredAt: epochMs(Math.round(receivedAt)) };
  }

  /** The panel's time now, as far as known. */
  now(): EpochMs {
    return epochMs(Math.round(this.local.now()) + (this.#difference?.ms ?? 0));
  }
}
