import { toComparable } from '../comparable.js';

/** How a date in digits is to be read: the day or the month comes first. */
export type DateOrder = 'day-first' | 'month-first';

/** What a text may mean by its dates: local days `YYYY-MM-DD`. */
export interface StatedPeriod {
  from: string;
  /** The first day after it. */
  to: string;
  /** The reading that it follows from; null where its dates can be read in one way only. */
  order: DateOrder | null;
}

/** So much of a text is read. */
const MOST_TEXT = 2_000;

const ORDERS: readonly DateOrder[] = ['day-first', 'month-first'];

/** Names of months in English, Portuguese and German, folded. */
const MONTHS: readonly (readonly string[])[] = [
  ['january', 'janeiro', 'januar', 'jan'],
  ['february', 'fevereiro', 'februar', 'feb', 'fev'],
  ['march', 'marco', 'marz', 'maerz', 'mar'],
  ['april', 'abril', 'apr', 'abr'],
  ['may', 'maio', 'mai'],
  ['june', 'junho', 'juni', 'jun'],
  ['july', 'julho', 'juli', 'jul'],
  ['august', 'agosto', 'aug', 'ago'],
  ['september', 'setembro', 'sept', 'sep', 'set'],
  ['october', 'outubro', 'oktober', 'oct', 'out', 'okt'],
  ['november', 'novembro', 'nov'],
  ['december', 'dezembro', 'dec', 'dez'],
];

const MONTH_BY_NAME = new Map(MONTHS.flatMap((names, index) => names.map((name) => [name, index + 1] as const)));
const MONTH_NAME = new RegExp(`(?<![a-z])(${[...MONTH_BY_NAME.keys()].join('|')})(?![a-z])\\.?`, 'g');

/** A month by its name becomes `§10`. */
const NAMED = '§(\\d\\d)';
const OF = '\\s*(?:de|of)?\\s*';
const DAY_END = '(?:st|nd|rd|th|o|\\.)?';
const TIME = '(?:[t ,]+([01]\\d|2[0-4]):([0-5]\\d)(?::([0-5]\\d))?)?';
const DATE = new RegExp(
  `(?<![\\d/.§-])(?:(20\\d\\d)([-/.])(\\d\\d?)\\2(\\d\\d?)` +
    `|(\\d\\d?)([-/.])(\\d\\d?)\\6(20\\d\\d)` +
    `|(\\d\\d?)${DAY_END}${OF}${NAMED}${OF},?\\s*(20\\d\\d)` +
    `|${NAMED}\\s*(\\d\\d?)${DAY_END},?\\s+(20\\d\\d))${TIME}(?!\\d)`,
  'g',
);
const MONTH = new RegExp(
  `(?<![\\d/.§-])(?:${NAMED}${OF}[/-]?\\s*(20\\d\\d)|(0?[1-9]|1[0-2])[/.-](20\\d\\d)|(20\\d\\d)[-/](0[1-9]|1[0-2]))(?![\\d/-]*\\d)`,
  'g',
);
const JOINED = /^\s*(?:-|–|—|\.\.\.?|to|until|till|through|a|ate|e|and|bis|und|al)\s*(?:o\s+)?(?:dia\s+)?$/;
/** A first date that leaves out what the second one has: its year, or its month too. */
const PART = new RegExp(
  `(?<![\\d/.§-])(?:(\\d\\d?)([/.-])(\\d\\d?)\\2?|(\\d\\d?)${DAY_END}${OF}${NAMED}|(\\d\\d?)${DAY_END})\\s*(?:-|–|—|to|until|till|through|a|ate|e|and|bis|und|al)\\s*$`,
);

/** A date of a text as it may be read; a part of one has no year. */
interface Day {
  year: number | null;
  month: number | null;
  day: number;
  order: DateOrder | null;
}

interface Found {
  start: number;
  end: number;
  days: Day[];
  /** Of a day that is named with a time: whether that is its begin. */
  midnight: boolean | null;
}

/**
 * Returns the periods that a text may state: by two dates that are joined, else by the name or number of a month with its year. None
 * where it states none, and several where it can be read in several ways: `01/09/2026 - 01/10/2026` has two orders, and its last
 * day may belong to it or not. The last day belongs to a period unless that ends at midnight.
 *
 * @param order the order of dates in digits, where it is known
 *
 * @example
 * ```ts
 * readStatedPeriods('Consumo 01/10/2026 a 31/10/2026'); // [{ from: '2026-10-01', to: '2026-11-01', order: 'day-first' }]
 * ```
 */
export function readStatedPeriods(text: string, order: DateOrder | null = null): StatedPeriod[] {
  const plain = toComparable(text.slice(0, MOST_TEXT).replace(/\s+/g, ' ')).replace(MONTH_NAME, (name) => {
    const month = MONTH_BY_NAME.get(name.replace('.', '')) ?? 0;
    return `§${String(month).padStart(2, '0')}`;
  });
  const dates = [...plain.matchAll(DATE)].map(toFound);
  const ranges = dates.flatMap((date, index) => {
    const next = dates[index + 1];
    if (next !== undefined && JOINED.test(plain.slice(date.end, next.start))) return readRange(date, next);
    const before = dates[index - 1];
    if (before !== undefined && JOINED.test(plain.slice(before.end, date.start))) return [];
    const part = readPart(plain.slice(before?.end ?? 0, date.start));
    return part === null ? [] : readRange(part, date);
  });
  const found = ranges.length > 0 ? ranges : readMonths(dates, plain);
  const fitting = found.filter((one) => order === null || one.order === null || one.order === order);
  return distinct(fitting);
}

