import { html, type Html } from '../layout/html.js';
import type { Wording } from '../layout/wording.js';

/** Returns the page of a share link that is not valid any more: with the provider's contact, never with the login of operators. */
export function deadLinkPage(contact: string | undefined, wording: Wording) {
  const body = html`<p>${wording.say('link.dead')}</p>
    ${contact === undefined ? null : html`<p>${wording.say('link.contact', { contact: showContact(contact) })}</p>`}`;
  return { status: 404, title: wording.text('title.notFound'), body };
}

/** An address of mail or of a page as a link, other texts as they are. */
function showContact(contact: string): Html {
  if (/^https?:\/\/\S+$/.test(contact)) return html`<a href="${contact}" rel="noopener" dir="ltr">${contact}</a>`;
  if (/^[^\s@]+@[^\s@]+$/.test(contact)) return html`<a href="mailto:${contact}" dir="ltr">${contact}</a>`;
  return html`<bdi>${contact}</bdi>`;
}
