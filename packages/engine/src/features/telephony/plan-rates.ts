import { toComparable } from '@sluice/quota-core';
import { type Rate, RateTable } from '@sluice/quota-core/telephony';
import type { Context } from '../../context/context.js';
import type { KeptRates, KnownRate } from '../../context/kept-rates.js';
import type { NamedTelephony } from './panels.js';

/** As long the rates of a plan are used without being read again. */
const FRESH_MS = 30_000;
/** So many rates are kept of all plans together; those of the plan that was read last are kept, however many they are. */
const MOST_KEPT = 300_000;

/**
 * Returns the rates of a plan, in order and with what a search compares. They are read once for all who ask for them within half a minute:
 * a plan may have a hundred thousand. For what is charged they are read again, not by this.
 */
export async function readPlanRates(context: Context, on: NamedTelephony, planId: string): Promise<KeptRates> {
  const { deps } = context;
  const { plans, reading } = deps.keptRates;
  const key = JSON.stringify([on.panel, planId]);
  for (;;) {
    deps.signal.throwIfAborted();
    const kept = plans.get(key);
    const age = kept === undefined ? Infinity : deps.clock.now() - kept.at;
    if (kept !== undefined && age >= 0 && age < FRESH_MS) return kept;
    const underWay = reading.get(key);
    if (underWay === undefined) break;
    // Where it fails for the one who reads, the next one reads for itself.
    await underWay.catch(() => undefined);
  }
  const read = toKept(context, on, planId);
  reading.set(key, read);
  try {
    const rates = await read;
    // What was changed meanwhile is read again by the next one.
    if (reading.get(key) === read) keep(plans, key, rates);
    return rates;
  } finally {
    if (reading.get(key) === read) reading.delete(key);
  }
}

/** Has the rates of a panel read again, after one was changed. */
export function forgetRates({ deps }: Pick<Context, 'deps'>, panel: string): void {
  for (const known of [deps.keptRates.plans, deps.keptRates.reading])
    for (const key of known.keys()) if ((JSON.parse(key) as string[])[0] === panel) known.delete(key);
}

async function toKept({ deps }: Context, { telephony }: NamedTelephony, planId: string): Promise<KeptRates> {
  const at = deps.clock.now();
  const all = await telephony.list('rates', { planId }, deps.signal);
  const table = new RateTable(all, planId);
  const unusable = new Set(table.invalid.map(({ id }) => id));
  const rates = all
    .filter((rate) => rate.planId === planId && rate.status === 'active' && !unusable.has(rate.id))
    .map((rate): KnownRate => ({ rate, order: toOrder(rate), words: toComparable(rate.description ?? '') }));
  rates.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
  return { at, table, rates };
}

function toOrder({ prefix, validFrom }: Rate): string {
  return `${prefix} ${validFrom ?? ''}`;
}

function keep(plans: Map<string, KeptRates>, key: string, rates: KeptRates): void {
  plans.delete(key);
  plans.set(key, rates);
  let count = [...plans.values()].reduce((sum, each) => sum + each.rates.length, 0);
  for (const [oldest, each] of plans) {
    if (count <= MOST_KEPT || oldest === key) return;
    count -= each.rates.length;
    plans.delete(oldest);
  }
}
