import { showContact } from '../layout/brand.js';
import { html } from '../layout/html.js';
import type { Wording } from '../layout/wording.js';

/** Returns the page of a share link that is not valid any more: with the provider's contact, never with the login of operators. */
export function deadLinkPage(contact: string | undefined, wording: Wording) {
  const body = html`<p>${wording.say('link.dead')}</p>
    ${contact === undefined ? null : html`<p>${wording.say('link.contact', { contact: showContact(contact) })}</p>`}`;
  return { status: 404, title: wording.text('title.notFound'), body };
}
