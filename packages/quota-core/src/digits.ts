/**
 * Returns a text with the digits of Persian and Arabic keyboards as ASCII, as programs write them.
 *
 * @example
 * ```ts
 * toAsciiDigits('۱۲٫۵'); // 12٫5
 * ```
 */
export function toAsciiDigits(text: string): string {
  return text.replaceAll(/[\u0660-\u0669\u06F0-\u06F9]/g, (digit) => String(digit.charCodeAt(0) % 16));
}
