import { formatBytes } from '@sluice/quota-core';

/** Returns `1 service` or `4 services`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Returns who decided whether a panel is enforced: `with a command`, `in the config (enforce)`. */
export function describeSource(source: string): string {
  return source === 'switch' ? 'with a command' : `in the config (${source})`;
}

/** Returns a stored value as words: `name eth0, admin enabled yes`; empty for nothing. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(describeItem).filter(Boolean).join(', ');
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const parts = Object.entries(value).map(([key, item]) => describeEntry(key, item));
  return parts.filter(Boolean).join(', ');
}

/** Returns a key of a stored value as words: `adminEnabled` as `admin enabled`. */
export function keyWords(key: string): string {
  return key.replace(/Bytes$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function describeEntry(key: string, item: unknown): string {
  const isBytes = key.endsWith('Bytes') && typeof item === 'number' && Number.isSafeInteger(item) && item >= 0;
  const text = isBytes ? formatBytes(item) : describeValue(item);
  return text === '' ? '' : `${keyWords(key)} ${text}`;
}

/** An error or warning in a list is its message. */
function describeItem(item: unknown): string {
  const { message } = (item ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : describeValue(item);
}

/** Returns a command line for a shell, with arguments quoted where needed. */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
