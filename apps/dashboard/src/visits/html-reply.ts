import type { FastifyReply, FastifyRequest } from 'fastify';
import { toOutsider } from '../access/viewer.js';
import { html, type Html } from '../layout/html.js';
import { layout, type LayoutParts } from '../layout/layout.js';
import { configNotices } from '../pages/operator/config-notices.js';
import { operatorNav } from '../pages/operator/navigation.js';
import { toFailure } from '../server/failure.js';
import type { Context } from '../server/options.js';

/** The parts of a page that its visitor determines. */
export type Frame = Pick<LayoutParts, 'viewer' | 'base' | 'path' | 'csrf'>;

/** The frame of pages before the login. */
export const NOBODY: Frame = { viewer: null, base: '', path: '/', csrf: '' };

/** A page in its frame. */
export type FramedPage = Pick<LayoutParts, 'title' | 'body' | 'notice' | 'refreshSeconds' | 'reloadSeconds'> & {
  timeZone?: string | undefined;
  status?: number | undefined;
};

/** Returns the document of a page. */
export async function renderPage(
  context: Context,
  request: FastifyRequest,
  frame: Frame,
  page: Omit<FramedPage, 'status'>,
): Promise<string> {
  const { sluice, version } = context;
  const around = { version, timeZone: page.timeZone ?? sluice.config.timeZone, dir: toDirection(request) };
  if (!isOperator(frame.viewer)) return layout({ ...frame, ...page, ...around });
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
  const text = await renderPage(context, reply.request, frame, parts);
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
  const { status, message } = failure;
  const body = html`<p dir="auto">${message}</p>
    ${backToParent(frame, status)}
    <p><a href="${frame.base === '' ? '/' : frame.base}">Back to the overview</a></p>`;
  return sendPage(context, reply, frame, { status, title: toTitle(status), body });
}

const PARENTS = { services: 'service', agents: 'agent', lines: 'line', dids: 'number' } as const;

/** The way from an action of something back to it. */
function backToParent({ base, path }: Frame, status: number): Html | null {
  const [parent, kind] = /^\/(services|agents|lines|dids)\/[^/]+(?=\/.)/.exec(path) ?? [];
  return parent === undefined || kind === undefined || status === 404
    ? null
    : html`<p><a href="${base}${parent}">Back to the ${PARENTS[kind as keyof typeof PARENTS]}</a></p>`;
}

function isOperator(viewer: LayoutParts['viewer']): boolean {
  return viewer !== null && !viewer.shared && toOutsider(viewer) === null;
}

/** Languages that are written from right to left. */
const RIGHT_TO_LEFT = /^(ar|arc|azb|ckb|dv|fa|he|ks|lrc|mzn|nqo|pnb|ps|sd|ug|ur|yi)\b/i;

/** Returns the direction of pages: that of the visitor's first language. */
export function toDirection({ headers }: FastifyRequest): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.test(headers['accept-language'] ?? '') ? 'rtl' : 'ltr';
}

function toTitle(status: number): string {
  if (status === 403) return 'Not permitted';
  if (status === 404) return 'Not found';
  if (status === 429) return 'Too many requests';
  return status < 500 ? 'Not possible' : 'Something failed';
}
