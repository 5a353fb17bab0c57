import { maskUuids, visible } from '@sluice/panel-http/printable';
import { html as template, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** Escaped HTML. */
export type Html = HtmlEscapedString;

/** What a template accepts: text is cleaned and escaped, HTML stays, `null`, `undefined` and `false` are left out. */
export type Part = Html | string | number | null | undefined | false | readonly Part[];

/** Attributes that lead somewhere, or are sent back or copied: what stands in them is not shown. */
const ADDRESSED = /\s(?:href|action|value|name|id|for|data-copy)="[^"]*$/;

/**
 * Builds HTML. Text loses characters that could reorder or hide what stands beside it, then is escaped. Uuids are masked,
 * except in addresses and the values of forms: on some panels they are keys.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  // Without promises among the values, the result is not a promise.
  return template(
    strings,
    ...values.map((value, index) => toSafe(value, !ADDRESSED.test(strings[index] ?? ''))),
  ) as Html;
}

/** Marks text of our own as HTML, such as the SVG of a chart, which escapes by itself. */
export function trusted(markup: string): Html {
  return raw(markup);
}

/** Joins parts with nothing between them. */
export function join(parts: readonly Part[]): Html {
  return html`${parts}`;
}

function toSafe(part: Part, isShown: boolean): unknown {
  if (Array.isArray(part)) return (part as readonly Part[]).map((each) => toSafe(each, isShown));
  if (typeof part !== 'string' || 'isEscaped' in Object(part)) return part;
  return isShown ? maskUuids(visible(part)) : visible(part);
}
