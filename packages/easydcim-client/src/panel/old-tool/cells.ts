import { printable } from '@sluice/panel-http/printable';
import { gigabytesToBytes, type Mode, type OldRow, zonedTime } from '@sluice/quota-core';

const LONGEST = 100;

/** Returns the text of a column; null for NULL, an empty text, and a column that the file does not have. */
export function readCell({ values }: Pick<OldRow, 'values'>, column: string): string | null {
  return Object.hasOwn(values, column) ? (values[column] ?? null) : null;
}

/** Returns a text from outside on one line and cut, for a message or a file. */
export function toShown(text: string | null): string {
  const clean = printable(text ?? '').trim();
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
}

/** Returns an id without leading zeros; null for everything but digits, and for 0, which stands for none in these tables. */
export function parseId(text: string | null): string | null {
  const digits = text !== null && /^\d{1,20}$/.test(text) ? text.replace(/^0+/, '') : '';
  return digits === '' ? null : digits;
}

/** Compares ids by their number, so that an order does not depend on the order of rows. */
export function compareIds(one: string, other: string): number {
  return one.length - other.length || (one < other ? -1 : one > other ? 1 : 0);
}

/** Gigabytes as plain decimal text, and the exact bytes, 1 GB being 1024³, rounded to the nearest byte. */
export interface Traffic {
  readonly gb: string;
  readonly bytes: number;
}

/** Returns decimal gigabytes from 0 on; null for everything else, and above 2⁵³−1 bytes. */
export function parseGb(text: string | null): Traffic | null {
  if (text === null) return null;
  try {
    const bytes = gigabytesToBytes(text);
    const gb = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
    return { gb: gb.replace(/^0+(?=\d)/, ''), bytes };
  } catch {
    return null;
  }
}

/** Returns a size as the config has it: `10TB`, `12.5GB`. Exact. */
export function toSizeText({ gb }: Traffic): string {
  const isWhole = /^\d{1,15}$/.test(gb);
  return isWhole && Number(gb) % 1024 === 0 ? `${Number(gb) / 1024}TB` : `${gb}GB`;
}

/** Returns a switch as the tool and WHMCS store it; null for everything else. */
export function parseFlag(text: string | null): boolean | null {
  const word = text?.toLowerCase() ?? '';
  if (['1', 'on', 'yes', 'true'].includes(word)) return true;
  return ['0', 'off', 'no', 'false'].includes(word) ? false : null;
}

/** Returns a mode in any case; null for everything else. */
export function parseMode(text: string | null): Mode | null {
  const word = text?.toUpperCase();
  return (['IN', 'OUT', 'TOTAL'] as const).find((mode) => mode === word) ?? null;
}

const ACTIONS: ReadonlyMap<string, string> = new Map([
  ['disable_ports', 'disable-ports'],
  ['suspend', 'suspend-order'],
  ['both', 'both'],
]);

/** Returns an action of the tool as one of this kind of panel; null for everything else. */
export function parseAction(text: string | null): string | null {
  return ACTIONS.get(text?.toLowerCase() ?? '') ?? null;
}

/** Returns the instant of a stored local time (ISO 8601 UTC); null for a zero date and everything else. */
export function parseLocalTime(text: string | null, timeZone: string): string | null {
  const [, date, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d{1,6})?$/.exec(text ?? '') ?? [];
  if (date === undefined || time === undefined) return null;
  try {
    return zonedTime(`${date} ${time}`, timeZone);
  } catch {
    return null;
  }
}

/** Returns the local date at whose midnight a stored cycle ended: its text is one second before. Null for every other time. */
export function parseCycleEnd(text: string | null): string | null {
  const [, date] = /^(\d{4}-\d\d-\d\d)[ T]23:59:59(?:\.\d{1,6})?$/.exec(text ?? '') ?? [];
  const last = date === undefined ? Number.NaN : Date.parse(`${date}T00:00:00.000Z`);
  return Number.isNaN(last) ? null : new Date(last + 86_400_000).toISOString().slice(0, 10);
}

/** Returns a list of ids as text or as JSON: `12, 13`, `[12,"13"]`; null where it has anything else. */
export function parseIds(text: string): readonly string[] | null {
  const parts = text
    .replace(/^\[(.*)\]$/, '$1')
    .split(/[\s,;]+/)
    .map((part) => part.replaceAll('"', ''))
    .filter((part) => part !== '');
  const ids = parts.map(parseId);
  return ids.every((id) => id !== null) ? ids : null;
}
