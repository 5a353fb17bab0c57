import type { FakeResponse } from '../core/fake-response.js';
import type { WhmcsQuirks } from './quirks.js';

/** A refusal of an action, in WHMCS's words. */
export class Refusal extends Error {}

/** A list inside its wrapper; the quirks decide its spelling. */
export class Wrapped {
  constructor(
    readonly inner: string,
    readonly rows: readonly object[],
  ) {}
}

/** Text that a person typed: the quirks decide whether it comes back with entities. */
export class Typed {
  constructor(readonly text: string) {}
}

/** Creates the answer to a successful action. */
export function toSuccess(body: Record<string, unknown>, action: string, quirks: WhmcsQuirks): FakeResponse {
  const written = write({ result: 'success', ...body }, quirks) as Record<string, unknown>;
  const json = JSON.stringify(quirks.flattened ? flatten(written) : written);
  const notice = quirks.notices.has(action)
    ? '<br />\n<b>Notice</b>:  Undefined index: x in <b>/var/www/hook.php</b>\n'
    : '';
  return { status: quirks.successStatus, headers: { 'content-type': 'application/json' }, body: notice + json };
}

export function toError(message: string, quirks: WhmcsQuirks, status = quirks.errorStatus): FakeResponse {
  return { status, body: { result: 'error', message } };
}

/** Absent values are left out of their object. */
const ABSENT = Symbol('absent');

function write(value: unknown, quirks: WhmcsQuirks): unknown {
  if (value instanceof Typed) return quirks.entities ? encode(value.text) : value.text;
  if (value instanceof Wrapped) return writeList(value, quirks);
  if (typeof value === 'number') return quirks.numbersAsText ? String(value) : value;
  if (Array.isArray(value)) return value.map((item) => write(item, quirks));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [key, write(inner, quirks)]);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== ABSENT));
}

function writeList({ inner, rows }: Wrapped, quirks: WhmcsQuirks): unknown {
  if (rows.length > 0) {
    const written = rows.map((row) => write(row, quirks));
    return { [inner]: quirks.oneAsObject && written.length === 1 ? written[0] : written };
  }
  const empty = {
    text: '',
    list: [],
    'inner-list': { [inner]: [] },
    'inner-text': { [inner]: '' },
    absent: ABSENT,
    null: null,
  };
  return empty[quirks.emptyList];
}

/** As PHP's `htmlentities` would: quotes by number, accents of Western Europe by name. */
export function encode(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#039;')
    .replace(/ã/g, '&atilde;')
    .replace(/é/g, '&eacute;')
    .replace(/ü/g, '&uuml;');
}

/** Writes lists below the top as flat keys. */
function flatten(body: Record<string, unknown>): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  const add = (path: string, value: unknown): void => {
    const isOpen = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
    if (!isOpen) flat[path] = value;
    else for (const [key, inner] of Object.entries(value)) add(path === '' ? key : `${path}[${key}]`, inner);
  };
  add('', body);
  return flat;
}
