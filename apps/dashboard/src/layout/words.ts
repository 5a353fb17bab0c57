import type { AgentDetail, ServiceDetail } from '@sluice/engine';
import { describeMark, describeOutage } from '@sluice/engine/words';
import { describeReason, formatBytes } from '@sluice/quota-core';
import type { Times } from './format.js';
import { html, type Html, join, type Part } from './html.js';

/** Codes of documents whose own words do not say what they mean. */
const WORDS: Readonly<Record<string, string>> = {
  skipped: 'not metered',
  unmanaged: 'no quota',
  exceeded: 'over its limit',
};

/** Returns a code of a document, such as a state, in words: `in doubt` for `in-doubt`. */
export function inWords(code: string): string {
  return Object.hasOwn(WORDS, code) ? (WORDS[code] ?? code) : code.replaceAll(/[-_]/g, ' ');
}

/** Returns what is reserved under the limit of an agent, by what its limit counts. */
export function describeReserved(accounting: AgentDetail['accounting']): string {
  const until = accounting === 'allocated' ? 'not counted yet' : 'not used yet';
  return `Reserved for users created or raised, ${until}`;
}

/** Says why the figures of a service are not renewed, and since when, as `at` writes an instant; null while they are. */
export function whyOld(
  {
    panelDownSince,
    panelUndecided,
    ...state
  }: Pick<ServiceDetail, 'panelDownSince' | 'panelRemoved' | 'panelUndecided'>,
  at: (instant: string) => Html,
): Html | null {
  if (panelUndecided !== undefined) return html`runs on its panel fail since ${at(panelUndecided.since)}`;
  return panelDownSince === null ? null : html`panel ${describeOutage(state)} since ${at(panelDownSince)}`;
}

/** Returns the reason of a hold in words, or the name of its limit. */
export function reasonWords(reason: string): Html {
  return html`<bdi>${describeReason(reason)}</bdi>`;
}

/** Returns the reason of a hold in words, with what is left to do for it: `quota (to be released)`. */
export function holdWords(hold: { reason: string } & Parameters<typeof describeMark>[0]): Part {
  const mark = describeMark(hold);
  return mark === null ? reasonWords(hold.reason) : html`${reasonWords(hold.reason)} (${mark})`;
}

/** The reasons of holds, those that are not undone on the panel yet, those that are not there yet, and those of which only a part is. */
export interface MarkedReasons {
  holds: readonly string[];
  releasing?: readonly string[];
  restricting?: readonly string[];
  partly?: readonly string[];
}

/** Returns the reasons of holds in words, each with what is left to do for it. */
export function markedReasons({ holds, releasing = [], restricting = [], partly = [] }: MarkedReasons): Part[] {
  return holds.map((reason) =>
    holdWords({
      reason,
      releasing: releasing.includes(reason),
      restricting: restricting.includes(reason),
      partly: partly.includes(reason),
    }),
  );
}

/** Returns codes that can be chosen, with their words. */
export function toChoices(codes: readonly string[]): (readonly [code: string, text: string])[] {
  return codes.map((code) => [code, inWords(code)]);
}

/** How the parts of a stored value become a text, or a part of a page. */
interface Writing<Text> {
  leaf: (value: string) => Text;
  entry: (key: string, text: Text) => Text;
  list: (texts: readonly Text[]) => Text;
}

const AS_TEXT: Writing<string> = {
  leaf: (value) => value,
  entry: (key, text) => `${key} ${text}`,
  list: (texts) => texts.join(', '),
};

/** Returns a stored value as a text: `name eth0, admin enabled yes`. */
export function words(value: unknown): string {
  return write(value, AS_TEXT) ?? '';
}

/** Returns a stored value for a page: as `words`, its names as such, its instants in the zone of the page. */
export function showValue(value: unknown, times: Times): Part {
  const onPage: Writing<Part> = {
    leaf: (text) => html`<bdi>${times.inText(text)}</bdi>`,
    entry: (key, part) => html`${key} ${part}`,
    list: (parts) => join(parts.flatMap((part, index) => (index === 0 ? [part] : [', ', part]))),
  };
  return write(value, onPage) ?? '';
}

/** Writes a value with its keys in words; null for nothing. */
function write<Text>(value: unknown, how: Writing<Text>): Text | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'boolean') return how.leaf(value ? 'yes' : 'no');
  if (typeof value === 'string' || typeof value === 'number') return how.leaf(String(value));
  // Documents have nothing else.
  if (typeof value !== 'object') return null;
  const parts = Array.isArray(value)
    ? value.map((item) => write(item, how))
    : Object.entries(value).map(([key, item]) => {
        const text = write(isBytes(key, item) ? formatBytes(item) : item, how);
        return text === null ? null : how.entry(label(key), text);
      });
  const texts = parts.filter((part) => part !== null);
  return texts.length === 0 ? null : how.list(texts);
}

function isBytes(key: string, item: unknown): item is number {
  return key.endsWith('Bytes') && typeof item === 'number' && Number.isSafeInteger(item) && item >= 0;
}

/** Returns a key as words: `adminEnabled` and `admin_enabled` as `admin enabled`. */
export function label(key: string): string {
  return key
    .replace(/Bytes$/, '')
    .replaceAll('_', ' ')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
}

/** Returns the key of a service on its panel in words: `order id` for `easydcim_order_id`. */
export function refLabel(key: string): string {
  return label(key.replace(/^[a-z]+_/, ''));
}
