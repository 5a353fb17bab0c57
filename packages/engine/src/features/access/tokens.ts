import type { RevokedToken, TokenView } from '@sluice/contract/documents';
import { compareMoney } from '@sluice/quota-core';
import { SluiceError, usageError } from '@sluice/panel-kind';
import { agentOfScopes } from '@sluice/contract';
import { printable } from '@sluice/panel-http/printable';
import type { AgentRecord, ApiTokenRecord, ShareRights, StoreTables } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import { refKey, refsOfLink } from '../../base/purchase-keys.js';
import { isKnownClient } from '../billing/known-client.js';
import { agentsOfClient } from '../agents/client-agents.js';
import { matches } from '../agents/open-agents.js';
import { isValid, MASTER_NAME } from '../../base/token-status.js';
import { refuseEndedAsker } from '../../context/asker.js';
import type { Context } from '../../context/context.js';
import { toHash, newSecret, NO_RIGHTS, toView, toViews } from './grants.js';
import { madeBy, refuseMore } from './makers.js';
import { parseScopes } from './scopes.js';
import type { NewToken, Maker, ShareRequest, TokenRequest } from './types.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Creates an API token; its text is returned once and stored as a hash. */
export async function createToken(context: Context, request: TokenRequest): Promise<NewToken> {
  const { name } = request;
  if (!NAME.test(name))
    throw usageError('bad_token', `"${name}" can't name a token: use letters, digits, dots, hyphens and underscores`);
  if (name === MASTER_NAME) throw usageError('bad_token', `"${name}" is the token of the config: use another name`);
  const { scopes, client } = parseScopes(request.scopes);
  const { maker, expiresAt = null, ref } = request;
  if (maker !== undefined) refuseMore(maker, { scopes, client, expiresAt });
  const agent = agentOfScopes(scopes);
  if (agent !== null) await requireAgent(context, agent);
  const token = `sluice_${newSecret(context)}`;
  const record: ApiTokenRecord = {
    ...newRecord(context, token, { expiresAt, ref, maker }),
    ...{ name, kind: 'api', scopes, client, rights: null },
  };
  return { token, access: await storeToken(context, record, maker) };
}

/**
 * Stores a token; one that an earlier request with its reference made gets the new text, since nobody knows the old one.
 *
 * @throws SluiceError `key_reused` if that request asked for something else, `token_exists`, `no_token`
 */
async function storeToken(context: Context, record: ApiTokenRecord, maker: Maker | undefined): Promise<TokenView> {
  const { hash, name, kind } = record;
  return context.store.write(async (tables) => {
    const now = context.now();
    await refuseEndedAsker(tables, maker ?? context.deps.asker, now);
    let { id } = record;
    let earlier = await tables.apiTokens.get(id);
    // One that ended stays so: the request makes another, with an id that nothing was spent with.
    while (earlier === null ? await isSpent(tables, id) : !isValid(earlier, now)) {
      id = toId(id);
      earlier = await tables.apiTokens.get(id);
    }
    if (earlier !== null) {
      refuseOther(earlier, record);
      await tables.apiTokens.update(id, { hash });
      return toView(tables, earlier);
    }
    const others = kind === 'api' ? await tables.apiTokens.list() : [];
    if (others.some((other) => other.name === name && isValid(other, now)))
      throw new SluiceError('token_exists', `There is a token "${name}" already`, { details: { token: name } });
    await tables.apiTokens.add({ ...record, id });
    return toView(tables, { ...record, id });
  });
}

/** Refuses the reference of a request that made another token: its client, or who has it, would lose it to somebody else. */
function refuseOther(earlier: ApiTokenRecord, wanted: ApiTokenRecord): void {
  const content = ({ kind, name, client, scopes, rights }: ApiTokenRecord): string =>
    JSON.stringify([kind, name, client, scopes, rights && Object.entries(rights).sort()]);
  if (content(earlier) !== content(wanted))
    throw usageError('key_reused', 'The key of the request was used for a different request');
}

/** Returns whether something was bought with a link, which may be deleted by now. */
async function isSpent({ purchases }: Pick<StoreTables, 'purchases'>, link: string): Promise<boolean> {
  return (await purchases.list({ keyPrefix: refKey(refsOfLink(link)) })).length > 0;
}

/** A link that never ends in practice is one that nobody revokes. */
const LONGEST_LINK_MS = 366 * 86_400_000;

/** Creates a share link for a client that its pages show anything, or for an agent. */
export async function createShare(context: Context, request: ShareRequest): Promise<NewToken> {
  const { expiresAt, rights, maker, ref } = request;
  const of = await readSubject(context, request);
  if (maker !== undefined) refuseMore(maker, { ...of, expiresAt });
  if (Date.parse(expiresAt) > context.deps.clock.now() + LONGEST_LINK_MS)
    throw usageError('bad_token', 'A link ends within a year: choose an earlier end');
  const token = newSecret(context);
  const record: ApiTokenRecord = {
    ...newRecord(context, token, { expiresAt, ref, maker }),
    ...of,
    kind: 'share',
    rights: checkRights({ ...NO_RIGHTS, ...rights }),
  };
  return { token, access: await storeToken(context, record, maker) };
}