/** Returns the order of dates in digits that some of these texts prove and none contradicts; null where it is not known. */
export function findDateOrder(texts: Iterable<string>): DateOrder | null {
  const proven = new Set<DateOrder>();
  for (const text of texts) {
    const orders = new Set(readStatedPeriods(text).map((period) => period.order));
    const [only] = orders;
    if (orders.size === 1 && only != null) proven.add(only);
  }
  const [first] = proven;
  return proven.size === 1 && first !== undefined ? first : null;
}

function toFound(match: RegExpExecArray): Found {
  const [whole, isoYear, , isoMonth, isoDay, a, separator, b, year, day, month, named, first, firstDay, last] = match;
  const [hour, minute, second] = match.slice(15);
  const midnight = hour === undefined ? null : Number(hour) % 24 === 0 && Number(minute) + Number(second ?? 0) === 0;
  const one = (y: string, m: string, d: string): Day[] => [
    { year: Number(y), month: Number(m), day: Number(d), order: null },
  ];
  const days =
    isoYear !== undefined
      ? one(isoYear, isoMonth ?? '', isoDay ?? '')
      : a !== undefined
        ? inDigits(a, b ?? '', separator, Number(year))
        : day !== undefined
          ? one(named ?? '', month ?? '', day)
          : one(last ?? '', first ?? '', firstDay ?? '');
  return { start: match.index, end: match.index + whole.length, days, midnight };
}

/** A date with points has its day first. */
function inDigits(a: string, b: string, separator: string | undefined, year: number | null): Day[] {
  return ORDERS.filter((order) => separator !== '.' || order === 'day-first').map((order) => {
    const [day, month] = order === 'day-first' ? [a, b] : [b, a];
    return { year, month: Number(month), day: Number(day), order: separator === '.' || a === b ? null : order };
  });
}

function readPart(before: string): Found | null {
  const match = PART.exec(before);
  if (match === null) return null;
  const [, a, separator, b, day, month, alone] = match;
  const named = {
    year: null,
    month: month === undefined ? null : Number(month),
    day: Number(day ?? alone),
    order: null,
  };
  const days = a === undefined ? [named] : inDigits(a, b ?? '', separator, null);
  return { start: match.index, end: before.length, days, midnight: null };
}

function readRange(start: Found, end: Found): StatedPeriod[] {
  return start.days.flatMap((first) =>
    end.days.flatMap((last) => {
      if (first.order !== null && last.order !== null && first.order !== last.order) return [];
      const to = toDate(last);
      const from = toDate(complete(first, last));
      if (to === null || from === null || to < from) return [];
      const order = first.order ?? last.order;
      return toEnds(from, to, end.midnight).map((bound) => ({ from, to: bound, order }));
    }),
  );
}

/** A period begins before it ends: what begins in a later month began in the year before. */
function complete(first: Day, last: Day): Day {
  if (first.year !== null) return first;
  const month = first.month ?? last.month;
  const isEarlier = month !== null && last.month !== null && month > last.month;
  return { ...first, month, year: last.year === null ? null : last.year - (isEarlier ? 1 : 0) };
}

/** Returns the first days after a period that may be meant. From one day of a month to the same day of another, the last may not belong to it. */
function toEnds(from: string, last: string, midnight: boolean | null): string[] {
  if (midnight === true && from !== last) return [last];
  const next = nextDay(last);
  const isWhole = midnight === null && from.slice(8) === last.slice(8) && from !== last;
  return isWhole ? [last, next] : [next];
}

function readMonths(dates: readonly Found[], plain: string): StatedPeriod[] {
  let rest = plain;
  for (const { start, end } of dates) rest = rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end);
  const months = [...rest.matchAll(MONTH)].map((match) => {
    const [whole, name, nameYear, number, year, isoYear, isoMonth] = match;
    const month = `${nameYear ?? year ?? isoYear ?? ''}-${String(Number(name ?? number ?? isoMonth)).padStart(2, '0')}`;
    return { month, start: match.index, end: match.index + whole.length };
  });
  const [first, second] = months;
  const isRange =
    months.length === 2 &&
    first !== undefined &&
    second !== undefined &&
    JOINED.test(rest.slice(first.end, second.start));
  const pairs = isRange ? [[first.month, second.month] as const] : months.map(({ month }) => [month, month] as const);
  return pairs.flatMap(([from, to]) => {
    const begin = toDate({ year: Number(from.slice(0, 4)), month: Number(from.slice(5)), day: 1, order: null });
    return begin === null || to < from ? [] : [{ from: begin, to: nextMonth(to), order: null }];
  });
}

/** Returns a date; null where the calendar does not have it. */
function toDate({ year, month, day }: Day): string | null {
  if (year === null || month === null) return null;
  const text = [year, String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? null : text;
}

function nextDay(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

function nextMonth(month: string): string {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5))];
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
}

/** One period that is read in both orders follows from neither. */
function distinct(periods: readonly StatedPeriod[]): StatedPeriod[] {
  const found = new Map<string, StatedPeriod>();
  for (const one of periods) {
    const key = `${one.from}..${one.to}`;
    const same = found.get(key);
    found.set(key, same === undefined || same.order === one.order ? one : { ...one, order: null });
  }
  return [...found.values()];
}
