import { formatBytes, parseSize, toLocalDate } from '@sluice/quota-core';
import { html, type Html, type Part } from './html.js';
import { ENGLISH, type Wording } from './wording.js';

const DAY = 24 * 3_600_000;

/** As `Wording.unknown`, for staff. */
export const UNKNOWN: Html = ENGLISH.unknown;

/** As `Wording.none`, for staff. */
export const NONE: Html = ENGLISH.none;

const offsets = new Map<string, Intl.DateTimeFormat>();

/** Returns the difference of a zone from UTC at an instant, as `UTC+3:30`. */
function toOffset(ms: number, timeZone: string): string {
  let format = offsets.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'shortOffset' });
    offsets.set(timeZone, format);
  }
  const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName');
  return (name?.value ?? '').replace('GMT', 'UTC');
}

const INSTANTS = /(\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z)/;

/** Writes instants in one time zone, as seen at one moment. */
export class Times {
  readonly #now: number;
  readonly #isKept: boolean;
  readonly #wording: Wording;
  readonly timeZone: string;

  /**
   * `now`: milliseconds since 1970. `timeZone`: an IANA zone. `isKept`: what is written is shown later, too, so that it has no ages.
   * `wording`: that of the reader, by default of staff.
   */
  constructor(
    now: number,
    timeZone: string,
    { isKept = false, wording = ENGLISH }: { isKept?: boolean; wording?: Wording } = {},
  ) {
    this.#now = now;
    this.#isKept = isKept;
    this.timeZone = timeZone;
    this.#wording = wording;
  }

  /** Returns `22 Nov 2026 13:35 UTC+3:30`; nothing for no instant. */
  text(instant: string | number | null | undefined): string {
    const ms = toMs(instant);
    if (ms === null) return '';
    return `${this.#wording.texts.time(ms, this.timeZone)} ${toOffset(ms, this.timeZone)}`;
  }

  /** The instant for which the page speaks, ISO UTC. */
  get now(): string {
    return new Date(this.#now).toISOString();
  }

  /** An instant as an element: short, with its zone on demand. */
  at(instant: string | number | null | undefined): Html {
    const ms = toMs(instant);
    if (ms === null) return this.#wording.none;
    return html`<time datetime="${new Date(ms).toISOString()}" title="${this.text(ms)}"
      >${this.#wording.texts.time(ms, this.timeZone)}</time
    >`;
  }

  /**
   * A period as dates in the zone of what it belongs to, by default that of the page: `15 Nov 2026 to 15 Dec 2026`, a month as
   * `October 2026`. Another zone than that of the page is named.
   */
  period({ start, end }: { start: string; end: string }, timeZone: string = this.timeZone): string {
    const text = this.#wording.texts.period({ start: Date.parse(start), end: Date.parse(end) }, timeZone);
    return this.#named(text, timeZone, Date.parse(start));
  }

  /** The begin or end of a period as a date, as `period` writes it. */
  bound(instant: string | null | undefined, timeZone: string = this.timeZone): string {
    const ms = toMs(instant);
    return ms === null ? '' : this.#named(this.#wording.texts.bound(ms, timeZone), timeZone, ms);
  }

  /** A text with a time of day says its zone itself. */
  #named(text: string, timeZone: string, ms: number): string {
    if (timeZone !== this.timeZone) return `${text} (${timeZone})`;
    return text.includes(':') ? `${text} ${toOffset(ms, timeZone)}` : text;
  }

  /** A calendar day, `2026-12-10`, as `10 Dec 2026`. */
  day(date: string): string {
    const ms = toMs(`${date}T12:00:00Z`);
    return ms === null ? date : this.#wording.texts.date(ms, 'UTC');
  }

  /** The local day of now, as `2026-12-10`. */
  today(): string {
    return new Intl.DateTimeFormat('en-CA', { timeZone: this.timeZone, dateStyle: 'short' }).format(this.#now);
  }

  /** Whole local days from today to an instant; 0 for one of today. */
  daysTo(instant: string): number {
    const toDay = (at: string): number => Date.parse(toLocalDate(at, this.timeZone));
    return Math.round((toDay(instant) - toDay(this.now)) / DAY);
  }

  /** As `at`, with the zone beside it. */
  full(instant: string | number | null | undefined): Html {
    const ms = toMs(instant);
    if (ms === null) return this.#wording.none;
    return html`<time datetime="${new Date(ms).toISOString()}">${this.text(ms)}</time>`;
  }

  /** A text of the engine with its instants (ISO UTC) in this zone; `own` has those that are written in another way. */
  inText(text: string, own: Readonly<Record<string, Part>> = {}): Html {
    const parts = text.split(INSTANTS);
    return html`${parts.map((part, index) => (index % 2 === 1 ? (own[part] ?? this.full(part)) : part))}`;
  }

  /** A recent instant as `3 min ago`; others, and what is kept, as `at`. */
  ago(instant: string | number | null | undefined): Html {
    const ms = toMs(instant);
    if (ms === null) return this.#wording.none;
    const age = this.#now - ms;
    if (this.#isKept || age < 0 || age >= 7 * DAY) return this.at(ms);
    return html`<time datetime="${new Date(ms).toISOString()}" title="${this.text(ms)}"
      >${this.#wording.texts.ago(age)}</time
    >`;
  }

  /** Whether an instant is further back than this many milliseconds. */
  isOlder(instant: string, ms: number): boolean {
    return this.#now - Date.parse(instant) > ms;
  }
}

function toMs(instant: string | number | null | undefined): number | null {
  if (instant === null || instant === undefined || instant === '') return null;
  const ms = typeof instant === 'number' ? instant : Date.parse(instant);
  return Number.isNaN(ms) ? null : ms;
}

/** Returns a value as `show` writes it; a dash where there is none. */
export function orNone<T>(value: T | null | undefined, show: (value: T) => Part): Part {
  return value === null || value === undefined ? NONE : show(value);
}

/** As `Wording.bytes`, for staff. */
export function bytes(value: number | null | undefined): Html {
  return ENGLISH.bytes(value);
}

/** Returns whole bytes as the value of a field: text that is read as the same number of bytes again. */
export function exactSize(value: number): string {
  const text = formatBytes(value);
  return parseSize(text) === value ? text : `${value} B`;
}

/** As `Wording.money`, for staff. */
export function money(amount: string | null | undefined, currency: string | null | undefined): Html {
  return ENGLISH.money(amount, currency);
}

/** A whole number with thin spaces between thousands. */
export function count(value: number): string {
  return ENGLISH.count(value);
}

/** Returns `1 service` or `4 services`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** As `Wording.name`, for staff. */
export function name(text: string | null | undefined): Html {
  return ENGLISH.name(text);
}

/** What people call something, with its id behind; the id alone where it has no name. */
export function named(text: string | null | undefined, id: string | null): Html {
  if (text === null || text === undefined || id === null) return name(id ?? text);
  return html`<bdi>${text}</bdi> <span class="soft">${name(id)}</span>`;
}

/** As `named`, of what is called by its id where it has no other name. */
export function titled(title: string, id: string): Html {
  return named(title === id ? null : title, id);
}

/** Returns a value of a panel's record that is a text or a number; an empty text for any other. */
export function plain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
