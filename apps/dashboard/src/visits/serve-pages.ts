import { may } from '@sluice/contract';
import { say } from '@sluice/messages';
import { SluiceError } from '@sluice/panel-kind';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { byLink, bySession, isForeign, isFormToken, type Visit } from '../access/authenticate.js';
import { madeBy, type Viewer } from '../access/viewer.js';
import { type Frame, NOBODY, renderPage, sendErrorPage, sendPage } from './html-reply.js';
import { languageWithoutVisitor, readLanguage, rememberLanguage, toLanguageLinks } from './language.js';
import { countChange } from '../requests/client-reads.js';
import type { KeyedContent, Performed } from '../requests/keyed.js';
import { unlessLocked } from '../requests/unless-locked.js';
import type { ServerParts } from '../requests/parts.js';
import { clientError, forReader } from '../server/failure.js';
import type { Context } from '../server/options.js';
import { toOutsider } from '../server/outsider.js';
import { deadLinkPage } from './dead-link.js';
import { agentPages } from '../pages/agent/routes.js';
import { customerPages } from '../pages/customer/routes.js';
import { operatorPages } from '../pages/operator/routes.js';
import { type OfVisit, PageCache } from '../requests/page-cache.js';
import type { PageAnswer, PageFile, Route } from '../pages/page.js';
import { toWording } from '../layout/wording.js';

/** A request for a page, with who sends it. */
interface PageVisit extends Visit {
  base: string;
  route: Route;
}

/** Adds the pages of operators, clients and agents. */
export function addPages(server: FastifyInstance, parts: ServerParts): void {
  const { context, limiters } = parts;
  const [operator, customer, agent] = [operatorPages(), customerPages(parts.readers), agentPages(parts.readers)];
  const cache = new PageCache(context);
  const underWay: FormsUnderWay = new Map();
  /** Visits for which nothing was waited: an operator's request without a body. */
  const current = new WeakMap<FastifyRequest, Visit>();
  for (const [method, path] of addresses([...operator, ...customer, ...agent])) {
    const find = (routes: Route[]) => routes.find((route) => route.method === method && route.path === path);
    const own = { operator: find(operator), customer: find(customer), agent: find(agent) };
    const findRoute = ({ viewer }: Visit): Route | undefined => {
      if (viewer.agent !== null) return own.agent;
      return viewer.client === null ? own.operator : own.customer;
    };
    server.route({
      method,
      url: path,
      // Before its body is read: nobody sends one without a session.
      onRequest: async (request, reply) => {
        const visit = await bySession(context, request);
        if (visit === null) {
          limiters.ended(request);
          return toLogin(request, reply);
        }
        await limiters.requests(request, reply, visit.viewer);
        if (method === 'GET' && toOutsider(visit.viewer) === null) current.set(request, visit);
      },
      handler: async (request, reply) => {
        // A session, or a link below, may have ended while the body was read, or while a client's other requests were answered.
        const visit = current.get(request) ?? (await bySession(context, request));
        if (visit === null) return toLogin(request, reply);
        const route = findRoute(visit);
        if (route === undefined) return sendUnknownPage(context, request, reply, { ...visit, base: '' });
        return servePage(parts, { request, reply, cache, underWay }, { ...visit, base: '', route });
      },
    });
    if (own.customer === undefined && own.agent === undefined) continue;
    server.route({
      method,
      url: `/share/:shareToken${path === '/' ? '' : path}`,
      onRequest: async (request, reply) => {
        const visit = await byLink(context, toShareToken(request));
        if (visit === null) {
          await limiters.refusals(request, reply);
          return sendDeadLink(context, request, reply);
        }
        await limiters.requests(request, reply, visit.viewer);
      },
      handler: async (request, reply) => {
        const base = `/share/${toShareToken(request)}`;
        const visit = await byLink(context, toShareToken(request));
        if (visit === null) return sendDeadLink(context, request, reply);
        const route = findRoute(visit);
        if (route === undefined) return sendUnknownPage(context, request, reply, { ...visit, base });
        return servePage(parts, { request, reply, cache, underWay }, { ...visit, base, route });
      },
    });
  }
}

