import type { OldToolInput } from '@sluice/panel-kind';
import { type BilledService, billingCycleAt, type Cycle, parseBillingCycleName, toLocalDate } from '@sluice/quota-core';

/** The cycle that a service is in. */
export interface CurrentCycle extends Cycle {
  /** Local date at whose midnight it ends. */
  readonly endDate: string;
}

/** Finds the cycles of services; most of them have the same few. */
export class Cycles {
  readonly #known = new Map<string, CurrentCycle | null>();
  readonly #timeZone: string;
  readonly #now: string;

  constructor({ panel, now }: Pick<OldToolInput, 'panel' | 'now'>) {
    this.#timeZone = panel.timeZone;
    this.#now = now;
  }

  /** Returns null where the billing system has no recurring cycle, which is unknown and not a month. */
  find(billed: BilledService | null): CurrentCycle | null {
    const { billingCycle = null, nextDueDate = null } = billed ?? {};
    if (billingCycle === null || nextDueDate === null) return null;
    const key = `${nextDueDate} ${billingCycle}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const cycle = this.#compute(billingCycle, nextDueDate);
    this.#known.set(key, cycle);
    return cycle;
  }

  #compute(name: string, nextDueDate: string): CurrentCycle | null {
    const timeZone = this.#timeZone;
    try {
      const billingCycle = parseBillingCycleName(name);
      const cycle = billingCycleAt({ nextDueDate, billingCycle, timeZone, now: this.#now });
      return { ...cycle, endDate: toLocalDate(cycle.end, timeZone) };
    } catch {
      return null;
    }
  }
}
