/** Bytes in both directions, whole numbers. */
export interface Traffic {
  readonly in: number;
  readonly out: number;
}

/** A stretch of constant rate, with what had been counted when it began. */
interface Stretch {
  readonly from: number;
  readonly in: number;
  readonly out: number;
  readonly inPerSecond: number;
  readonly outPerSecond: number;
}

/**
 * One service's traffic over time: stretches of constant rate, and single amounts at single instants.
 * Cumulative sums make a window cost two searches, independent of the length of the history.
 */
export class TrafficMeter {
  private readonly stretches: Stretch[] = [];
  private readonly at: number[] = [];
  /** Sums of the amounts before index i, one longer than `at`. */
  private readonly sums: Traffic[] = [{ in: 0, out: 0 }];
  private forgottenUntil = -Infinity;

  /** Sets the rate from an instant on. An instant before the last change counts as that of the last change. */
  setRate(at: number, inPerSecond: number, outPerSecond: number): void {
    const last = this.stretches.at(-1);
    const from = last === undefined ? at : Math.max(at, last.from);
    const counted = this.grown(from);
    if (last?.from === from) this.stretches.pop();
    this.stretches.push({ from, ...counted, inPerSecond, outPerSecond });
  }

  /** Adds an amount at one instant, in the past or in the future too. */
  add(at: number, amount: Traffic): void {
    const index = firstAbove(this.at, at);
    this.at.splice(index, 0, at);
    this.sums.splice(index + 1, 0, { in: 0, out: 0 });
    const before = this.sums[index];
    if (before === undefined) throw new RangeError('The sums of a traffic meter are out of step.');
    let { in: sumIn, out: sumOut } = before;
    sumIn += amount.in;
    sumOut += amount.out;
    this.sums[index + 1] = { in: sumIn, out: sumOut };
    for (let i = index + 2; i < this.sums.length; i += 1) {
      const sum = this.sums[i];
      if (sum !== undefined) this.sums[i] = { in: sum.in + amount.in, out: sum.out + amount.out };
    }
  }

  /** Forgets all traffic before an instant, as a panel does when a port is connected to another switch port. */
  forget(until: number): void {
    this.forgottenUntil = Math.max(this.forgottenUntil, until);
  }

  /** What passed in `[from, until)`, and no later than `now` (amounts at `now` itself are in). */
  between(from: number, until: number, now: number): Traffic {
    const start = Math.max(from, this.forgottenUntil);
    const end = Math.min(until, now);
    const begun = this.grown(start);
    const ended = this.grown(Math.max(start, end));
    const before = this.amountsBefore(start);
    const upTo = this.amountsBefore(Math.max(start, until <= now ? until : now + 1));
    return {
      in: Math.floor(ended.in) - Math.floor(begun.in) + upTo.in - before.in,
      out: Math.floor(ended.out) - Math.floor(begun.out) + upTo.out - before.out,
    };
  }

  private grown(at: number): Traffic {
    let low = 0;
    let high = this.stretches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const stretch = this.stretches[middle];
      if (stretch !== undefined && stretch.from <= at) low = middle + 1;
      else high = middle;
    }
    const stretch = this.stretches[low - 1];
    if (stretch === undefined) return { in: 0, out: 0 };
    const ms = at - stretch.from;
    return { in: stretch.in + over(stretch.inPerSecond, ms), out: stretch.out + over(stretch.outPerSecond, ms) };
  }

  private amountsBefore(at: number): Traffic {
    return this.sums[firstNotBelow(this.at, at)] ?? { in: 0, out: 0 };
  }
}

/** Whole seconds apart from the rest: a rate times milliseconds of months would leave the exact integers. */
function over(perSecond: number, ms: number): number {
  const seconds = Math.floor(ms / 1000);
  return perSecond * seconds + (perSecond * (ms - seconds * 1000)) / 1000;
}

function firstNotBelow(sorted: readonly number[], value: number): number {
  return search(sorted, (entry) => entry >= value);
}

function firstAbove(sorted: readonly number[], value: number): number {
  return search(sorted, (entry) => entry > value);
}

function search(sorted: readonly number[], reached: (entry: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = sorted[middle];
    if (entry !== undefined && !reached(entry)) low = middle + 1;
    else high = middle;
  }
  return low;
}