async function sendUnknownPage(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  visit: Visit & { base: string },
): Promise<FastifyReply> {
  const [path = '/'] = request.url.slice(visit.base.length).split('?');
  const frame = { ...visit, path, language: await readLanguage(context, request, visit.viewer) };
  return sendErrorPage(
    context,
    reply,
    frame,
    clientError('unknown_page', say('problem.unknownPage'), { kind: 'not-found' }),
  );
}

function sendDeadLink(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const frame = { ...NOBODY, ofLink: true, language: languageWithoutVisitor(context, request) };
  const { contact } = context.sluice.config.brand;
  return sendPage(context, reply, frame, deadLinkPage(contact, toWording(frame.language)));
}

const toShareToken = ({ params }: FastifyRequest): string => (params as Record<string, string>)['shareToken'] ?? '';

/** Lists methods and paths, each once. */
function addresses(routes: Route[]): ['GET' | 'POST', string][] {
  const named = new Map(routes.map(({ method, path }) => [`${method} ${path}`, [method, path] as const]));
  return [...named.values()].map(([method, path]) => [method, path]);
}

function toLogin(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const next = request.method === 'GET' && request.url !== '/' ? `?next=${encodeURIComponent(request.url)}` : '';
  return reply.redirect(`/login${next}`, 303);
}

/** Forms under way: a second click gets the answer of the first. */
type FormsUnderWay = Map<string, Promise<PageAnswer>>;

interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
  cache: PageCache;
  underWay: FormsUnderWay;
}

async function servePage(parts: ServerParts, exchange: Exchange, visit: PageVisit): Promise<FastifyReply> {
  const { context } = parts;
  const { viewer, csrf, base, route } = visit;
  const { request, reply, cache, underWay } = exchange;
  const [path = '/'] = request.url.slice(base.length).split('?');
  const language = await readLanguage(context, request, viewer);
  const at = { base, path: path === '' ? '/' : path };
  const languages =
    toOutsider(viewer) === null ? undefined : toLanguageLinks(at, toTexts(request.query), route.method === 'POST');
  const frame: Frame = { ...at, viewer, csrf, language, languages };
  rememberLanguage(context, request, reply);
  try {
    if (!mayOpen(viewer, route.needs)) throw clientError('forbidden', say('problem.token'), { kind: 'usage' });
    if (route.cached === true) return await serveCached(parts, exchange, { ...visit, frame });
    // Refuses a store that was moved meanwhile: what it has is old. A form is refused by its transaction.
    if (route.method === 'GET') await context.sluice.version();
    const answer =
      route.method === 'GET'
        ? await unlessLocked(context, () => route.page(toPageRequest(parts, request, { ...visit, frame })))
        : await perform();
    if ('redirect' in answer) return await reply.header('cache-control', 'no-store').redirect(answer.redirect, 303);
    if ('file' in answer) return await sendFile(reply, answer.file);
    return await sendPage(context, reply, frame, answer);
  } catch (error) {
    // The session or link has ended while the form waited for something else.
    if (error instanceof SluiceError && error.code === 'no_token')
      return base === '' ? toLogin(request, reply) : sendDeadLink(context, request, reply);
    return sendErrorPage(context, reply, frame, forReader(viewer, error));
  }

  async function perform(): Promise<PageAnswer> {
    const form = toTexts(request.body);
    if (isForeign(request) || !isFormToken(form['csrf'] ?? '', csrf))
      throw clientError('bad_csrf', say('problem.outOfDate'));
    const { csrf: _csrf, key = '', ...fields } = form;
    if (!/^[\w-]{8,100}$/.test(key)) throw clientError('bad_csrf', say('problem.noKey'));
    countChange(parts.readers.reads, viewer, context.clock.now());
    const sent = { who: `${viewer.id} form`, key, isOfClient: toOutsider(viewer) !== null };
    const content = { ...sent, content: [request.url, fields] };
    try {
      return await onceOnly(parts, underWay, { ...content, base }, () =>
        route.page(toPageRequest(parts, request, { ...visit, frame, form })),
      );
    } finally {
      cache.clear();
      // An operator may have changed what is of any client.
      parts.readers.reads.forget(toOutsider(viewer) ?? undefined);
    }
  }
}

