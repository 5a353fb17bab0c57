import { boundText, periodText, shortTime } from '@sluice/messages/time';
import type { Clock } from '@sluice/panel-kind';

/** Time zones of a config. */
export interface Zones {
  timeZone: string;
  panels: Readonly<Record<string, { timeZone?: string | undefined }>>;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Not what stands in quotes, in a path or in a file's name: that is repeated as it is. */
const ISO = /(?<![\w"'/.=-])\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z(?![\w"'/-]|\.\w)/g;

/** Writes instants for terminals: local and short, or ISO 8601 with `--utc`. */
export class Times {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #zones: Zones | null;
  readonly #isUtc: boolean;
  readonly #showsZone: boolean;

  /** `zones` is null before a config is read: times are in UTC then, and say so. */
  constructor(clock: Pick<Clock, 'now'>, zones: Zones | null, isUtc: boolean, showsZone = false) {
    this.#clock = clock;
    this.#zones = zones;
    this.#isUtc = isUtc;
    this.#showsZone = showsZone;
  }

  /** Returns the times of a list with rows of these panels: in several time zones, each has its difference from UTC. */
  among(panels: readonly (string | null | undefined)[]): Times {
    const zones = this.#zones;
    if (zones === null || new Set(panels.map((panel) => findZone(zones, panel))).size < 2) return this;
    return new Times(this.#clock, zones, this.#isUtc, true);
  }

  /** Returns an instant as `15 Nov 2026 00:00` in the zone of the panel, by default in that of the config. */
  at(instant: string | null | undefined, panel?: string | null): string | null {
    if (instant == null) return null;
    const ms = Date.parse(instant);
    if (Number.isNaN(ms)) return instant;
    if (this.#isUtc) return isoTime(ms);
    if (this.#zones === null) return `${shortTime(ms, 'UTC')} UTC`;
    const zone = findZone(this.#zones, panel);
    return this.#showsZone || zone !== this.#zones.timeZone
      ? `${shortTime(ms, zone)} ${toOffset(ms, zone)}`
      : shortTime(ms, zone);
  }

  /** Returns a recent instant as `3 min ago` or `5 h ago`, an older one and one to come as `at` does. */
  ago(instant: string | null | undefined, panel?: string | null): string | null {
    const age = instant == null || this.#isUtc ? Number.NaN : this.#clock.now() - Date.parse(instant);
    return age >= 0 && age < DAY ? ageText(age) : this.at(instant, panel);
  }

  /**
   * Returns a period as dates in the zone of the panel, which is named where it is not that of the config: `15 Nov 2026 to 15 Dec 2026`,
   * `October 2026 (Asia/Tokyo)`.
   */
  span({ start, end }: { start: string; end: string }, panel?: string | null): string {
    return (
      this.#dates(this.#toZone(panel), (zone) =>
        periodText({ start: Date.parse(start), end: Date.parse(end) }, zone),
      ) ?? `${this.at(start) ?? ''} to ${this.at(end) ?? ''}`
    );
  }

  /** Returns a period that names its zone, as `span` writes it. */
  period({ from, to, timeZone }: { from: string; to: string; timeZone: string }): string {
    const write = (zone: string): string => periodText({ start: Date.parse(from), end: Date.parse(to) }, zone);
    return this.#dates(timeZone, write) ?? `${this.at(from) ?? ''} to ${this.at(to) ?? ''}`;
  }

  /** Returns the begin or end of a period, as `span` writes it. */
  bound(instant: string | null | undefined, panel?: string | null): string | null {
    if (instant == null) return null;
    return this.#dates(this.#toZone(panel), (zone) => boundText(Date.parse(instant), zone)) ?? this.at(instant);
  }

  /** Returns what is written of dates in the zone of the panel, which is named where it is not that of the config; UTC with `--utc`. */
  within(panel: string | null | undefined, write: (zone: string) => string | null): string | null {
    if (this.#isUtc) return write('UTC');
    const zone = this.#toZone(panel);
    const text = write(zone);
    return text === null ? null : this.#dates(zone, () => text);
  }

  /** Returns an instant as `bound` writes it, always with its zone: for texts that are read elsewhere. */
  named(instant: string | null | undefined, panel?: string | null): string | null {
    if (instant == null) return null;
    if (this.#isUtc) return this.at(instant);
    const zone = this.#toZone(panel);
    return `${boundText(Date.parse(instant), zone)} (${zone})`;
  }

  /** Returns whether a calendar day, `2026-12-10`, is over in the zone of the panel. */
  isPast(day: string, panel?: string | null): boolean {
    return day < this.#today(panel);
  }

  /** Returns whether a calendar day has begun in the zone of the panel. */
  hasBegun(day: string, panel?: string | null): boolean {
    return day <= this.#today(panel);
  }

  #today(panel: string | null | undefined): string {
    const timeZone = this.#toZone(panel);
    return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(this.#clock.now());
  }

  #toZone(panel: string | null | undefined): string {
    return this.#zones === null ? 'UTC' : findZone(this.#zones, panel);
  }

  /** Returns dates in a zone, which is named where it is not that of the config; null with `--utc`. */
  #dates(zone: string, write: (zone: string) => string): string | null {
    if (this.#isUtc) return null;
    const isNamed = this.#showsZone || zone !== this.#zones?.timeZone;
    return `${write(zone)}${isNamed ? ` (${zone})` : ''}`;
  }

  /** Returns a sentence with the instants in it written as `at` writes them. */
  text(sentence: string, panel?: string | null): string {
    return sentence.replace(ISO, (instant) => this.at(instant, panel) ?? instant);
  }
}

function findZone({ timeZone, panels }: Zones, panel: string | null | undefined): string {
  const own = panel != null && Object.hasOwn(panels, panel) ? panels[panel] : undefined;
  return own?.timeZone ?? timeZone;
}

function ageText(age: number): string {
  if (age < MINUTE) return 'just now';
  return age < HOUR ? `${Math.floor(age / MINUTE)} min ago` : `${Math.floor(age / HOUR)} h ago`;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** Returns `+03:30`. */
function toOffset(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(ms);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return name.replace('GMT', '') || '+00:00';
}
