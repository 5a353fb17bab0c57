import { SluiceError } from '@sluice/panel-kind';
import type { Context } from '../../context/context.js';
import { isValid } from '../../base/token-status.js';
import { grantedToMaster, toHash, newSecret, stampUse, toGranted, verifyToken } from './grants.js';
import type { Granted, NewSession, VerifyOptions } from './types.js';

const SESSION_MS = 12 * 3_600_000;
/** Sessions of a token that last: each further one ends the oldest. */
const MOST_SESSIONS = 20;

/** Opens a session with the scopes of a token; it ends after 12 hours, with its token, at `logout`, or after so many later ones. */
export async function login(context: Context, token: string, master: string | undefined): Promise<NewSession> {
  const granted = await verifyToken(context, token, { master });
  if (granted === null)
    throw new SluiceError('bad_login', 'The token is unknown, revoked or expired', { kind: 'usage' });
  const createdAt = context.now();
  const longest = new Date(Date.parse(createdAt) + SESSION_MS).toISOString();
  const expiresAt = granted.expiresAt !== null && granted.expiresAt < longest ? granted.expiresAt : longest;
  const secret = newSecret(context);
  await context.store.sessions.add({ hash: toHash(secret), token: granted.id, createdAt, expiresAt }, MOST_SESSIONS);
  return { session: secret, expiresAt, granted };
}

/** Returns what a session permits; null for one that ended. */
export async function resumeSession(
  context: Context,
  secret: string,
  { master }: Pick<VerifyOptions, 'master'> = {},
): Promise<Granted | null> {
  if (secret === '' || secret.length > 200) return null;
  const session = toHash(secret);
  const found = await context.store.sessions.get(session);
  const now = context.now();
  if (found === null || found.expiresAt <= now) return null;
  const own = master === undefined ? null : grantedToMaster(master);
  if (own?.id === found.token) return { ...own, session };
  const token = await context.store.apiTokens.get(found.token);
  if (token === null || !isValid(token, now)) return null;
  await stampUse(context, token);
  return { ...toGranted(token), session };
}

/** Ends a session. */
export async function logout(context: Context, secret: string): Promise<void> {
  await context.store.sessions.remove(toHash(secret));
}
