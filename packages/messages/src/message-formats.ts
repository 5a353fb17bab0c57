import { IntlMessageFormat } from 'intl-messageformat';
import { countText } from './figures.js';
import type { Language } from './languages.js';
import { LOCALES } from './short-time.js';

/** A message that is parsed, and which of its placeholders stand alone, so that a number in them is written here. */
interface Parsed {
  format: IntlMessageFormat;
  alone: ReadonlySet<string>;
}

/** Of the types of the parser: a placeholder that stands alone, and those with parts inside. */
const [ARGUMENT, TAG] = [1, 8];

type Node = ReturnType<IntlMessageFormat['getAst']>[number];

function listAlone(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node): string[] => {
    const type: number = node.type;
    if (type === ARGUMENT && 'value' in node) return [node.value];
    if (type === TAG && 'children' in node) return listAlone(node.children);
    return 'options' in node ? Object.values(node.options).flatMap(({ value }) => listAlone(value)) : [];
  });
}

/** Messages in ICU message syntax, each of which is parsed once. */
export class MessageFormats<K extends string> {
  readonly #messages: Readonly<Record<K, string>>;
  readonly #language: Language;
  readonly #parsed = new Map<K, Parsed>();
  readonly #plurals: Intl.PluralRules;

  constructor(messages: Readonly<Record<K, string>>, language: Language) {
    this.#messages = messages;
    this.#language = language;
    this.#plurals = new Intl.PluralRules(LOCALES[language]);
  }

  /**
   * Returns a message as parts in their order; numbers are written in the digits of the language.
   *
   * @throws FormatError if a value is missing
   */
  parts<T>(key: K, values: Readonly<Record<string, unknown>>): (string | T)[] {
    const { format, alone } = this.#parse(key);
    const written = Object.entries(values).map(([name, value]): [string, unknown] => [
      name,
      typeof value === 'number' && alone.has(name) ? countText(value, this.#language) : value,
    ]);
    const parts = format.formatToParts<T>(Object.fromEntries(written) as never);
    return parts.map(({ value }) => value);
  }

  #parse(key: K): Parsed {
    const known = this.#parsed.get(key);
    if (known !== undefined) return known;
    const format = new IntlMessageFormat(this.#messages[key], LOCALES[this.#language], undefined, {
      formatters: {
        // As all other numbers of the language are written.
        getNumberFormat: () =>
          ({ format: (value: number) => countText(value, this.#language) }) as unknown as Intl.NumberFormat,
        getDateTimeFormat: () => {
          throw new TypeError(`the message ${key} has a date: pass it as a text`);
        },
        // No message counts in ordinals.
        getPluralRules: () => this.#plurals,
      },
    });
    const parsed = { format, alone: new Set(listAlone(format.getAst())) };
    this.#parsed.set(key, parsed);
    return parsed;
  }
}
