import type { Formats } from '../profile/schema.js';
import type { FieldType } from './fields.js';
import { formatMoney, parseMoney } from './money.js';
import { formatPhone, parsePhone } from './phones.js';
import { scalarText } from './pointer.js';
import { formatDate, formatDuration, formatTime, parseDate, parseDuration, parseTime } from './times.js';

interface Context {
  formats: Formats;
  areaCode: string | null;
}

/** Converts one value of the wire that is not null; undefined for what is not of its type, null for an empty one. */
export function decodeValue(type: FieldType | 'extra', raw: unknown, { formats, areaCode }: Context): unknown {
  const text = scalarText(raw) ?? undefined;
  switch (type) {
    case 'id':
      return text === '' ? null : text;
    case 'text':
    case 'document':
      return text;
    case 'extra':
      return typeof raw === 'boolean' ? raw : text;
    case 'phone':
      return text === undefined ? undefined : text === '' ? null : parsePhone(text, formats.phone, areaCode);
    case 'money':
      return parseMoney(raw, formats.money) ?? undefined;
    case 'time':
      return raw === '' ? null : (parseTime(raw, formats) ?? undefined);
    case 'date':
      return raw === '' ? null : (parseDate(raw, formats.date ?? 'iso') ?? undefined);
    case 'duration':
      return parseDuration(raw, formats.duration) ?? undefined;
    case 'integer':
    case 'channels':
      return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    case 'boolean':
      return parseBoolean(raw, formats.boolean);
    case 'secret':
      return null;
    default:
      return decodeCompound(type, raw);
  }
}

function decodeCompound(type: 'ids' | 'texts' | 'sip' | 'destination', raw: unknown): unknown {
  if (type === 'ids' || type === 'texts') {
    if (typeof raw === 'string') return raw.split(/[\s,]+/).filter((part) => part !== '');
    if (typeof raw === 'number') return [String(raw)];
    if (!Array.isArray(raw)) return undefined;
    return raw.every((one) => typeof one === 'string' || typeof one === 'number') ? raw.map(String) : undefined;
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return undefined;
  const object = raw as Record<string, unknown>;
  const word = (key: string): string | null => scalarText(object[key]);
  if (type === 'destination') return { type: word('type') ?? 'none', value: word('value') };
  const set = object['password_set'];
  // Named one by one, so that a password among them is dropped.
  return { username: word('username'), domain: word('domain'), password_set: typeof set === 'boolean' ? set : null };
}

function parseBoolean(raw: unknown, [yes, no]: Formats['boolean']): boolean | undefined {
  if (raw === yes || raw === true) return true;
  if (raw === no || raw === false) return false;
  const same = (expected: unknown): boolean => String(raw) === String(expected);
  return same(yes) ? true : same(no) ? false : undefined;
}

/** Converts a canonical value that is not null for the wire. Throws a `RangeError` for what it can't write. */
export function encodeValue(type: FieldType | 'extra', value: unknown, formats: Formats): unknown {
  switch (type) {
    case 'money':
      return formatMoney(String(value), formats.money);
    case 'time':
      return formatTime(String(value), formats);
    case 'date':
      return formatDate(String(value), formats.date ?? 'iso');
    case 'duration':
      return formatDuration(Number(value), formats.duration);
    case 'phone':
      return formatPhone(String(value), formats.phone);
    case 'boolean':
      return formats.boolean[value === true ? 0 : 1];
    default:
      return value;
  }
}
