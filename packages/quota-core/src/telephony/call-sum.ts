import { currencyDecimals } from '../money.js';
import { type Amount, formatAtLeast, isAmount, parseAmount, roundAmount, ZERO } from './amounts.js';
import { instantMs, parseInstant } from './local-time.js';
import type { BillPeriod } from './periods.js';
import type { CallRecord } from './records.js';
import { SeenRecords } from './seen-records.js';
import { callWarnings, type CallWarning } from './warnings.js';

/** Why calls can't be billed as they are. */
export type CallProblem =
  /** One id, two contents. */
  | 'conflicting-records'
  | 'other-currency'
  | 'other-subscriber'
  /** A start, duration or charge that can't be read. */
  | 'unreadable-record'
  /** No charge yet; the only problem that an operator can accept. */
  | 'unrated';

/** Records with one problem or warning. */
export interface Finding<Code extends string> {
  code: Code;
  count: number;
  /** Ids of the first ten. */
  ids: readonly string[];
}

/** Sums of the calls of a period. Amounts are decimal text. */
export interface CallTotals {
  /** Records that count, unanswered calls and unrated ones among them. */
  calls: number;
  /** Those with a charge other than zero. */
  chargeableCalls: number;
  talkSeconds: number;
  /** After increments; null when the system does not say it of every call. */
  billedSeconds: number | null;
  /** Exact sum of the charges, with 4 decimal places or more. */
  total: string;
  /** `total` rounded once, half away from zero, to the places of the currency. */
  amount: string;
  currency: string;
  /** Exact repeats, which were dropped. */
  repeats: number;
  /** Records that started before or after the period, which were dropped. */
  outside: Finding<'outside-period'> | null;
  problems: readonly Finding<CallProblem>[];
  warnings: readonly Finding<CallWarning>[];
}

/** What became of a record: counted, dropped, or a reason not to bill. */
export type CallVerdict = 'counted' | 'repeat' | 'outside' | 'problem';

/** Whose calls are summed, and when. */
export interface CallSumOptions {
  period: Pick<BillPeriod, 'start' | 'end'>;
  /** ISO 4217; a record in another one is a problem. */
  currency: string;
  /** A record of another subscriber is a problem; null: not checked. */
  subscriberId: string | null;
}

const IDS = 10;

/**
 * Sums the records of a period as they arrive, in any order. It holds 16 bytes or so per record, to recognise repeats.
 *
 * @example
 * ```ts
 * const sum = new CallSum({ period, currency: 'BRL', subscriberId: '9001' });
 * for (const call of page) if (sum.add(call) === 'counted') write(report.row(call));
 * sum.totals().amount; // 1.06
 * ```
 */
export class CallSum {
  readonly #options: CallSumOptions;
  readonly #places: number;
  readonly #startMs: number;
  readonly #endMs: number;
  readonly #seen = new SeenRecords();
  readonly #outside = new Findings<'outside-period'>();
  readonly #problems = new Findings<CallProblem>();
  readonly #warnings = new Findings<CallWarning>();
  #sum: Amount = ZERO;
  #calls = 0;
  #chargeable = 0;
  #talk = 0;
  #billed: number | null = 0;
  #repeats = 0;

  /**
   * @throws TelephonyError `invalid_instant`
   * @throws QuotaCoreError `invalid_money` of a currency
   */
  constructor(options: CallSumOptions) {
    this.#options = options;
    this.#places = currencyDecimals(options.currency);
    this.#startMs = parseInstant(options.period.start, 'the start of the period');
    this.#endMs = parseInstant(options.period.end, 'the end of the period');
  }

  /** Adds a record. Only one that is `counted` belongs in the report. */
  add(call: CallRecord): CallVerdict {
    const seen = this.#seen.add(call);
    if (seen === 'repeat') {
      this.#repeats += 1;
      return 'repeat';
    }
    const startedMs = instantMs(call.startedAt);
    const isOutside = startedMs !== null && (startedMs < this.#startMs || startedMs >= this.#endMs);
    if (isOutside && seen === 'new') {
      this.#outside.add('outside-period', call.id);
      return 'outside';
    }
    const problem = seen === 'conflict' ? 'conflicting-records' : this.#findProblem(call, startedMs);
    if (problem !== null) {
      this.#problems.add(problem, call.id);
      return 'problem';
    }
    this.#count(call);
    return 'counted';
  }

  #findProblem(call: CallRecord, startedMs: number | null): CallProblem | null {
    const { subscriberId, currency } = this.#options;
    if (subscriberId !== null && call.subscriberId !== null && call.subscriberId !== subscriberId) {
      return 'other-subscriber';
    }
    const readable =
      startedMs !== null &&
      isSeconds(call.talkSeconds) &&
      (call.billedSeconds === null || isSeconds(call.billedSeconds)) &&
      (call.charge === null || isAmount(call.charge));
    if (!readable) return 'unreadable-record';
    return call.currency === currency ? null : 'other-currency';
  }

  #count(call: CallRecord): void {
    const charge = call.charge === null ? null : parseAmount(call.charge, 'the charge');
    if (charge === null) this.#problems.add('unrated', call.id);
    else this.#sum = this.#sum.plus(charge);
    this.#calls += 1;
    if (charge !== null && !charge.isZero()) this.#chargeable += 1;
    this.#talk += call.talkSeconds;
    this.#billed = this.#billed === null || call.billedSeconds === null ? null : this.#billed + call.billedSeconds;
    for (const warning of callWarnings(call)) this.#warnings.add(warning, call.id);
  }

  /** Returns the sums so far. */
  totals(): CallTotals {
    return {
      calls: this.#calls,
      chargeableCalls: this.#chargeable,
      talkSeconds: this.#talk,
      billedSeconds: this.#billed,
      total: formatAtLeast(this.#sum, 4),
      amount: roundAmount(this.#sum, this.#places),
      currency: this.#options.currency,
      repeats: this.#repeats,
      outside: this.#outside.list()[0] ?? null,
      problems: this.#problems.list(),
      warnings: this.#warnings.list(),
    };
  }
}

/** Counts per code, with the first ids. */
class Findings<Code extends string> {
  readonly #byCode = new Map<Code, { count: number; ids: string[] }>();

  add(code: Code, id: string): void {
    const found = this.#byCode.get(code) ?? { count: 0, ids: [] };
    found.count += 1;
    if (found.ids.length < IDS) found.ids.push(id);
    this.#byCode.set(code, found);
  }

  list(): Finding<Code>[] {
    return [...this.#byCode].map(([code, { count, ids }]) => ({ code, count, ids: [...ids] }));
  }
}

function isSeconds(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= 1e9;
}
