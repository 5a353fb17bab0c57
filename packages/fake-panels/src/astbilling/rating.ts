import { plainText } from './plain-text.js';
import { fromUnits, toDecimal, unitsAt } from './decimal.js';
import type { CatalogueRow } from './model.js';
import type { AstWorld } from './world.js';

/** The call that a simulation is about. */
export interface SimulatedCall {
  readonly planId: string;
  /** Digits. */
  readonly digits: string;
  readonly seconds: number;
  readonly at: number;
}

const text = (row: CatalogueRow, name: string): string => plainText(row.fields[name]);
const number = (row: CatalogueRow, name: string): number => Number(row.fields[name] ?? 0);

/** The rate with the longest prefix that is valid at the call's day; undefined: there is none. */
export function rateFor(world: AstWorld, { planId, digits, at }: SimulatedCall): CatalogueRow | undefined {
  const day = world.time.sql(at).slice(0, 10);
  const candidates = [...world.catalogue.rates.values()].filter((rate) => {
    const { valid_from: from = null, valid_to: until = null, status = 'active' } = rate.fields;
    const valid = (from === null || plainText(from) <= day) && (until === null || day < plainText(until));
    return valid && status === 'active' && text(rate, 'plan_id') === planId && digits.startsWith(text(rate, 'prefix'));
  });
  candidates.sort(
    (a, b) =>
      text(b, 'prefix').length - text(a, 'prefix').length || (text(a, 'valid_from') < text(b, 'valid_from') ? 1 : -1),
  );
  return candidates[0];
}

/** Seconds after the rate's increments, and the charge at four decimals. */
export function chargeFor(rate: CatalogueRow, talkSeconds: number): { billedSeconds: number; charge: string } {
  const billedSeconds = billed(rate, talkSeconds);
  if (billedSeconds === 0) return { billedSeconds, charge: '0.0000' };
  const price = unitsAt(toDecimal(text(rate, 'price_per_minute')), 6) * BigInt(billedSeconds);
  const fee = unitsAt(toDecimal(text(rate, 'connection_fee') || '0'), 6) * 60n;
  // Sixtieths of a millionth become ten-thousandths.
  const units = (price + fee + 3000n) / 6000n;
  return { billedSeconds, charge: fromUnits(units, 4) };
}

function billed(rate: CatalogueRow, talkSeconds: number): number {
  if (talkSeconds === 0 || talkSeconds < number(rate, 'min_chargeable_seconds')) return 0;
  const seconds = Math.max(talkSeconds, number(rate, 'minimum_seconds'));
  const initial = number(rate, 'initial_increment_seconds');
  const increment = number(rate, 'increment_seconds');
  if (seconds <= initial) return initial;
  return increment === 0 ? seconds : initial + Math.ceil((seconds - initial) / increment) * increment;
}
