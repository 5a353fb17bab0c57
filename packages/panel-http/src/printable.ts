/**
 * Characters without a printed form: control characters (line ends, tabs and escape sequences among them),
 * format characters (bidi overrides, zero-width characters), line and paragraph separators, lone surrogates. Joiners
 * (U+200C, U+200D) are among them: a name stays readable without them, and they can make two names indistinguishable.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** Almost all texts are of these alone, which are found faster. */
const PLAIN = /^[ -~]*$/;

/** Those of them that `JSON.stringify` leaves unescaped in strings. */
const UNESCAPED = /[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Returns a text from outside (a panel, a file, the command line) as one line that a terminal, log, notice or mail shows
 * unchanged: each run of characters without a printed form becomes one blank.
 *
 * @example
 * ```ts
 * printable('eth0\u001b[31m\nred'); // eth0 [31m red
 * ```
 */
export function printable(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNPRINTABLE, ' ');
}

/** Joiners are part of Persian and Indic words, and reorder nothing. */
const JOINER = /([\u200C\u200D]+)/;

/**
 * Returns a text without characters that could reorder or hide what stands beside it. As `printable`, but joiners stay, for where a
 * text is stored or shown by a browser.
 *
 * @example
 * ```ts
 * visible('علی\u200Cرضا\u202E'); // علی‌رضا and a blank
 * ```
 */
export function visible(text: string): string {
  return text
    .split(JOINER)
    .map((part, index) => (index % 2 === 1 ? part.charAt(0) : printable(part)))
    .join('');
}

/** Returns a value as JSON text that a terminal shows unchanged, with `\uXXXX` for such characters. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNESCAPED, (text) =>
    text
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;

/** Cuts every uuid in `text` to its first four digits: enough to distinguish two in a log, useless as a key. */
export function maskUuids(text: string): string {
  return text.replace(UUID, (uuid) => `${uuid.slice(0, 4)}...`);
}

/** Returns a value of JSON with the uuids in its texts masked, as by `maskUuids`; keys stay. */
export function maskUuidsIn(value: unknown): unknown {
  if (typeof value === 'string') return maskUuids(value);
  if (Array.isArray(value)) return value.map(maskUuidsIn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskUuidsIn(item)]));
}
