import type { StatedPeriod } from '@sluice/quota-core/telephony';
import type { CallLine } from './invoice-lines.js';

/** What lines of calls on invoices say of the time until which calls are billed. Days are local, `YYYY-MM-DD`. */
export interface Billed {
  /** The line with the newest period that is clear; null where none has one. */
  newest: { line: CallLine; period: StatedPeriod } | null;
  /** Lines whose period is not clear and may be newer, the first of them the one that may reach farthest. */
  unclear: readonly CallLine[];
}

/** Days in which the billing system may make an invoice. */
interface Dates {
  /** Today in the zone of the panel. */
  today: string;
}

/**
 * Returns until when calls are billed by these lines of invoices. A period that ends after its invoice was made is not clear: calls are
 * billed once they were made. Of a line that states no period, the date of its invoice says how far it may reach.
 */
export function findBilled(lines: readonly CallLine[], dates: Dates): Billed {
  const clear: { line: CallLine; period: StatedPeriod }[] = [];
  const unclear: CallLine[] = [];
  for (const line of lines) {
    const [only, ...others] = narrow(line, lines);
    if (only !== undefined && others.length === 0 && only.to <= latestEnd(line, dates))
      clear.push({ line, period: only });
    else unclear.push(line);
  }
  const newest = clear.reduce<Billed['newest']>(
    (best, one) => (best === null || one.period.to > best.period.to ? one : best),
    null,
  );
  const reach = (line: CallLine): string => findReach(line, dates);
  return {
    newest,
    unclear: unclear
      .filter((line) => newest === null || reach(line) > newest.period.to)
      .sort((a, b) => (reach(a) > reach(b) ? -1 : 1)),
  };
}

/** Where the next period begins on the day that one ends, that day does not belong to it. */
function narrow({ periods, ...line }: CallLine, all: readonly CallLine[]): readonly StatedPeriod[] {
  const [first, second] = periods;
  if (periods.length !== 2 || first === undefined || second === undefined || first.from !== second.from) return periods;
  const { to } = first;
  const isNext = ({ from }: StatedPeriod): boolean => from === to;
  const others = all.filter((one) => one.id !== line.id && one.client === line.client);
  return addDay(to) === second.to && others.some((one) => one.periods.some(isNext)) ? [first] : periods;
}

/** The last end that a period on an invoice may have: the calls of the day of the invoice may be on it. */
function latestEnd({ date }: CallLine, { today }: Dates): string {
  return addDay(date ?? today);
}

/** Returns the first day that surely is not billed by a line, at the latest. */
function findReach(line: CallLine, { today }: Dates): string {
  const ends = line.periods.map(({ to }) => to);
  return ends.length === 0 ? (line.date ?? addDay(today)) : ends.reduce((a, b) => (a > b ? a : b));
}

/** Returns the day after a date. */
export function addDay(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
