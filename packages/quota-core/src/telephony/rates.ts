import { isAmount } from './amounts.js';
import { quote } from '../errors.js';
import { TelephonyError } from './errors.js';
import type { Rate } from './records.js';

/** A rate that can't be used, and why. */
export interface InvalidRate {
  id: string;
  reason: string;
}

/** The rates of a plan, indexed by prefix: finding the rate of a call costs the same for ten rates and for a million. */
export class RateTable {
  readonly #byPrefix = new Map<string, Rate[]>();
  #longest = 0;
  /** Rates that are left out because their prefix, amounts, seconds or dates are not valid. Calls may get another rate. */
  readonly invalid: readonly InvalidRate[];

  /**
   * @param rates of any plans; those with a status other than `active` are left out
   * @param planId the plan whose rates count; null: all of them
   */
  constructor(rates: Iterable<Rate>, planId: string | null) {
    const invalid: InvalidRate[] = [];
    for (const rate of rates) {
      if (rate.status !== 'active' || (planId !== null && rate.planId !== planId)) continue;
      const reason = findFault(rate);
      if (reason === null) this.#add(rate);
      else invalid.push({ id: rate.id, reason });
    }
    this.invalid = invalid;
  }

  #add(rate: Rate): void {
    const same = this.#byPrefix.get(rate.prefix);
    if (same === undefined) this.#byPrefix.set(rate.prefix, [rate]);
    else same.push(rate);
    this.#longest = Math.max(this.#longest, rate.prefix.length);
  }

  /**
   * Returns the rate of a number on a day: the one with the longest prefix of those that are valid then; of several with
   * that prefix the one whose validity began last.
   *
   * @param digits with the calling code, without `+`
   * @param day local date `YYYY-MM-DD`
   * @throws TelephonyError `no_rate`; `ambiguous_rate` when two rates of one prefix became valid on one day
   */
  find(digits: string, day: string): Rate {
    for (let length = Math.min(digits.length, this.#longest); length >= 0; length--) {
      const rate = findLatest(this.#byPrefix.get(digits.slice(0, length)) ?? [], day);
      if (rate !== null) return rate;
    }
    throw new TelephonyError('no_rate', `no rate of the plan is valid for ${quote(digits)} on ${day}`);
  }
}

function findLatest(rates: readonly Rate[], day: string): Rate | null {
  const valid = rates.filter(
    ({ validFrom, validTo }) => (validFrom === null || validFrom <= day) && (validTo === null || day < validTo),
  );
  const latest = valid.reduce((newest, { validFrom }) => (newest > (validFrom ?? '') ? newest : (validFrom ?? '')), '');
  const [first, second] = valid.filter(({ validFrom }) => (validFrom ?? '') === latest);
  if (first === undefined) return null;
  if (second !== undefined) {
    throw new TelephonyError(
      'ambiguous_rate',
      `the rates ${quote(first.id)} and ${quote(second.id)} have the same prefix and validity`,
    );
  }
  return first;
}

function findFault(rate: Rate): string | null {
  if (!/^\d{0,20}$/.test(rate.prefix)) return `the prefix ${quote(rate.prefix)} is not made of digits`;
  for (const amount of [rate.pricePerMinute, rate.connectionFee]) {
    if (!isAmount(amount) || amount.startsWith('-')) return `${quote(amount)} is not a price`;
  }
  const seconds = [
    rate.initialIncrementSeconds,
    rate.incrementSeconds,
    rate.minimumSeconds,
    rate.minChargeableSeconds,
  ].find((number) => !Number.isInteger(number) || number < 0 || number > 1e9);
  if (seconds !== undefined) return `${seconds} is not a number of seconds`;
  const date = [rate.validFrom, rate.validTo].find((text) => text !== null && !/^\d{4}-\d\d-\d\d$/.test(text));
  return date === undefined ? null : `${quote(date)} is not a date`;
}
