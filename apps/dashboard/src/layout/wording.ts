import {
  type Direction,
  type Figure,
  isKey,
  type Key,
  type Language,
  type PartsFor,
  type Said,
  type Tag,
  type Texts,
  toTexts,
  type ValuesFor,
} from '@sluice/messages';
import { html, type Html, type Part, trusted } from './html.js';

/** What writes the instants and days of messages: the times of a page. */
interface WritesTimes {
  full(instant: string): Html;
  day(date: string): string;
}

/** Says what a page shows in one language: messages, and figures as elements. */
export class Wording {
  readonly texts: Texts;
  readonly language: Language;
  readonly direction: Direction;
  /** Shown where a figure is not known: never a zero. */
  readonly unknown: Html;
  /** Shown in a cell that has nothing to say. */
  readonly none: Html;
  /** Shown where something was never read. */
  readonly never: Html;

  constructor(language: Language) {
    this.texts = toTexts(language);
    this.language = language;
    this.direction = this.texts.direction;
    this.unknown = html`<span class="unknown">${this.text('unknown')}</span>`;
    this.none = html`<span class="none" aria-label="${this.text('none')}">–</span>`;
    this.never = html`<span class="unknown">${this.text('never')}</span>`;
  }

  /** A message with its values and tags; what is a text among the values is escaped. */
  say<K extends Key>(key: K, ...values: PartsFor<K, Part>): Html {
    return html`${this.texts.parts<K, Part>(key, ...values)}`;
  }

  /** A message as text, for titles, labels and attributes. */
  text<K extends Key>(key: K, ...values: ValuesFor<K, string | number>): string {
    return this.texts.text(key, ...values);
  }

  /** A message of other code, with its instants as the page writes them. */
  said(said: Said, times: WritesTimes): Html {
    return html`${this.texts.said<Part>(said, (figure) => this.#show(figure, times))}`;
  }

  /** As `said`, as text; it has no instants. */
  saidText(said: Said): string {
    return this.texts.said<string>(said, (figure) => this.#write(figure)).join('');
  }

  /** The message of a code, such as a state; a code without a message stays as it is, as one from outside. */
  code(family: string, code: string): Html {
    const key = `${family}.${code}`;
    return isKey(key) ? html`${this.saidText({ key })}` : html`<bdi>${code}</bdi>`;
  }

  /** As `code`, as text. */
  codeText(family: string, code: string): string {
    const key = `${family}.${code}`;
    return isKey(key) ? this.saidText({ key }) : code;
  }

  /** Bytes as `1.50 TB`; null is unknown. */
  bytes(value: number | null | undefined): Html {
    return value === null || value === undefined ? this.unknown : figure(this.texts.bytes(value));
  }

  /** An amount of money with its currency; null is unknown. */
  money(amount: string | null | undefined, currency: string | null | undefined): Html {
    if (amount === null || amount === undefined) return this.unknown;
    return figure(this.texts.money(amount, currency ?? null));
  }

  /** A whole number with its thousands apart. */
  count(value: number): string {
    return this.texts.count(value);
  }

  /** Text from outside: its own direction, so that it moves nothing beside it. */
  name(text: string | null | undefined): Html {
    return text === null || text === undefined || text === '' ? this.none : html`<bdi>${text}</bdi>`;
  }

  /** A number, address or name of a system: it runs from left to right in each language. */
  identifier(text: string | null | undefined): Html {
    return text === null || text === undefined || text === '' ? this.none : html`<bdi dir="ltr">${text}</bdi>`;
  }

  /** Parts with commas between them. */
  list(parts: readonly Part[]): Html {
    const [last, ...before] = [...parts].reverse();
    return html`${before.reduce<Part>((rest, first) => this.say('list.and', { first, rest }), last)}`;
  }

  #show(value: Figure, times: WritesTimes): Part {
    if ('instant' in value) return times.full(value.instant);
    if ('day' in value) return times.day(value.day);
    return html`${marked(this.#write(value))}`;
  }

  #write(value: Figure): string {
    if ('bytes' in value) return this.texts.bytes(value.bytes);
    if ('money' in value) return this.texts.money(value.money, value.currency);
    if ('percent' in value) return this.texts.percent(value.percent);
    return 'instant' in value ? value.instant : value.day;
  }
}

export type { Tag };

/** The mark that keeps a sign on the left of its number, in the texts of figures; no other text has one. */
const MARK = '\u200E';

function marked(text: string): Part {
  return text.split(MARK).flatMap((part, index) => (index === 0 ? [part] : [trusted('&lrm;'), part]));
}

/** A figure that is not broken into lines. */
function figure(text: string): Html {
  return html`<span class="number">${marked(text)}</span>`;
}

const ALL = new Map<Language, Wording>();

/** Returns the wording of a language. */
export function toWording(language: Language): Wording {
  const known = ALL.get(language);
  if (known !== undefined) return known;
  const made = new Wording(language);
  ALL.set(language, made);
  return made;
}

/** What staff read. */
export const ENGLISH: Wording = toWording('en');
