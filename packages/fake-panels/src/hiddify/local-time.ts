const dayMs = 86_400_000;

/** The panel server's clock: its answers carry local dates without a zone (docs/panels/hiddify.md, 3.3 and H7). */
export class LocalTime {
  /** @param now Milliseconds since 1970. @param offsetMinutes The server's zone, east of Greenwich positive. */
  constructor(
    private readonly now: () => number,
    private readonly offsetMinutes: number,
  ) {}

  /** Milliseconds since 1970. */
  instant(): number {
    return this.now();
  }

  /** `YYYY-MM-DD`. */
  today(): string {
    return this.text().slice(0, 10);
  }

  /** `YYYY-MM-DD HH:MM:SS`, `ago` milliseconds before now. */
  stamp(ago = 0): string {
    return this.text(ago).slice(0, 19).replace('T', ' ');
  }

  /** Hour of the local day, 0 to 23. */
  hour(): number {
    return Number(this.text().slice(11, 13));
  }

  /** Whole days from a local date to today; negative for a day to come. */
  daysSince(date: string): number {
    return Math.round((Date.parse(this.today()) - Date.parse(date)) / dayMs);
  }

  /** The local date `days` before today. */
  daysAgo(days: number): string {
    return new Date(Date.parse(this.today()) - days * dayMs).toISOString().slice(0, 10);
  }

  private text(ago = 0): string {
    return new Date(this.now() - ago + this.offsetMinutes * 60_000).toISOString();
  }
}
