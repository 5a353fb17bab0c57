/** Returns an instant as `15 Nov 2026 00:00` in a time zone. */
export function shortTime(at: number, timeZone: string): string {
  const { day = '', month = '', year = '', hour = '', minute = '' } = toParts(at, timeZone);
  return `${day} ${month} ${year} ${hour}:${minute}`;
}

/** Returns the date of an instant as `15 Nov 2026` in a time zone. */
export function shortDate(at: number, timeZone: string): string {
  const { day = '', month = '', year = '' } = toParts(at, timeZone);
  return `${day} ${month} ${year}`;
}

/** Returns the bound of a period as `15 Nov 2026` in a time zone; with the time where it is not the begin of a day. */
export function boundText(at: number, timeZone: string): string {
  return isDayStart(at, timeZone) ? shortDate(at, timeZone) : shortTime(at, timeZone);
}

/**
 * Returns a period as local dates: `15 Nov 2026 to 15 Dec 2026`, where the last one is not a part of it, and a whole calendar month as
 * `October 2026`. Bounds in one minute have their seconds.
 */
export function periodText({ start, end }: { start: number; end: number }, timeZone: string): string {
  if (!isWholeMonth(start, end, timeZone)) {
    const texts = [start, end].map((at) => boundText(at, timeZone));
    const isAlike = start !== end && texts[0] === texts[1];
    return (isAlike ? [start, end].map((at) => toSeconds(at, timeZone)) : texts).join(' to ');
  }
  return new Intl.DateTimeFormat('en-US', { timeZone, month: 'long', year: 'numeric' }).format(start);
}

/** Returns an instant as `15 Nov 2026 00:00:05`: zones differ from UTC by whole minutes. */
function toSeconds(at: number, timeZone: string): string {
  const seconds = Math.floor((at % 60_000) / 1000);
  return `${shortTime(at, timeZone)}:${String(seconds).padStart(2, '0')}`;
}

/** Whether an instant is the first of its local day: clocks that change at midnight skip it. */
function isDayStart(at: number, timeZone: string): boolean {
  return shortDate(at - 1, timeZone) !== shortDate(at, timeZone);
}

function isWholeMonth(start: number, end: number, timeZone: string): boolean {
  const [first, last, after] = [toParts(start, timeZone), toParts(end - 1, timeZone), toParts(end, timeZone)];
  const isOne = first['day'] === '1' && after['day'] === '1' && first['month'] === last['month'];
  return isOne && first['year'] === last['year'] && isDayStart(start, timeZone) && isDayStart(end, timeZone);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Most instants of a page are in one minute. */
let last: { minute: number; timeZone: string; parts: Record<string, string> } | null = null;

function toParts(at: number, timeZone: string): Record<string, string> {
  const minute = Math.floor(at / 60_000);
  if (last?.minute === minute && last.timeZone === timeZone) return last.parts;
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  last = { minute, timeZone, parts };
  return parts;
}
