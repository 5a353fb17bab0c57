import { html, type Html } from '../layout/html.js';

/** Returns the page of a share link that is not valid any more: with the provider's contact, never with the login of operators. */
export function deadLinkPage(contact: string | undefined) {
  const body = html`<p>This link is not valid, or it has ended. Ask your provider for a new one.</p>
    ${contact === undefined ? null : html`<p>Contact: ${showContact(contact)}</p>`}`;
  return { status: 404, title: 'Not found', body };
}

/** An address of mail or of a page as a link, other texts as they are. */
function showContact(contact: string): Html {
  if (/^https?:\/\/\S+$/.test(contact)) return html`<a href="${contact}" rel="noopener">${contact}</a>`;
  if (/^[^\s@]+@[^\s@]+$/.test(contact)) return html`<a href="mailto:${contact}">${contact}</a>`;
  return html`<bdi>${contact}</bdi>`;
}
