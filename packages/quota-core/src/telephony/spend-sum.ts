import { currencyDecimals } from '../money.js';
import { type Amount, formatAtLeast, isAmount, parseAmount, ZERO } from './amounts.js';
import { instantMs, parseInstant } from './local-time.js';
import type { CallRecord } from './records.js';
import { SeenRecords } from './seen-records.js';

/** Why the charges of a line can't be summed. */
export type SpendProblem = 'conflicting-records' | 'other-currency' | 'negative-charge' | 'unreadable-record';

/** What calls to a destination cost. */
export interface DestinationSpend {
  /** The prefix with its name, or the number where the system states no prefix; text of the system. */
  destination: string;
  /** Decimal text. */
  charge: string;
}

/** The charges of a line in a window. */
export interface SpendFigure {
  /** Exact sum of the charges, as decimal text with at least the decimals of the currency. */
  amount: string;
  /** Answered calls without a charge yet. */
  unrated: number;
  /** The first record that `amount` lacks, so that it is only a part, with its currency; null: none. */
  problem: { code: SpendProblem; id: string; currency: string } | null;
  /** The most expensive destinations, at most three. */
  destinations: DestinationSpend[];
}

/** Whose charges are summed, and over which windows. */
export interface SpendOptions {
  /** ISO 4217; a record in another one is a problem. */
  currency: string;
  /** Windows of each line, by the id of its subscriber: half open, ISO 8601. */
  lines: ReadonlyMap<string, readonly { start: string; end: string }[]>;
}

interface Sum {
  startMs: number;
  endMs: number;
  amount: Amount;
  unrated: number;
  problem: SpendFigure['problem'];
  destinations: Map<string, Amount>;
}

const SHOWN = 3;
/** Destinations that are summed apart; further ones are one. */
const MOST_DESTINATIONS = 10_000;
const OTHERS = 'other destinations';

/**
 * Sums the charges of calls in both directions by line and window, as the records arrive, in any order. A call belongs to the window
 * in which it ended. Exact repeats are dropped; it holds 16 bytes or so per record to recognise them.
 *
 * @example
 * ```ts
 * const sum = new SpendSum({ currency: 'BRL', lines: new Map([['9001', [day]]]) });
 * for (const call of page) sum.add(call);
 * sum.of('9001')[0]?.amount; // 12.3456
 * ```
 */
export class SpendSum {
  readonly #currency: string;
  readonly #places: number;
  readonly #lines: ReadonlyMap<string, readonly Sum[]>;
  readonly #seen = new SeenRecords();
  /** Whether a charged call names no subscriber: then no sum is complete. */
  isUnattributed = false;

  /** @throws TelephonyError `invalid_instant` */
  constructor({ currency, lines }: SpendOptions) {
    this.#currency = currency;
    this.#places = currencyDecimals(currency);
    this.#lines = new Map([...lines].map(([line, windows]) => [line, windows.map(toSum)]));
  }

  /** Adds a record. */
  add(call: CallRecord): void {
    const seen = this.#seen.add(call);
    if (seen === 'repeat') return;
    if (call.subscriberId === null) {
      this.isUnattributed ||= call.charge === null ? isTalk(call) : !isFree(call);
      return;
    }
    const sums = this.#lines.get(call.subscriberId);
    if (sums === undefined) return;
    const endedMs = findEnd(call);
    for (const sum of sums) {
      if (endedMs !== null && (endedMs < sum.startMs || endedMs >= sum.endMs)) continue;
      const problem = seen === 'conflict' ? 'conflicting-records' : this.#findProblem(call, endedMs);
      if (problem !== null) sum.problem ??= { code: problem, id: call.id, currency: call.currency };
      else addCharge(sum, call);
    }
  }

  #findProblem(call: CallRecord, endedMs: number | null): SpendProblem | null {
    if (endedMs === null || (call.charge !== null && !isAmount(call.charge))) return 'unreadable-record';
    if (call.currency !== this.#currency) return 'other-currency';
    const charge = call.charge === null ? ZERO : parseAmount(call.charge, 'the charge');
    return charge.isNegative() && !charge.isZero() ? 'negative-charge' : null;
  }

  /** Returns the charges of a line so far, one figure per window in their order; empty for an unknown line. */
  of(subscriberId: string): SpendFigure[] {
    return (this.#lines.get(subscriberId) ?? []).map(({ amount, unrated, problem, destinations }) => ({
      amount: formatAtLeast(amount, this.#places),
      unrated,
      problem,
      destinations: [...destinations]
        .sort(([, a], [, b]) => b.comparedTo(a))
        .slice(0, SHOWN)
        .map(([destination, charge]) => ({ destination, charge: formatAtLeast(charge, this.#places) })),
    }));
  }
}

function toSum({ start, end }: { start: string; end: string }): Sum {
  return {
    startMs: parseInstant(start, 'the start of the window'),
    endMs: parseInstant(end, 'the end of the window'),
    amount: ZERO,
    unrated: 0,
    problem: null,
    destinations: new Map(),
  };
}

/** Longer calls than their seconds by this much have a wrong end. */
const LONGEST_MS = 86_400_000;

/**
 * Returns when a call ended; null where the record does not say it. An end that contradicts the start or the seconds of the call is
 * wrong: then the call took as long as its seconds.
 */
function findEnd({ endedAt, answeredAt, startedAt, talkSeconds, durationSeconds }: CallRecord): number | null {
  const startMs = instantMs(startedAt);
  const answerMs = answeredAt === null ? startMs : instantMs(answeredAt);
  const statedMs = endedAt === null ? null : instantMs(endedAt);
  const isUnreadable = answerMs === null || (endedAt !== null && statedMs === null) || !Number.isFinite(talkSeconds);
  if (startMs === null || isUnreadable) return null;
  const isAnswer = answerMs >= startMs && answerMs - startMs <= LONGEST_MS;
  const beganMs = isAnswer ? answerMs : startMs;
  const tookMs = Math.max(beganMs + talkSeconds * 1000, startMs + (durationSeconds ?? 0) * 1000);
  if (statedMs === null || statedMs < beganMs || statedMs > tookMs + LONGEST_MS) return tookMs;
  return statedMs;
}

/** Whether a call has seconds that can cost something. */
function isTalk({ talkSeconds, billedSeconds }: CallRecord): boolean {
  return talkSeconds > 0 || (billedSeconds ?? 0) > 0;
}

function isFree({ charge }: CallRecord): boolean {
  return charge !== null && isAmount(charge) && parseAmount(charge, 'the charge').isZero();
}

function addCharge(sum: Sum, call: CallRecord): void {
  if (call.charge === null) {
    if (isTalk(call)) sum.unrated += 1;
    return;
  }
  const charge = parseAmount(call.charge, 'the charge');
  if (charge.isZero()) return;
  sum.amount = sum.amount.plus(charge);
  const name = [call.prefix ?? call.destination, call.destinationDescription].filter((part) => part !== null).join(' ');
  const { destinations } = sum;
  const key = destinations.has(name) || destinations.size < MOST_DESTINATIONS ? name : OTHERS;
  destinations.set(key, (destinations.get(key) ?? ZERO).plus(charge));
}
