import type { ChannelMessage, MessageBrand, MessageView } from '@sluice/contract/ports';
import { isMailAddress, isWebAddress } from './settings.js';

/** Colours of a mail without those of a brand: all can be read on white. */
const PLAIN = { link: '#0b57d0', accent: '#1f1f1f', onAccent: '#ffffff' };
const INK = '#1f1f1f';
const SOFT = '#5c5c5c';
const LINE = '#d9d9d9';
const FULL = '#b3261e';

/** Returns the id by which the HTML of a mail shows one of its pictures. */
export function toPictureId(index: number): string {
  return `picture-${index + 1}@sluice.invalid`;
}

/**
 * Returns a mail as HTML, with styles in its elements and tables for the layout, since mail programs read little else. All texts are
 * escaped; the direction is that of the language.
 */
export function toMailHtml(
  { subject, text, view }: Pick<ChannelMessage, 'subject' | 'text' | 'view'>,
  brand: MessageBrand,
): string {
  const { language, direction } = view;
  const colours = brand.colours ?? PLAIN;
  const parts = [
    showBrand(brand, colours),
    `<p style="margin:0 0 16px;font-size:16px">${toLines(text.trim())}</p>`,
    showBar(view),
    ...view.pictures.map((picture, index) => showPicture(picture, index, view)),
    showFigures(view),
    view.link === null ? '' : showButton(view.link, colours),
    showFoot(view, brand, colours),
  ];
  const attributes = `lang="${escapeHtml(language)}" dir="${direction}"`;
  const body = `margin:0;padding:16px;background:#ffffff;color:${INK};font-family:sans-serif;line-height:1.5`;
  const content = `<div ${attributes} style="max-width:560px;margin:0 auto;text-align:${direction === 'rtl' ? 'right' : 'left'}">${parts.join('')}</div>`;
  return [
    `<!doctype html><html ${attributes}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    `<meta name="color-scheme" content="light"><title>${escapeHtml(subject)}</title></head>`,
    `<body ${attributes} style="${body}">${content}</body></html>`,
  ].join('');
}

type Colours = NonNullable<MessageBrand['colours']>;

function showBrand({ name, logo }: MessageBrand, { accent }: Colours): string {
  if (name === undefined && logo === undefined) return '';
  const alt = escapeHtml(name ?? '');
  const image =
    logo === undefined ? '' : `<img src="${escapeHtml(logo)}" alt="${alt}" height="32" style="height:32px;border:0">`;
  const text = name === undefined ? '' : `<strong style="font-size:18px"><bdi>${escapeHtml(name)}</bdi></strong>`;
  const style = `margin:0 0 16px;padding-bottom:8px;border-bottom:3px solid ${escapeHtml(accent)}`;
  return `<div style="${style}">${image || text}</div>`;
}

/** How much is used, as a bar: for who does not see it, the figures say it. */
function showBar({ percent, direction }: MessageView): string {
  if (percent === null) return '';
  const share = Math.min(100, Math.max(percent > 0 ? 1 : 0, Math.floor(percent)));
  const cell = (width: number, colour: string): string =>
    width === 0
      ? ''
      : `<td width="${width}%" style="background:${colour};height:10px;font-size:0;line-height:0">&nbsp;</td>`;
  const used = cell(share, percent >= 100 ? FULL : percent >= 80 ? '#b26a00' : '#2e7d32');
  const style = 'width:100%;border-collapse:collapse;margin:0 0 16px';
  return `<table role="presentation" aria-hidden="true" dir="${direction}" cellpadding="0" cellspacing="0" style="${style}"><tr>${used}${cell(100 - share, LINE)}</tr></table>`;
}

/** A picture with its words around it: those in it would need fonts where it is drawn. */
function showPicture(
  { description, top, start, end, key }: MessageView['pictures'][number],
  index: number,
  { direction }: MessageView,
): string {
  const image = 'display:block;width:100%;max-width:560px;height:auto;border:0';
  const [begin, over] = direction === 'rtl' ? ['right', 'left'] : ['left', 'right'];
  const cell = (text: string, side: string, more = ''): string =>
    `<td${more} style="padding:2px 0;font-size:12px;color:${SOFT};text-align:${side}">${text}</td>`;
  const words = (text: string): string => `<bdi>${escapeHtml(text)}</bdi>`;
  const rows = [
    cell(words(top), begin, ' colspan="2"'),
    `<td colspan="2" style="padding:0"><img src="cid:${toPictureId(index)}" alt="${escapeHtml(description)}" width="560" style="${image}"></td>`,
    cell(words(start), begin) + cell(words(end), over),
    cell(key.map(showColour).join(' '), begin, ' colspan="2"'),
  ];
  const table = 'width:100%;border-collapse:collapse;margin:0 0 16px';
  return `<table role="presentation" cellpadding="0" cellspacing="0" style="${table}">${rows.map((row) => `<tr>${row}</tr>`).join('')}</table>`;
}

function showColour({ text, colour, isDotted }: MessageView['pictures'][number]['key'][number]): string {
  const line = `border-bottom:3px ${isDotted ? 'dotted' : 'solid'} ${escapeHtml(colour)}`;
  return `<span style="white-space:nowrap"><span aria-hidden="true" style="${line}">&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;</span> ${escapeHtml(text)}</span>&nbsp;&nbsp;`;
}

function showFigures({ figures, words, direction }: MessageView): string {
  if (figures.length === 0) return '';
  const [start, end] = direction === 'rtl' ? ['right', 'left'] : ['left', 'right'];
  const border = `padding:6px 0;border-bottom:1px solid ${LINE};vertical-align:top`;
  const rows = figures.map(
    ({ label, value, detail }) =>
      `<tr><th scope="row" style="${border};text-align:${start};font-weight:normal;color:${SOFT}">${escapeHtml(label)}</th><td style="${border};text-align:${end}"><bdi>${escapeHtml(value)}</bdi></td>${detail === undefined ? '' : `<td style="${border};padding-${start}:12px;text-align:${start}">${escapeHtml(detail)}</td>`}</tr>`,
  );
  const style = 'width:100%;border-collapse:collapse;margin:0 0 16px;font-variant-numeric:tabular-nums';
  const times =
    words.times === '' ? '' : `<p style="margin:0 0 16px;font-size:13px;color:${SOFT}">${escapeHtml(words.times)}</p>`;
  return `<table style="${style}">${rows.join('')}</table>${times}`;
}

function showButton({ text, href }: NonNullable<MessageView['link']>, { accent, onAccent }: Colours): string {
  const style = `display:inline-block;padding:10px 18px;border-radius:6px;background:${escapeHtml(accent)};color:${escapeHtml(onAccent)};text-decoration:none;font-weight:bold`;
  return `<p style="margin:0 0 24px"><a href="${escapeHtml(href)}" style="${style}">${escapeHtml(text)}</a></p>`;
}

function showFoot({ unsubscribe, words }: MessageView, brand: MessageBrand, colours: Colours): string {
  const { name, contact, terms } = brand;
  const toLink = (href: string, text: string): string =>
    `<a href="${escapeHtml(href)}" style="color:${escapeHtml(colours.link)}">${text}</a>`;
  const parts = [
    name === undefined ? '' : `<bdi>${escapeHtml(name)}</bdi>`,
    contact === undefined ? '' : `${escapeHtml(words.contact)}: ${showContact(contact, toLink)}`,
    terms === undefined ? '' : toLink(terms, escapeHtml(words.terms)),
    unsubscribe === null ? '' : toLink(unsubscribe.href, escapeHtml(unsubscribe.text)),
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `<p style="margin:0;font-size:13px;color:${SOFT}">${parts.join(' · ')}</p>`;
}

/** An address of mail or of a page as a link, other texts as they are. */
function showContact(contact: string, toLink: (href: string, text: string) => string): string {
  const text = `<bdi>${escapeHtml(contact)}</bdi>`;
  if (isWebAddress(contact)) return toLink(contact, text);
  return isMailAddress(contact) ? toLink(`mailto:${contact}`, text) : text;
}

function toLines(text: string): string {
  return text.split('\n').map(escapeHtml).join('<br>');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
