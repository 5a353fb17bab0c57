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

/** Returns the reason of a hold in words, or the name of its limit. */
export function reasonWords(reason: string): Html {
  return html`<bdi>${describeReason(reason)}</bdi>`;
}

/** Returns codes that can be chosen, with their words. */
export function toChoices(codes: readonly string[]): (readonly [code: string, text: string])[] {
  return codes.map((code) => [code, inWords(code)]);
}

/** Returns a stored value: its keys in words, its names as such, its instants in the zone of the page. */
export function showValue(value: unknown, times: Times): Part {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return html`<bdi>${times.inText(value)}</bdi>`;
  if (Array.isArray(value)) return listValues(value.map((item) => showValue(item, times)));
  return listValues(Object.entries(value).map(([key, item]) => showEntry(key, item, times)));
}

function showEntry(key: string, item: unknown, times: Times): Part {
  const isBytes = key.endsWith('Bytes') && typeof item === 'number' && Number.isSafeInteger(item) && item >= 0;
  const shown = isBytes ? formatBytes(item) : showValue(item, times);
  return shown === '' ? '' : html`${label(key)} ${shown}`;
}

function listValues(parts: readonly Part[]): Part {
  const shown = parts.filter((part) => part !== '');
  return shown.length === 0 ? '' : join(shown.flatMap((part, index) => (index === 0 ? [part] : [', ', part])));
}

/** Returns a stored value as a text: `name eth0, admin enabled yes`. */
export function words(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(words).filter(Boolean).join(', ');
  const entries = Object.entries(value as Record<string, unknown>).map(([key, item]) => {
    const text = words(item);
    return text === '' ? '' : `${label(key)} ${text}`;
  });
  return entries.filter(Boolean).join(', ');
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
