const pattern = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/;
const day = 86_400_000;
const mostKnown = 4_096;

/** The time from one instant up to another. */
export interface TimeWindow {
  readonly from: number;
  /** Exclusive. */
  readonly until: number;
}

/** The panel's local time: instants to and from `YYYY-MM-DD HH:MM:SS` in its time zone. */
export class PanelTime {
  private readonly format: Intl.DateTimeFormat;
  private readonly utc: boolean;
  /** The same few texts come in every call, and time zones are slow to compute. */
  private readonly known = new Map<string, number>();

  /** Throws `RangeError` for an unknown IANA time zone. */
  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    this.utc = timeZone === 'UTC';
  }

  /** The local time at an instant. */
  text(instant: number): string {
    return new Date(instant + this.offset(instant)).toISOString().slice(0, 19).replace('T', ' ');
  }

  /**
   * The instant of a local time; `undefined` when the text is no time. Of two the first, and a time that
   * the clocks skip counts on from before the gap.
   */
  instant(text: string): number | undefined {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const wall = wallTime(text);
    if (wall === undefined) return undefined;
    const instant = this.utc ? wall : this.resolve(wall);
    if (this.known.size >= mostKnown) this.known.clear();
    this.known.set(text, instant);
    return instant;
  }

  private resolve(wall: number): number {
    const before = wall - this.offset(wall - day);
    const after = wall - this.offset(wall + day);
    const first = Math.min(before, after);
    if (first + this.offset(first) === wall) return first;
    const second = Math.max(before, after);
    return second + this.offset(second) === wall ? second : before;
  }

  /** Milliseconds by which local time is ahead of UTC. */
  private offset(instant: number): number {
    if (this.utc) return 0;
    const field: Record<string, number> = {};
    for (const { type, value } of this.format.formatToParts(instant)) field[type] = Number(value);
    const { year = 0, month = 1, day: date = 1, hour = 0, minute = 0, second = 0 } = field;
    return Date.UTC(year, month - 1, date, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  }
}

/** The text read as if it were UTC. */
function wallTime(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const wall = Date.parse(`${text.replace(' ', 'T')}Z`);
  // 30 February would roll over into March.
  if (Number.isNaN(wall) || !new Date(wall).toISOString().startsWith(text.slice(0, 10))) return undefined;
  return wall;
}
