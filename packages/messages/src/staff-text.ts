import { formatBytes, formatMoney } from '@sluice/quota-core';
import type { Names } from './keys.js';
import { staff } from './languages/staff.js';
import { MessageFormats } from './message-formats.js';
import type { Figure, StaffText } from './said.js';

export type { StaffText };

/** The key of a message for staff. */
export type StaffKey = keyof typeof staff;

/** The messages for staff, in ICU message syntax. */
export const STAFF_MESSAGES: Readonly<Record<StaffKey, string>> = staff;

/** The values of a message for staff, all of which it needs; none for a message without placeholders. */
export type StaffValues<K extends StaffKey> = [Names<(typeof staff)[K]>] extends [never]
  ? [values?: Readonly<Record<string, never>>]
  : [values: Readonly<Record<Names<(typeof staff)[K]>, string | number | Figure>>];

const formats = new MessageFormats(STAFF_MESSAGES, 'en');

/**
 * Returns a message for staff. Texts stay as they are, and so do instants: who shows the text knows the time zone of its reader.
 *
 * @throws FormatError if a value is missing
 */
export function staffText<K extends StaffKey>(key: K, ...[values = {}]: StaffValues<K>): StaffText {
  const written = Object.entries<string | number | Figure>(values).map(([name, value]): [string, string | number] => [
    name,
    typeof value === 'object' ? write(value) : value,
  ]);
  return formats.parts<string>(key, Object.fromEntries(written)).join('') as StaffText;
}

function write(figure: Figure): string {
  if ('bytes' in figure) return formatBytes(figure.bytes);
  if ('money' in figure) return formatMoney(figure.money, figure.currency);
  if ('percent' in figure) return `${figure.percent}%`;
  return 'day' in figure ? figure.day : figure.instant;
}
