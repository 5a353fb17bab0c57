import type { Key, PlaceholdersIn } from './keys.js';

/** A value that each language writes in its own way; instants and days are ISO 8601, amounts decimal texts. */
export type Figure =
  | { bytes: number }
  | { money: string; currency: string | null }
  | { instant: string }
  | { day: string }
  | { percent: number };

/** A value of a message: texts stay as they are, numbers are written in the digits of the language. */
export type Value = string | number | Figure | Said;

/**
 * A message that is not written yet: its key with its values. Code that does not know the language of its reader returns one, and
 * who shows it writes it with `Texts.said`.
 */
export interface Said {
  key: Key;
  values?: Readonly<Record<string, Value>>;
}

declare const OF_CATALOGUE: unique symbol;

/** A text for staff that the catalogue has written (`staffText` of `@sluice/messages/staff`), or that was written elsewhere (`stated`). */
export type StaffText = string & { readonly [OF_CATALOGUE]: true };

/** Returns a text for staff that this catalogue has not: of the store, an error, or somebody else's panel kind. */
export function stated(text: string): StaffText {
  return text as StaffText;
}

/** The values of a message, all of which it needs; none for a message without placeholders. */
export type ValuesFor<K extends Key, T> = [PlaceholdersIn<K>] extends [never]
  ? [values?: Readonly<Record<string, never>>]
  : [values: Readonly<Record<PlaceholdersIn<K>, T>>];

/** Returns a message that is written later. */
export function say<K extends Key>(key: K, ...[values]: ValuesFor<K, Value>): Said {
  return values === undefined ? { key } : { key, values };
}
