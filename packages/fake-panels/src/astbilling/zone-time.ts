/** A system's local times. Summer time is the zone's own. */
export class ZoneTime {
  readonly #format: Intl.DateTimeFormat;

  /** Throws `RangeError` for an unknown IANA time zone. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** `YYYY-MM-DD HH:MM:SS`. */
  sql(instant: number): string {
    return new Date(instant + this.#offset(instant)).toISOString().slice(0, 19).replace('T', ' ');
  }

  /** `YYYY-MM-DDTHH:MM:SS±HH:MM`. */
  iso(instant: number): string {
    const minutes = Math.round(this.#offset(instant) / 60_000);
    const size = Math.abs(minutes);
    const pad = (value: number): string => String(value).padStart(2, '0');
    return `${this.sql(instant).replace(' ', 'T')}${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
  }

  /** `DD/MM/YYYY HH:MM:SS`. */
  brazilian(instant: number): string {
    const [date = '', time = ''] = this.sql(instant).split(' ');
    return `${date.split('-').reverse().join('/')} ${time}`;
  }

  /** The instant of `YYYY-MM-DD HH:MM:SS` or `DD/MM/YYYY HH:MM:SS`; of two the first. Undefined for other text. */
  instant(text: string): number | undefined {
    const [, day, month, year, time] = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d:\d\d)$/.exec(text) ?? [];
    const sql = day === undefined ? text : `${year}-${month}-${day} ${time}`;
    if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(sql)) return undefined;
    const wall = Date.parse(`${sql.replace(' ', 'T')}Z`);
    if (Number.isNaN(wall)) return undefined;
    const before = wall - this.#offset(wall - 86_400_000);
    return before + this.#offset(before) === wall ? before : wall - this.#offset(wall + 86_400_000);
  }

  /** Milliseconds by which local time is ahead of UTC. */
  #offset(instant: number): number {
    const field: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(instant)) field[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = field;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  }
}
