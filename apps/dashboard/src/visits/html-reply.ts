import type { FastifyReply } from 'fastify';
import type { Language } from '@sluice/messages';
import { toBrand } from '../layout/brand.js';
import { html, type Html } from '../layout/html.js';
import { layout, type LayoutParts } from '../layout/layout.js';
import { toWording, type Wording } from '../layout/wording.js';
import { configNotices } from '../pages/operator/config-notices.js';
import { operatorNav } from '../pages/operator/navigation.js';
import { toFailure } from '../server/failure.js';
import { wordError } from '../layout/word-error.js';
import type { Context } from '../server/options.js';
import { toOutsider } from '../server/outsider.js';

/** The parts of a page that its visitor determines. */
export type Frame = Pick<LayoutParts, 'viewer' | 'base' | 'path' | 'csrf' | 'languages'> & {
  /** That of the visitor; of staff English. */
  language: Language;
  /** Whether it is below the address of a share link, also of one that is not valid. */
  ofLink?: boolean | undefined;
};

/** The frame of pages before the login. */
export const NOBODY: Frame = { viewer: null, base: '', path: '/', csrf: '', language: 'en' };

/** A page in its frame. */
export type FramedPage = Pick<
  LayoutParts,
  'title' | 'heading' | 'body' | 'who' | 'notice' | 'refreshSeconds' | 'reloadSeconds'
> & {
  timeZone?: string | undefined;
  status?: number | undefined;
};

/** Returns the document of a page. */
export async function renderPage(context: Context, frame: Frame, page: Omit<FramedPage, 'status'>): Promise<string> {
  const { sluice, version } = context;
  const around = { version, timeZone: page.timeZone ?? sluice.config.timeZone, wording: toWording(frame.language) };
  const brand = hasBrand(context, frame) ? toBrand(sluice.config) : undefined;
  if (!isOperator(frame.viewer)) return layout({ ...frame, ...page, ...around, brand });
  const nav = await operatorNav(sluice);
  return layout({ ...frame, ...page, ...around, nav, banner: configNotices(context) });
}

/** Sends a page. */
export async function sendPage(
  context: Context,
  reply: FastifyReply,
  frame: Frame,
  page: FramedPage,
): Promise<FastifyReply> {
  const { status = 200, ...parts } = page;
  const text = await renderPage(context, frame, parts);
  return reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(text);
}

/** Sends an error as a page; defects are reported without their text. */
export async function sendErrorPage(
  context: Context,
  reply: FastifyReply,
  frame: Frame,
  error: unknown,
): Promise<FastifyReply> {
  const failure = toFailure(error);
  if (failure.defect) context.onError?.(error);
  const { status } = failure;
  const wording = toWording(frame.language);
  const body = html`<p dir="auto">${wordError(wording, error)}</p>
    ${backToParent(frame, status, wording)}
    ${frame.ofLink === true && frame.viewer === null ? null : html`<p><a href="${frame.base === '' ? '/' : frame.base}">${wording.say('page.backHome')}</a></p>`}`;
  return sendPage(context, reply, frame, { status, title: wording.text(toTitle(status)), body });
}

/** The pages that actions of staff lead back to; clients have services only. */
const PARENTS = { agents: 'agent', lines: 'line', dids: 'number' } as const;

/** The way from an action of something back to it. */
function backToParent({ base, path }: Frame, status: number, wording: Wording): Html | null {
  const [parent, kind] = /^\/(services|agents|lines|dids)\/[^/]+(?=\/.)/.exec(path) ?? [];
  return parent === undefined || kind === undefined || status === 404
    ? null
    : html`<p>
        <a href="${base}${parent}"
          >${kind === 'services' ? wording.say('page.backService') : `Back to the ${PARENTS[kind as keyof typeof PARENTS]}`}</a
        >
      </p>`;
}

function isOperator(viewer: LayoutParts['viewer']): boolean {
  return viewer !== null && !viewer.shared && toOutsider(viewer) === null;
}

/** Returns whether a page has the provider's brand: those of clients, and those before a login where the brand has a name. */
function hasBrand({ sluice }: Context, frame: Frame): boolean {
  return isForClient(frame) || (frame.viewer === null && sluice.config.brand.name !== undefined);
}

/** Returns whether a page is a client's, or a reseller's: also where the link of one is not valid. */
function isForClient({ viewer, ofLink = false }: Frame): boolean {
  return viewer === null ? ofLink : toOutsider(viewer) !== null;
}

function toTitle(status: number) {
  if (status === 403) return 'title.notPermitted';
  if (status === 404) return 'title.notFound';
  if (status === 429) return 'title.tooMany';
  return status < 500 ? 'title.notPossible' : 'title.failed';
}