/** Returns whom a link is for: a client that is known, or an agent. */
async function readSubject(
  context: Context,
  { client, agent, rights = {} }: ShareRequest,
): Promise<Pick<ApiTokenRecord, 'name' | 'scopes' | 'client'>> {
  if ((client === undefined) === (agent === undefined))
    throw usageError('bad_token', 'A link is for one client or one agent: name either of them');
  if (client !== undefined) {
    await requireClient(context, client);
    return { name: `share ${client}`, scopes: [], client };
  }
  if (Object.values(rights).some((right) => right !== false && right !== null))
    throw usageError('bad_token', 'The link of an agent has no rights to choose');
  const { uuid, name } = await requireAgent(context, agent ?? '');
  const scope = `agent:${uuid}`;
  // An older version, which knows no such scope, finds nothing of a client of this id.
  return { name: `agent ${printable(name)}`, scopes: [scope], client: scope };
}

/** Returns the agent with this uuid or name, as last read. */
async function requireAgent({ store }: Context, text: string): Promise<AgentRecord> {
  const agents = (await store.agents.list()).filter(({ missingSince }) => missingSince === null);
  const [agent, ...others] = matches(agents, text);
  if (agent === undefined) throw notFound('unknown_agent', 'No agent of a panel that was read has this uuid or name');
  if (others.length === 0) return agent;
  throw usageError('ambiguous_agent', `${others.length + 1} agents are called "${text}". Name one by its uuid.`);
}

/** Lists all tokens and links, also API tokens that ended, and links for 30 days after their end. */
export async function listTokens(context: Context): Promise<TokenView[]> {
  return toViews(context.store, await context.store.apiTokens.list());
}

/** Which token ends, and how. */
export interface RevokeRequest {
  /** Its id, or the name of an API token. */
  token: string;
  /** End the tokens and links that it made, too. */
  withMade?: boolean | undefined;
  /** Refuse all but share links, as for somebody who may not make tokens. */
  onlyLinks?: boolean | undefined;
}

/** Revokes a token and ends its sessions; one that is revoked stays so. Returns it with what it made. */
export async function revokeToken(
  context: Context,
  { token, withMade = false, onlyLinks = false }: RevokeRequest,
): Promise<RevokedToken> {
  const now = context.now();
  return context.store.write(async (tables) => {
    await refuseEndedAsker(tables, context.deps.asker, now);
    const all = await tables.apiTokens.list();
    const named = all.filter((record) => record.kind === 'api' && record.name === token);
    const found = all.find(({ id }) => id === token) ?? named.find((record) => isValid(record, now)) ?? named.at(-1);
    if (found === undefined) throw notFound('unknown_token', `There is no token "${token}"`, { token });
    if (onlyLinks && found.kind !== 'share')
      throw new SluiceError('forbidden', `Token "${found.name}" can be ended with the scope "tokens" only`, {
        kind: 'usage',
      });
    const made = madeBy(found.id, all).filter((record) => isValid(record, now));
    const end = async (record: ApiTokenRecord): Promise<ApiTokenRecord> => {
      await tables.sessions.removeByToken(record.id);
      if (record.revokedAt !== null) return record;
      await tables.apiTokens.update(record.id, { revokedAt: now });
      return { ...record, revokedAt: now };
    };
    const ended = await end(found);
    const shown: ApiTokenRecord[] = [];
    for (const record of made) shown.push(withMade ? await end(record) : record);
    return { ...(await toView(tables, ended)), made: await toViews(tables, shown) };
  });
}

/** Returns the id of the token of a reference. */
function toId(ref: string): string {
  return `tok-${toHash(`ref:${ref}`).slice(0, 24)}`;
}

function newRecord(
  context: Context,
  token: string,
  { expiresAt, ref, maker }: { expiresAt: string | null; ref: string | undefined; maker: Maker | undefined },
) {
  const createdAt = context.now();
  if (expiresAt !== null && !(expiresAt > createdAt))
    throw usageError('bad_token', 'The end of the token is not in the future');
  return {
    id: ref === undefined ? context.id('tok') : toId(ref),
    hash: toHash(token),
    createdAt,
    createdBy: maker?.id ?? context.deps.actor(),
    expiresAt,
    revokedAt: null,
    lastUsedAt: null,
    scopesBefore: null,
  };
}

function checkRights(rights: ShareRights): ShareRights {
  const { maxAmount } = rights;
  if (maxAmount !== null && !/^\d{1,12}(\.\d{1,6})?$/.test(maxAmount))
    throw usageError('bad_token', `"${maxAmount}" is not an amount`);
  if (maxAmount !== null && compareMoney(maxAmount, '0') <= 0)
    throw usageError('bad_token', 'The highest amount of a purchase has to be above zero');
  return rights;
}

async function requireClient(context: Context, client: string): Promise<void> {
  if (await isKnownClient(context.store, client)) return;
  const { agents, unknown } = await agentsOfClient(context, client);
  if (agents.length > 0) return;
  const agent = unknown === 0 ? '' : ', and the agent that the config names for it is not found';
  const details = { client, unserved: client };
  throw notFound('unknown_client', `No service, credit, invoice or bill has the client "${client}"${agent}`, details);
}
