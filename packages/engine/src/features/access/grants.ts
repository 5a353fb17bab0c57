import type { Scope, TokenView } from '@sluice/contract/documents';
import { createHash, timingSafeEqual } from 'node:crypto';
import { agentOfScopes, needsOfLink, needsOfScopes } from '@sluice/contract';
import type { ApiTokenRecord, ShareRights, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { readNames } from '../../context/names.js';
import { isMaster, isValid, MASTER_NAME } from '../../base/token-status.js';
import type { Granted, VerifyOptions } from './types.js';

/** `lastUsedAt` is written at most this often. */
const USED_EVERY_MS = 60_000;

/** How long that waits for a lock of another process. */
const STAMP_MS = 100;

/** No token is longer; longer texts are not hashed. */
const LONGEST = 200;

export const NO_RIGHTS: ShareRights = { buy: false, maxAmount: null, manage: false, changePassword: false };

/** Returns the hash under which a token or login is stored: it has 256 random bits, so one round is enough. */
export function toHash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Returns 256 random bits as text for a URL. */
export function newSecret(context: Context): string {
  return Buffer.from(context.deps.randomBytes(32)).toString('base64url');
}

/** Returns a token as lists show it. */
export async function toView(
  tables: Pick<StoreTables, 'services' | 'clients'>,
  record: ApiTokenRecord,
): Promise<TokenView> {
  const [view] = await toViews(tables, [record]);
  if (view === undefined) throw new Error('one token has one view');
  return view;
}

/** Returns tokens as lists show them, with the names of their clients. */
export async function toViews(
  tables: Pick<StoreTables, 'services' | 'clients'>,
  records: readonly ApiTokenRecord[],
): Promise<TokenView[]> {
  const names = await readNames(tables, records);
  return records.map(({ hash: _hash, scopesBefore: _before, scopes, client, createdBy, ...record }) => {
    const ofClient = agentOfScopes(scopes) === null ? client : null;
    const of = { client: ofClient, clientName: names.toClient(ofClient) };
    return { ...record, scopes: scopes as Scope[], ...of, createdBy: withoutDigest(createdBy) };
  });
}

/** Returns what a stored token permits. */
function toGranted({ id, name, kind, scopes, client, rights, expiresAt }: ApiTokenRecord): Granted {
  const isLink = kind === 'share';
  const agent = agentOfScopes(scopes);
  if (agent !== null) {
    const called = isLink ? name : `token ${name}`;
    return { id, name: called, kind, needs: [], client: null, agent, maxAmount: null, expiresAt };
  }
  return {
    id,
    name: isLink ? `client ${client ?? ''}` : `token ${name}`,
    kind,
    needs: isLink ? needsOfLink(rights ?? NO_RIGHTS) : needsOfScopes(scopes, client),
    client,
    agent: null,
    maxAmount: rights?.maxAmount ?? null,
    expiresAt,
  };
}

/** Returns what a token text permits; null for one that is unknown, revoked, expired or of another kind. */
export async function verifyToken(
  context: Context,
  token: string,
  { kind = 'api', master }: VerifyOptions = {},
): Promise<Granted | null> {
  if (token === '' || token.length > LONGEST) return null;
  if (kind === 'api' && master !== undefined && isSame(token, master)) return grantedToMaster(master);
  const record = await context.store.apiTokens.find(toHash(token));
  if (record?.kind !== kind || !isValid(record, context.now())) return null;
  await stampUse(context, record);
  return toGranted(record);
}

/** Returns what a token permits by its id; null for one that is unknown, revoked or expired. */
export async function findGranted(
  context: Context,
  id: string,
  { master }: Pick<VerifyOptions, 'master'> = {},
): Promise<Granted | null> {
  const own = master === undefined ? null : grantedToMaster(master);
  if (own?.id === id) return own;
  const record = await context.store.apiTokens.get(id);
  if (record === null || !isValid(record, context.now())) return null;
  await stampUse(context, record);
  return toGranted(record);
}

/** Returns what the token that is not stored permits; its id changes with it, which ends its sessions. */
function grantedToMaster(master: string): Granted {
  const id = `${MASTER_NAME} ${toHash(`id:${master}`).slice(0, 16)}`;
  const needs = needsOfScopes(['operate', 'tokens'], null);
  const all = { client: null, agent: null, maxAmount: null, expiresAt: null };
  return { id, name: `token ${MASTER_NAME}`, kind: 'api', needs, ...all };
}

/** Returns the id of a token as documents show it: with its digest a token that somebody chose could be guessed. */
function withoutDigest(id: string): string {
  return isMaster(id) ? MASTER_NAME : id;
}

/** Stores when a token was last used, in minutes, where that can be stored. */
async function stampUse(context: Context, { id, lastUsedAt }: ApiTokenRecord): Promise<void> {
  const now = context.deps.clock.now();
  if (lastUsedAt !== null && now - Date.parse(lastUsedAt) < USED_EVERY_MS) return;
  const used = { lastUsedAt: new Date(now).toISOString() };
  // A store that can be read but not written, as on a full disk or behind a lock, still serves its readers.
  await context.store.write((tables) => tables.apiTokens.update(id, used), { wait: STAMP_MS }).catch(() => undefined);
}

/** Compares in constant time. */
function isSame(token: string, master: string): boolean {
  return timingSafeEqual(Buffer.from(toHash(token)), Buffer.from(toHash(master)));
}
