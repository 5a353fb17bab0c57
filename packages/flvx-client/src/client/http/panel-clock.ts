import type { Clock } from '@sluice/panel-http';
import type { FlvxClockDifference } from '../client.js';
import { epochMs, type EpochMs } from '../units.js';

/** The panel may have stamped a slower answer long before it arrived. */
const promptMs = 2_000;

/** The panel's clock, from the `ts` of its answers: accounts and tokens expire by it. */
export class PanelClock {
  #difference: FlvxClockDifference | null = null;

  constructor(readonly local: Clock) {}

  get difference(): FlvxClockDifference | null {
    return this.#difference;
  }

  /** Measures the difference by an answer's stamp. */
  observe(stamp: number, receivedAt: number, durationMs: number): void {
    if (durationMs > promptMs && this.#difference !== null) return;
    this.#difference = { ms: Math.round(stamp - receivedAt), measuredAt: epochMs(Math.round(receivedAt)) };
  }

  /** Returns the panel's present time; the local time before the first answer. */
  now(): EpochMs {
    return epochMs(Math.round(this.local.now()) + (this.#difference?.ms ?? 0));
  }
}
