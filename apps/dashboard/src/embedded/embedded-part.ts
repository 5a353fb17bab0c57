import { maskUuids, visible } from '@sluice/panel-http/printable';
import type { EmbeddedPart } from '@sluice/contract/documents';
import type { Section } from '../layout/components.js';
import { html } from '../layout/html.js';
import type { Wording } from '../layout/wording.js';

/** Returns parts of a page for other sites, which may be in another language; null is left out. */
export function toParts(sections: readonly (Section | null)[], { language, direction }: Wording): EmbeddedPart[] {
  return sections
    .filter((section) => section !== null)
    .map(({ id, title, content }) => ({
      id,
      title: toText(title),
      html: withoutLinks(html`<div lang="${language}" dir="${direction}">${content}</div>`.toString()),
    }));
}

/** Returns a text without characters that reorder or hide what stands beside it, and with uuids masked. */
export function toText(text: string): string {
  return maskUuids(visible(text));
}

const LINK = /<a\b([^>]*)>([\s\S]*?)<\/a\s*>/g;
/** Attributes are escaped: a `>` always ends the tag. */
const OUTWARD = /\shref="[a-z][a-z\d+.-]*:/;

/** Returns escaped HTML with links to pages of ours as plain text, in the same class. */
function withoutLinks(markup: string): string {
  return markup.replace(LINK, (link, attributes: string, content: string) => {
    if (OUTWARD.test(attributes)) return link;
    const [own = ''] = /\sclass="[^"]*"/.exec(attributes) ?? [];
    return `<span${own}>${content}</span>`;
  });
}
