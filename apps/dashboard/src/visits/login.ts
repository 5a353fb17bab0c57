import type { FastifyInstance, FastifyRequest } from 'fastify';
import { NOBODY, sendPage } from './html-reply.js';
import { forbidden, toFailure } from '../server/failure.js';
import { html, type Html } from '../layout/html.js';
import type { Limiters } from '../server/limits.js';
import { type Context, SMALL_BODY } from '../server/options.js';
import { bySession, cookieName, isForeign, isFormToken, isOwnForm } from '../access/authenticate.js';
import { login, logout } from '../access/sessions.js';

/** Adds `/login`, which opens a session with an API token, and `/logout`. */
export function addLogin(server: FastifyInstance, context: Context, limiters: Limiters): void {
  const { sluice, secure } = context;
  server.get('/login', async (request, reply) => {
    const page = { title: 'Log in', body: form(parseNext(request.query), null) };
    return sendPage(context, reply, { ...NOBODY, path: '/login' }, page);
  });
  server.post('/login', { bodyLimit: SMALL_BODY }, async (request, reply) => {
    const token = readField(request, 'token').trim();
    const next = parseNext(request.body);
    if (isForeign(request)) return reply.redirect('/login', 303);
    if (!isOwnForm(context, request)) throw foreignForm(context);
    // Each login stores a session: it counts as a request of its token.
    const granted = await sluice.access.verify(token, { master: context.token });
    if (granted !== null) await limiters.requests(request, reply, granted);
    try {
      const { session, expiresAt } = await login(context, token);
      const cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure, expires: new Date(expiresAt) } as const;
      return await reply.setCookie(cookieName(context), session, cookie).redirect(next, 303);
    } catch (error) {
      const { status, message, code } = toFailure(error);
      if (code !== 'bad_login') throw error;
      await limiters.logins(request, reply);
      const page = { status, title: 'Log in', body: form(next, message) };
      return await sendPage(context, reply, { ...NOBODY, path: '/login' }, page);
    }
  });
  server.post('/logout', { bodyLimit: SMALL_BODY }, async (request, reply) => {
    const secret = request.cookies[cookieName(context)] ?? '';
    const visit = await bySession(context, request);
    if (visit !== null && isFormToken(readField(request, 'csrf'), visit.csrf)) {
      await logout(context, secret);
      reply.clearCookie(cookieName(context), { path: '/', secure });
    }
    return reply.redirect('/login', 303);
  });
}

function form(next: string, problem: string | null): Html {
  return html`${problem === null ? null : html`<p role="alert" class="problem">${problem}</p>`}
    <form method="post" action="/login" class="login">
      <input type="hidden" name="next" value="${next}" />
      <p>
        <label for="token">API token</label>
        <input id="token" name="token" type="password" autocomplete="current-password" required autofocus />
      </p>
      <p><button type="submit">Log in</button></p>
      <p class="soft">
        A session ends after 12 hours, with its token, at the logout, or after 20 later logins with its token.
      </p>
    </form>`;
}

function foreignForm({ publicUrl }: Context): Error {
  const remedy =
    publicUrl === undefined ? ': behind a proxy, set serve.publicUrl to the address that browsers use' : '';
  return forbidden(`The login form was sent from another address${remedy}`);
}

function readField({ body }: FastifyRequest, name: string): string {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : '';
}

/** Returns the path to go to after the login: never one of another host. */
function parseNext(fields: unknown): string {
  const { next } = (fields ?? {}) as { next?: unknown };
  return typeof next === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(next) && !next.includes('\\') ? next : '/';
}
