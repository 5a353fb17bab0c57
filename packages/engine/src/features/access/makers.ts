import { agentOfScopes, needsOfScopes } from '@sluice/contract';
import { SluiceError } from '@sluice/panel-kind';
import type { ApiTokenRecord } from '@sluice/state-store';
import type { Maker } from './types.js';

/**
 * Refuses a token that permits more than the one that asks for it, or ends later.
 *
 * @throws SluiceError `token_exceeds`
 */
export function refuseMore(
  maker: Maker,
  { scopes, client, expiresAt }: Pick<ApiTokenRecord, 'scopes' | 'client' | 'expiresAt'>,
): void {
  // An agent changes its users, as only who operates may.
  const needs = agentOfScopes(scopes) === null ? needsOfScopes(scopes, client) : (['operate'] as const);
  const more = needs.find((need) => !maker.needs.includes(need));
  if (more !== undefined)
    throw exceeds(`The new token would permit "${more}", which the token that asks for it does not`);
  if (maker.expiresAt === null || (expiresAt !== null && expiresAt <= maker.expiresAt)) return;
  throw exceeds(
    `The new token would end after ${maker.expiresAt}, when the token that asks for it ends: name an earlier end`,
  );
}

function exceeds(message: string): SluiceError {
  return new SluiceError('token_exceeds', `${message}; nothing was created`, { kind: 'usage' });
}

/** Returns what a token made, and what that made, in the order of creation. */
export function madeBy(id: string, all: readonly ApiTokenRecord[]): ApiTokenRecord[] {
  const makers = new Set([id]);
  // A token is always younger than its maker, and rows are in the order of creation.
  return all.filter((record) => {
    const isMade = makers.has(record.createdBy);
    if (isMade) makers.add(record.id);
    return isMade;
  });
}
