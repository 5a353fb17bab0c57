import type { MessageBrand } from '@sluice/contract/ports';
import { isMailAddress } from './settings.js';

/** Returns a text with the provider's name and contact as its signature; as it is where neither is known. */
export function brandedText(text: string, { name, contact, terms }: MessageBrand): string {
  const lines = [name, contact && `Contact: ${contact}`, terms && `Terms: ${terms}`].filter(Boolean);
  return lines.length === 0 ? text : `${text.trimEnd()}\n\n-- \n${lines.join('\n')}\n`;
}

/** Returns a text as HTML, below the provider's name and above its contact. */
export function brandedHtml(text: string, { name, contact, terms, colour }: MessageBrand): string {
  const line = colour === undefined ? '' : ` style="padding-bottom:6px;border-bottom:3px solid ${escapeHtml(colour)}"`;
  const parts = [
    contact && `Contact: ${showContact(contact)}`,
    terms && `<a href="${escapeHtml(terms)}">Terms</a>`,
  ].filter(Boolean);
  return [
    name === undefined ? '' : `<p dir="auto"${line}><strong>${escapeHtml(name)}</strong></p>`,
    `<div dir="auto">${text.split('\n').map(escapeHtml).join('<br>')}</div>`,
    parts.length === 0 ? '' : `<p dir="auto"><small>${parts.join(' · ')}</small></p>`,
  ].join('');
}

/** An address of mail or of a page as a link, other texts as they are. */
function showContact(contact: string): string {
  const text = escapeHtml(contact);
  if (/^https?:\/\/\S+$/.test(contact)) return `<a href="${text}">${text}</a>`;
  return isMailAddress(contact) ? `<a href="mailto:${text}">${text}</a>` : `<bdi>${text}</bdi>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
