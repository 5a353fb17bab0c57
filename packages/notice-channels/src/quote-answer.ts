import { redact } from '@sluice/panel-http';
import { printable } from '@sluice/panel-http/printable';

/** Returns at most `most` UTF-16 units of a text, without half of a character at the end. */
export function cut(text: string, most: number): string {
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
}

/** Returns what a receiver said as one short line without secrets. */
export function quoteAnswer(text: string, secrets: string[] = []): string {
  // A secret that is cut would not be recognised any more.
  return cut(printable(redact(text, secrets)), 200);
}
