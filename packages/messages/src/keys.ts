import type { messages as en } from './languages/en.js';

/** The key of a message: English defines which there are. */
export type Key = keyof typeof en;

/** The messages of a language, in ICU message syntax. */
export type Messages = Readonly<Record<Key, string>>;

/** What stands behind the first opening brace of a text, up to the comma or brace that ends a name. */
type Head<Rest extends string> = Rest extends `${infer Inner}}${string}`
  ? Inner extends `${infer Name},${string}`
    ? Name
    : Inner
  : never;

/** Branches of plurals stand in braces as well: they are empty, or have a `#` or a space. */
type NameOnly<Text extends string> = Text extends '' | `#${string}` | `${string} ${string}` ? never : Text;

/** The names of the placeholders of a text. */
export type Names<Text extends string> = Text extends `${string}{${infer Rest}`
  ? NameOnly<Head<Rest>> | Names<Rest>
  : never;

type Tags<Text extends string> = Text extends `${string}</${infer Tag}>${infer Rest}` ? Tag | Tags<Rest> : never;

/** The names of the placeholders of a message. */
export type PlaceholdersIn<K extends Key> = Names<(typeof en)[K]>;

/** The names of the tags of a message. */
export type TagsIn<K extends Key> = Tags<(typeof en)[K]>;
