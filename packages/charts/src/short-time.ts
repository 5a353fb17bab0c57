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

const formats = new Map<string, Intl.DateTimeFormat>();

function toParts(at: number, timeZone: string): Record<string, string> {
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
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
}
