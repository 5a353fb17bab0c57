import { parseAmount, roundAmount, ZERO } from './amounts.js';
import { TelephonyError } from './errors.js';
import { toRateDigits } from './numbers.js';
import type { RateTable } from './rates.js';
import type { Rate } from './records.js';

/** What is rounded up to whole increments: the time after the initial block, or the whole duration. */
export type IncrementBase = 'after-initial' | 'whole-duration';

/** How a system computes the charge of a call; what is left out is as Astbilling does it. */
export interface RatingRules {
  /** Default `after-initial`. */
  incrementBase?: IncrementBase | undefined;
  /** What a call of exactly `minChargeableSeconds` is; shorter ones are free. Default `charged`. */
  minimum?: 'charged' | 'free' | undefined;
  /** Decimal places of the charge of one call; default 4. */
  places?: number | undefined;
  /** Digits of a charge that a system with floating point keeps; default: all. */
  digits?: number | undefined;
}

/** Decimal places of the charge of one call. */
const CHARGE_PLACES = 4;

/** Increments of a rate, in seconds. */
export type Increments = Pick<
  Rate,
  'initialIncrementSeconds' | 'incrementSeconds' | 'minimumSeconds' | 'minChargeableSeconds'
>;

/**
 * Returns the seconds of a call that are charged.
 *
 * @param talkSeconds whole seconds from the answer to the end; 0 of an unanswered call
 * @throws TelephonyError `invalid_seconds`
 */
export function billedSeconds(
  talkSeconds: number,
  rate: Increments,
  base: IncrementBase = 'after-initial',
  minimum: 'charged' | 'free' = 'charged',
): number {
  if (!Number.isInteger(talkSeconds) || talkSeconds < 0 || talkSeconds > 1e9) {
    throw new TelephonyError('invalid_seconds', `${talkSeconds} is not a duration: write whole seconds`);
  }
  const isFree = minimum === 'free' && talkSeconds === rate.minChargeableSeconds;
  if (talkSeconds === 0 || isFree || talkSeconds < rate.minChargeableSeconds) return 0;
  const seconds = Math.max(talkSeconds, rate.minimumSeconds);
  const { initialIncrementSeconds: initial, incrementSeconds: increment } = rate;
  if (seconds <= initial) return initial;
  if (increment === 0) return seconds;
  const start = base === 'after-initial' ? initial : 0;
  return start + Math.ceil((seconds - start) / increment) * increment;
}

/**
 * Returns the charge of a call with 4 decimal places unless others are named, rounded half away from zero: the price of its seconds, and the
 * connection fee once when seconds are charged.
 *
 * @param seconds after increments
 * @throws TelephonyError `invalid_amount`
 *
 * @example
 * ```ts
 * toCharge(48, { pricePerMinute: '0.290000', connectionFee: '0.0000' }); // 0.2320
 * ```
 */
export function toCharge(
  seconds: number,
  rate: Pick<Rate, 'pricePerMinute' | 'connectionFee'>,
  places: number = CHARGE_PLACES,
): string {
  const price = parseAmount(rate.pricePerMinute, 'the price');
  const fee = parseAmount(rate.connectionFee, 'the connection fee');
  return roundAmount(seconds === 0 ? ZERO : price.times(seconds).plus(fee.times(60)).div(60), places);
}

/** A call to rate. */
export interface CallToRate extends RatingRules {
  /** In canonical form: E.164 with `+`, or bare digits. */
  destination: string;
  talkSeconds: number;
  /** Local day of the call's start in the billing zone, `YYYY-MM-DD`. */
  day: string;
}

/** What a call costs by the rates of a plan. */
export interface RatedCall {
  rate: Rate;
  /** After increments. */
  billedSeconds: number;
  /** Decimal text with the places of the rules, in the currency of the rates. */
  charge: string;
}

/**
 * Returns what a call costs. Discounts for hours or successive calls, and numbers that moved to another carrier, are not
 * modelled.
 *
 * @throws TelephonyError `no_rate`, `ambiguous_rate`, `not_a_number`, `invalid_seconds`
 */
export function rateCall(table: RateTable, call: CallToRate): RatedCall {
  const rate = table.find(toRateDigits(call.destination), call.day);
  const seconds = billedSeconds(call.talkSeconds, rate, call.incrementBase, call.minimum);
  return { rate, billedSeconds: seconds, charge: toCharge(seconds, rate, call.places) };
}
