import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../server/options.js';
import { resume } from './sessions.js';
import { toCsrfToken, toViewer, type Viewer } from './viewer.js';

/** A viewer, with the CSRF token of its forms. */
export interface Visit {
  viewer: Viewer;
  csrf: string;
}

/** Returns the name of the session's cookie; the prefix lets browsers refuse it without TLS or from another host. */
export function cookieName({ secure }: Context): string {
  return secure ? '__Host-sluice' : 'sluice';
}

/** Returns who sends a request with a bearer token; null without a valid one. */
export async function byToken(context: Context, request: FastifyRequest): Promise<Viewer | null> {
  const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return null;
  const granted = await context.sluice.access.verify(token, { master: context.token });
  return granted === null ? null : toViewer(granted);
}

/** Returns who sends a request with the cookie of a session; null without a valid one. */
export async function bySession(context: Context, request: FastifyRequest): Promise<Visit | null> {
  const secret = request.cookies[cookieName(context)];
  if (secret === undefined) return null;
  const granted = await resume(context, secret);
  return granted === null ? null : { viewer: toViewer(granted), csrf: toCsrfToken(secret) };
}

/** Returns who sends a request by a share link; null for one that is unknown, revoked or expired. */
export async function byLink(context: Context, token: string): Promise<Visit | null> {
  const granted = await context.sluice.access.verify(token, { kind: 'share' });
  return granted === null ? null : { viewer: toViewer(granted), csrf: toCsrfToken(token) };
}

/** Returns whether a browser sent the request from a page of another site. */
export function isForeign(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  return typeof site === 'string' && site !== 'same-origin' && site !== 'none';
}

/**
 * Returns whether a form comes from a page of this server: by its `Origin`, which browsers state with each form, where they send no
 * `Sec-Fetch-Site`. A program that states neither passes: it has no cookies of others.
 */
export function isOwnForm({ publicUrl }: Pick<Context, 'publicUrl'>, request: FastifyRequest): boolean {
  const { origin, 'content-type': type = '', 'sec-fetch-site': site } = request.headers;
  if (!type.startsWith('application/x-www-form-urlencoded')) return false;
  if (typeof site === 'string' || origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  return new URL(origin).host === request.host || (publicUrl !== undefined && new URL(publicUrl).origin === origin);
}

/** Returns whether a form has the token of its session or link; the time of the answer says nothing of the token. */
export function isFormToken(sent: string, token: string): boolean {
  const [left, right] = [Buffer.from(sent), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}
