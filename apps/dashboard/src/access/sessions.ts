import { createHash } from 'node:crypto';
import type { Granted } from '@sluice/engine/options';
import { SluiceError } from '@sluice/panel-kind';
import type { Context } from '../server/options.js';

const SESSION_MS = 12 * 3_600_000;
/** Sessions of a token that last: each further one ends the oldest. */
const MOST_SESSIONS = 20;
/** No text of a session is longer; longer ones are not hashed. */
const LONGEST = 200;

type Access = Pick<Context, 'sluice' | 'store' | 'token' | 'clock' | 'randomBytes' | 'limits'>;

/** A session; its text goes into a cookie. */
export interface NewSession {
  session: string;
  expiresAt: string;
}

/**
 * Opens a session with what an API token permits; it ends after 12 hours, with its token, at `logout`, or after so many later ones.
 *
 * @throws SluiceError `bad_login` for a token that is unknown, revoked or expired
 */
export async function login({ sluice, store, ...context }: Access, token: string): Promise<NewSession> {
  const granted = await sluice.access.verify(token, { master: context.token });
  if (granted === null)
    throw new SluiceError('bad_login', 'The token is unknown, revoked or expired', { kind: 'usage' });
  const now = context.clock.now();
  const longest = new Date(now + SESSION_MS).toISOString();
  const expiresAt = granted.expiresAt !== null && granted.expiresAt < longest ? granted.expiresAt : longest;
  const session = Buffer.from(context.randomBytes(32)).toString('base64url');
  const createdAt = new Date(now).toISOString();
  const row = { hash: toHash(session), token: granted.id, createdAt, expiresAt };
  const { lockedMs } = context.limits;
  await store.write((tables) => tables.sessions.add(row, MOST_SESSIONS), { wait: lockedMs });
  return { session, expiresAt };
}

/** Returns what a session permits; null for one that ended. */
export async function resume({ sluice, store, clock, token }: Access, secret: string): Promise<Granted | null> {
  if (secret === '' || secret.length > LONGEST) return null;
  const session = toHash(secret);
  const found = await store.sessions.get(session);
  if (found === null || Date.parse(found.expiresAt) <= clock.now()) return null;
  const granted = await sluice.access.granted(found.token, { master: token });
  return granted && { ...granted, session };
}

/** Ends a session. */
export async function logout({ store }: Pick<Access, 'store'>, secret: string): Promise<void> {
  await store.sessions.remove(toHash(secret));
}

/** Returns the digest under which a text is stored: a session has 256 random bits, so one round is enough. */
export function toHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
