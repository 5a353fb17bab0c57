import type { Config } from '@sluice/engine';
import { contactUrl } from '@sluice/engine/words';
import { brandFiles } from '../assets/brand-assets.js';
import { brandStyle, FRAME } from '../assets/brand-style.js';
import { html, type Html, join, type Part } from './html.js';
import type { Wording } from './wording.js';

/** What pages and reports for clients show of their provider, in the place of Sluice. */
export interface Brand extends Pick<Config['brand'], 'name' | 'contact' | 'terms' | 'mention'> {
  /** Address of the image; null for none. */
  logo: string | null;
  /** Address of the style sheet with its colours; null for none. */
  style: string | null;
  /** Address of the icon on telephones; null in a file that loads no other one. */
  touchIcon: string | null;
}

/** Returns the brand of a config as its pages show it. */
export function toBrand({ brand }: Pick<Config, 'brand'>): Brand {
  const { logo, style, touchIcon } = brandFiles({ brand });
  return { ...brand, logo: logo?.path ?? null, style: style?.path ?? null, touchIcon: touchIcon.path };
}

/** Where the manifest of pages is, below what their paths begin with. */
export const MANIFEST_PATH = '/app.webmanifest';

/** A brand for a file that loads no other one: its logo is in the address. */
export interface WholeBrand extends Brand {
  /** The style sheet with its colours; null for none. */
  colours: string | null;
}

/** Returns the brand of a config for a file that loads no other one. */
export function toWholeBrand({ brand }: Pick<Config, 'brand'>): WholeBrand {
  const colours = brand.colour === undefined ? null : brandStyle(brand.colour);
  return { ...brand, logo: brand.logo ?? null, style: null, touchIcon: null, colours };
}

/** Returns the title of a document for clients. */
export function brandTitle({ name }: Brand, title: string): Html {
  return name === undefined ? html`<title>${title}</title>` : html`<title>${title} · ${name}</title>`;
}

/**
 * Returns the links in the head of a page: its icons, the style sheet with the colours, and the manifest by which a telephone installs the
 * pages below `base` as an app; null for pages that are none, such as the login.
 */
export function brandLinks({ logo, style, touchIcon }: Brand, base: string | null): Html {
  const { light, dark } = FRAME;
  return html`<link rel="icon" href="${logo ?? 'data:,'}" />
    ${touchIcon === null ? null : html`<link rel="apple-touch-icon" href="${touchIcon}" />`}
    ${base === null ? null : html`<link rel="manifest" href="${base}${MANIFEST_PATH}" />`}
    <meta name="theme-color" media="(prefers-color-scheme: light)" content="${light.head}" />
    <meta name="theme-color" media="(prefers-color-scheme: dark)" content="${dark.head}" />
    ${style === null ? null : html`<link rel="stylesheet" href="${style}" />`}`;
}

/** Returns the logo and the name of a provider, or else `neutral` words; they lead to `href`, if that is not null. */
export function brandHead({ name, logo }: Brand, href: string | null, neutral: string): Html {
  const words = name ?? (logo === null ? neutral : null);
  const image = logo === null ? null : html`<img src="${logo}" alt="${words === null ? neutral : ''}" />`;
  const content = html`${image}${words === null ? null : html`<bdi>${words}</bdi>`}`;
  return href === null ? html`<span>${content}</span>` : html`<a href="${href}">${content}</a>`;
}

/** Returns what the foot of a page or report for clients has of its provider, each part in an element. */
export function brandFoot({ contact, terms, mention }: Brand, wording: Wording): Html {
  const parts: Part[] = [
    contact === undefined ? null : html`<span>${wording.say('link.contact', { contact: showContact(contact) })}</span>`,
    terms === undefined ? null : html`<span><a href="${terms}" rel="noopener">${wording.say('page.terms')}</a></span>`,
    mention ? html`<small>${wording.say('page.mention', { program: html`<bdi>Sluice</bdi>` })}</small>` : null,
  ];
  return join(parts);
}

/** An address of mail or of a page as a link, other texts as they are. */
export function showContact(contact: string): Html {
  const url = contactUrl(contact);
  return url === null ? html`<bdi>${contact}</bdi>` : html`<a href="${url}" rel="noopener" dir="ltr">${contact}</a>`;
}
