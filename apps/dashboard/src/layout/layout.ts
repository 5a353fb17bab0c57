import { ASSET_PATHS } from '../assets/assets.js';
import type { Language } from '@sluice/messages';
import type { Viewer } from '../access/viewer.js';
import { type Brand, brandFoot, brandHead, brandLinks, brandTitle } from './brand.js';
import { html, type Html, join, type Part, trusted } from './html.js';
import type { Wording } from './wording.js';

/** A link of the navigation. */
export interface NavItem {
  href: string;
  text: string;
}

/** Links under a common heading. */
export interface NavGroup {
  title: string | null;
  items: readonly NavItem[];
}

/** What the frame of a page shows. */
export interface LayoutParts {
  title: string;
  /** The title as the page shows it, where a name in it may run in another direction than the page; default the title. */
  heading?: Html | undefined;
  body: Html;
  /** Null before the login. */
  viewer: Viewer | null;
  /** What the viewer is called; by default by its name in the log. */
  who?: string | null;
  /** What paths of links begin with: `` or `/share/TOKEN`. */
  base: string;
  /** The path of the page, without `base`. */
  path: string;
  /** For the form that logs out. */
  csrf: string;
  /** Says what the last form did. */
  notice?: Part | undefined;
  /** What each page begins with. */
  banner?: readonly Html[];
  version: string;
  /** IANA zone of the instants on the page. */
  timeZone: string;
  nav?: readonly NavGroup[] | undefined;
  /** The language of the page. */
  wording: Wording;
  /** Links to the page in each language; without them it has one. */
  languages?: readonly (NavItem & { language: Language })[] | undefined;
  /** Of the provider, on pages for clients. */
  brand?: Brand | undefined;
  /** Reloads the page after this many seconds where no script runs. */
  refreshSeconds?: number | undefined;
  /** Reloads the page after this many seconds where scripts run, and never while a form is filled in. */
  reloadSeconds?: number | undefined;
}

/** Returns the whole document of a page. */
export function layout(parts: LayoutParts): string {
  const { title, body, wording, refreshSeconds, reloadSeconds, notice, version, timeZone, brand } = parts;
  const refresh =
    refreshSeconds === undefined
      ? null
      : html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}" /></noscript>`;
  const document = html`${trusted('<!doctype html>')}
    <html lang="${wording.language}" dir="${wording.direction}">
      <head>
        <meta charset="utf-8" />
        ${brand === undefined ? html`<title>${title} · Sluice</title>` : brandTitle(brand, title)}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <meta name="referrer" content="no-referrer" />
        <link rel="stylesheet" href="${ASSET_PATHS.css}" />
        ${brand === undefined ? html`<link rel="icon" href="data:," />` : brandLinks(brand, parts.viewer === null ? null : parts.base)}
        <script src="${ASSET_PATHS.js}" defer></script>
        ${refresh}
      </head>
      <body
        data-copy-text="${wording.text('page.copy')}"
        data-copied-text="${wording.text('page.copied')}"
        data-filter-text="${wording.text('page.filter')}"
        ${reloadSeconds === undefined ? null : html` data-reload="${reloadSeconds}"`}
      >
        <a class="skip" href="#main">${wording.say('page.skip')}</a>
        <div class="frame">
          ${header(parts)}
          <main id="main" tabindex="-1">
            ${notice === undefined ? null : html`<p class="notice notice-good" role="status">${notice}</p>`}
            ${join(parts.banner ?? [])}
            <h1 dir="auto">${parts.heading ?? title}</h1>
            ${body}
          </main>
        </div>
        <footer class="footer">
          ${brand === undefined ? html`<span>Sluice ${version}</span>` : brandFoot(brand, wording)}<span>${wording.say('page.times', { zone: html`<bdi dir="ltr">${timeZone}</bdi>` })}</span>${languageLinks(parts)}
        </footer>
      </body>
    </html> `;
  // The indentation of templates is for their writers only.
  return document.toString().replaceAll(/\n\s+/g, '\n');
}

function header({ viewer, who: called = null, nav = [], base, csrf, path, wording, brand }: LayoutParts): Html {
  const who =
    viewer === null
      ? null
      : html`<div class="who">
          ${called === null ? viewerName(viewer, wording) : html`<bdi>${called}</bdi>`}${viewer.shared ? null : html`<form method="post" action="${base}/logout"><input type="hidden" name="csrf" value="${csrf}" /><button class="link" type="submit">${wording.say('page.logout')}</button></form>`}
        </div>`;
  const home = viewer === null ? null : base === '' ? '/' : base;
  const neutral = wording.text(viewer?.agent == null ? 'home.title' : 'agent.homeTitle');
  const sluice = home === null ? html`<span>Sluice</span>` : html`<a href="${home}">Sluice</a>`;
  return html`<header class="${brand === undefined ? 'side' : 'side side-own'}">
    <div class="brand">${brand === undefined ? sluice : brandHead(brand, home, neutral)}</div>
    ${nav.length === 0 ? null : html`<nav class="nav" aria-label="Main">${join(nav.map((group) => navGroup(group, path)))}</nav>`}
    ${who}
  </header>`;
}

/** Who reads: a client or an agent by a share link, or who has a token. */
function viewerName({ shared, client, agent, name }: Viewer, wording: Wording): Html {
  if (shared && client !== null)
    return html`<span>${wording.say('page.client', { client: html`<bdi>${client}</bdi>` })}</span>`;
  if (shared && agent !== null)
    return html`<span>${wording.say('agent.title', { name: html`<bdi>${name.replace(/^agent /, '')}</bdi>` })}</span>`;
  const token = html`<bdi>${name.replace(/^token /, '')}</bdi>`;
  return name.startsWith('token ')
    ? html`<span>${wording.say('page.token', { name: token })}</span>`
    : html`<bdi>${name}</bdi>`;
}

/** The page in other languages, each by its own name. */
function languageLinks({ languages = [], wording }: LayoutParts): Html | null {
  if (languages.length === 0) return null;
  const links = languages.map(({ href, text, language }) => {
    const current = language === wording.language ? html` aria-current="true"` : null;
    return html`<a href="${href}" lang="${language}" hreflang="${language}" ${current}><bdi>${text}</bdi></a>`;
  });
  return html`<nav class="languages" aria-label="${wording.text('page.language')}">${links}</nav>`;
}

function navGroup({ title, items }: NavGroup, path: string): Html {
  const links = items.map(
    ({ href, text }) =>
      html`<li><a href="${href}" ${isCurrent(href, path) ? html` aria-current="page"` : null}>${text}</a></li>`,
  );
  return html`${title === null ? null : html`<span class="nav-title">${title}</span>`}
    <ul>
      ${links}
    </ul>`;
}

function isCurrent(href: string, path: string): boolean {
  return href === path || (href !== '/' && path.startsWith(`${href}/`));
}
