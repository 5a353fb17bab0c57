import type { messages as en } from './languages/en.js';
import type { staff } from './languages/staff.js';

type English = typeof en & typeof staff;

/** The key of a message: English defines which there are. */
export type Key = keyof English;

/** The messages of a language, in ICU message syntax, without those for staff, which are English in each. */
export type Messages = Readonly<Record<keyof typeof en, string>>;

/** What stands behind the first opening brace of a text, up to the comma or brace that ends a name. */
type Head<Rest extends string> = Rest extends `${infer Inner}}${string}`
  ? Inner extends `${infer Name},${string}`
    ? Name
    : Inner
  : never;

/** Branches of plurals stand in braces as well: they are empty, or have a `#` or a space. */
type NameOnly<Text extends string> = Text extends '' | `#${string}` | `${string} ${string}` ? never : Text;

type Names<Text extends string> = Text extends `${string}{${infer Rest}` ? NameOnly<Head<Rest>> | Names<Rest> : never;

type Tags<Text extends string> = Text extends `${string}</${infer Tag}>${infer Rest}` ? Tag | Tags<Rest> : never;

/** The names of the placeholders of a message. */
export type PlaceholdersIn<K extends Key> = Names<English[K]>;

/** The names of the tags of a message. */
export type TagsIn<K extends Key> = Tags<English[K]>;
