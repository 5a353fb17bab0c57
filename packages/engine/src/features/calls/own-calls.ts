import { type BillPeriod, type CallTotals, toLocalTime } from '@sluice/quota-core/telephony';
import { beginThen, type Reader } from '../../context/reader.js';
import { type ServiceWindow, toSecond } from '../../base/ownership.js';
import type { Line } from '../telephony/find-line.js';

/** Who reads, and when it was read who has the line. */
export interface Reading {
  reader: Reader;
  now: string;
}

/**
 * Returns when a service had its line, as far as a reader may see its calls: until it was read whose the line is, since it may be
 * another client's by the time the panel answers.
 */
export function listOwn(line: Line, { reader, now }: Reading): ServiceWindow[] {
  const own = listWindows(line, reader);
  return reader === undefined ? own : own.map((one) => ({ ...one, to: one.to ?? toSecond(now) }));
}

/** Returns when a service had its line while it was a reader's. */
export function listWindows({ windows }: Line, reader: Reader): ServiceWindow[] {
  return reader === undefined ? windows : windows.filter(({ client }) => client === reader);
}

/** Returns the part of a period that begins then. */
export function beginCalls(period: BillPeriod, since: string | null): BillPeriod {
  const { timeZone } = period;
  const { start } = beginThen(period, since);
  return start === period.start ? period : { ...period, start: toLocalTime(start, timeZone) };
}

/** Returns how many calls are not in a sum. */
export function countProblems(problems: CallTotals['problems']): number {
  return problems.reduce((count, problem) => count + problem.count, 0);
}