/** Returns whether somebody may open a page: operators' pages ask for a scope, those of clients and agents for what they do. */
function mayOpen(viewer: Viewer, needs: Route['needs']): boolean {
  return needs === 'read' || needs === 'operate' ? viewer.needs.includes(needs) : may(viewer, needs);
}

/** Sends a page that is rendered once per change of the store. No browser keeps it: after a logout nothing shows it. */
async function serveCached(
  parts: ServerParts,
  { request, reply, cache }: Exchange,
  visit: PageVisit & { frame: Frame },
): Promise<FastifyReply> {
  const { context } = parts;
  const { viewer, csrf, route, frame } = visit;
  const newKey = (): string => toKey(context);
  const id = JSON.stringify([viewer.id, viewer.name, viewer.needs, request.url]);
  const render = async (marks: OfVisit): Promise<string> => {
    const marked = { ...frame, csrf: marks.csrf };
    const answer = await route.page({ ...toPageRequest(parts, request, { ...visit, frame: marked }), ...marks });
    if (!('body' in answer)) throw new Error('a cached page is always a page');
    return renderPage(context, marked, answer);
  };
  const { text } = await unlessLocked(context, () => cache.read(id, { csrf, newKey }, render));
  return reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(text());
}

/** Returns a new key of a form. */
function toKey({ randomBytes }: Context): string {
  return Buffer.from(randomBytes(16)).toString('base64url');
}

async function sendFile(reply: FastifyReply, { name, type, text }: PageFile): Promise<FastifyReply> {
  const attachment = `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`;
  const headers = { 'cache-control': 'no-store', 'content-disposition': attachment };
  return reply.headers(headers).type(type).send(text);
}

/** Performs a form once: one that is sent again gets the same answer, or goes where the first one went. */
async function onceOnly(
  { keyed }: ServerParts,
  underWay: FormsUnderWay,
  { base, ...form }: KeyedContent & { base: string },
  work: () => Promise<PageAnswer>,
): Promise<PageAnswer> {
  const id = JSON.stringify(form);
  const perform = async (): Promise<PageAnswer> => {
    const { answer, replayed } = await keyed.perform(form, () => toPerformed(work, base));
    return replayed ? { redirect: base + (answer as { redirect: string }).redirect } : (answer as PageAnswer);
  };
  const answer = underWay.get(id) ?? perform();
  underWay.set(id, answer);
  return answer.finally(() => underWay.delete(id));
}

/** Performs a form; its stored answer is a path without the secret of the link. */
async function toPerformed(work: () => Promise<PageAnswer>, base: string): Promise<Performed> {
  const answer = await work();
  // A page in place of a redirection shows a problem, or a secret: the form can be sent again.
  const to = 'redirect' in answer ? answer.redirect : 'repeat' in answer ? answer.repeat : undefined;
  return {
    status: 303,
    answer,
    stored: to === undefined ? null : { answer: { redirect: to.startsWith(base) ? to.slice(base.length) : to } },
  };
}

function toPageRequest(
  { context, tasks }: ServerParts,
  request: FastifyRequest,
  { viewer, csrf, base, frame, form }: PageVisit & { frame: Frame; form?: Record<string, string> },
) {
  const { sluice, clock } = context;
  const { shareToken: _token, ...params } = toTexts(request.params);
  return {
    ...{ viewer, sluice, tasks, csrf, base, params, path: frame.path, language: frame.language },
    now: clock.now(),
    query: toTexts(request.query),
    newKey: () => toKey(context),
    isEmbedded: false,
    as: madeBy(viewer),
    ...(form === undefined ? {} : { form }),
  };
}

/** Returns fields as texts; of a repeated one the first. */
function toTexts(fields: unknown): Record<string, string> {
  const entries = Object.entries((fields ?? {}) as Record<string, unknown>).flatMap(([name, value]) => {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return typeof first === 'string' ? [[name, first] as const] : [];
  });
  return Object.fromEntries(entries);
}
