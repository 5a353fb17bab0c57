import type { RecordsReport } from '@sluice/contract/documents';
import { type BillPeriod, type CallRecord, CallSum, localDay, toLocalTime } from '@sluice/quota-core/telephony';
import { countProblems } from './own-calls.js';

interface SumOptions {
  period: BillPeriod;
  currency: string;
  /** Null: not checked. */
  subscriberId: string | null;
  whole: boolean;
}

/** Sums the calls that are listed, and if it is asked for, all of the period and of each of its days. */
export class RecordSums {
  readonly #options: SumOptions;
  readonly #all: CallSum;
  readonly #listed: CallSum;
  readonly #days = new Map<string, CallSum>();

  constructor(options: SumOptions) {
    this.#options = options;
    this.#all = new CallSum(options);
    this.#listed = new CallSum(options);
  }

  /** Adds a call that was read; returns whether it is listed. */
  add(call: CallRecord, isListed: boolean): boolean {
    if (!['counted', 'problem'].includes(this.#all.add(call))) return false;
    if (isListed) this.#listed.add(call);
    if (this.#options.whole) this.#addToDay(call);
    return isListed;
  }

  report(): Pick<RecordsReport, 'totals' | 'whole'> {
    const { currency, whole } = this.#options;
    const days = [...this.#days].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      totals: { ...toSums(this.#listed), currency },
      whole: whole
        ? { totals: { ...toSums(this.#all), currency }, days: days.map(([day, sum]) => ({ day, ...toSums(sum) })) }
        : null,
    };
  }

  #addToDay(call: CallRecord): void {
    const { period, currency, subscriberId } = this.#options;
    const { timeZone } = period;
    const day = toLocalTime(call.startedAt, timeZone).slice(0, 10);
    const sum = this.#days.get(day) ?? new CallSum({ period: localDay(day, timeZone), currency, subscriberId });
    this.#days.set(day, sum);
    sum.add(call);
  }
}

function toSums(sum: CallSum) {
  const { calls, talkSeconds, billedSeconds, total: charge, problems } = sum.totals();
  return { calls, talkSeconds, billedSeconds, charge, withoutCharge: countProblems(problems) };
}
