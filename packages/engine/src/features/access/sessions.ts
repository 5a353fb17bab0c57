import { SluiceError } from '@sluice/panel-kind';
import type { Session } from '../../context/context.js';
import { grantedToMaster, toHash, isValid, newSecret, stampUse, toGranted, verifyToken } from './grants.js';
import type { Granted, NewSession, VerifyOptions } from './types.js';

const SESSION_MS = 12 * 3_600_000;

/** Opens a session with the scopes of a token; it ends after 12 hours, with its token, or at `logout`. */
export async function login(session: Session, token: string, master: string | undefined): Promise<NewSession> {
  const granted = await verifyToken(session, token, { master });
  if (granted === null)
    throw new SluiceError('bad_login', 'The token is unknown, revoked or expired', { kind: 'usage' });
  const createdAt = session.now();
  const longest = new Date(Date.parse(createdAt) + SESSION_MS).toISOString();
  const expiresAt = granted.expiresAt !== null && granted.expiresAt < longest ? granted.expiresAt : longest;
  const secret = newSecret(session);
  await session.store.sessions.add({ hash: toHash(secret), token: granted.id, createdAt, expiresAt });
  return { session: secret, expiresAt, granted };
}

/** Returns what a session permits; null for one that ended. */
export async function resumeSession(
  session: Session,
  secret: string,
  { master }: Pick<VerifyOptions, 'master'> = {},
): Promise<Granted | null> {
  if (secret === '' || secret.length > 200) return null;
  const found = await session.store.sessions.get(toHash(secret));
  const now = session.now();
  if (found === null || found.expiresAt <= now) return null;
  const own = master === undefined ? null : grantedToMaster(master);
  if (own?.id === found.token) return own;
  const token = await session.store.apiTokens.get(found.token);
  if (token === null || !isValid(token, now)) return null;
  await stampUse(session, token);
  return toGranted(token);
}

/** Ends a session. */
export async function logout(session: Session, secret: string): Promise<void> {
  await session.store.sessions.remove(toHash(secret));
}
