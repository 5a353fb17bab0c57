import type { ApiTokenRecord, StateStore, StoreTables } from '@sluice/state-store';
import { tokenStatus } from '../../base/token-status.js';
import { keepObserving, listEnforced } from '../../context/enforcement.js';
import { inheritAddresses } from '../../context/panel-addresses.js';
import { inheritMarks } from '../../kernel/changes/store-copy.js';

/** What a restored store has of the one that it replaces, and what can't be known since that is missing or can't be read. */
export interface Inheritance {
  /** Panels on which nothing is changed until `doctor --take-over`, if a store of later than the backup has changed them. */
  behind: string[];
  /** Panels whose switches are those of the replaced store, whatever the backup says: `observe`, or what the config says. */
  observing: string[];
  /** Panels that switches of the backup enforce, where the replaced store is missing or can't be read to compare. */
  enforced: string[];
  /** Valid API tokens and share links that the replaced store does not show: they may have been revoked after the backup. */
  valid: RestoredToken[];
}

/** An API token or a share link of a backup. */
export type RestoredToken = Pick<ApiTokenRecord, 'id' | 'name' | 'kind'>;

export const NOTHING_INHERITED: Inheritance = { behind: [], observing: [], enforced: [], valid: [] };

/**
 * Lets a restored store go on in place of the one that it replaces, in one transaction: with its marks on panels, what it observes,
 * the tokens that were revoked in it, and what it has sent. One that turns out to be damaged is as none.
 */
export async function inheritFrom(
  replaced: StateStore | null,
  restored: StateStore,
  now: string,
): Promise<Inheritance> {
  try {
    return await restored.write((tables) => inherit(replaced, tables, now));
  } catch (error) {
    if (replaced === null) throw error;
    return inheritFrom(null, restored, now);
  }
}

async function inherit(from: StoreTables | null, to: StoreTables, now: string): Promise<Inheritance> {
  if (from !== null) {
    await inheritDeliveries(from, to);
    await inheritAddresses(from, to, now);
  }
  return {
    behind: await inheritMarks(from, to),
    observing: from === null ? [] : await keepObserving(from, to),
    enforced: from === null ? await listEnforced(to) : [],
    valid: await inheritTokens(from, to, now),
  };
}

/** Ends the tokens that ended since the backup, and replaces texts that others replaced. Returns those that `from` does not have. */
async function inheritTokens(
  from: Pick<StoreTables, 'apiTokens'> | null,
  to: Pick<StoreTables, 'apiTokens'>,
  now: string,
): Promise<RestoredToken[]> {
  const replaced = new Map((from === null ? [] : await from.apiTokens.list()).map((token) => [token.id, token]));
  const unknown: RestoredToken[] = [];
  for (const token of await to.apiTokens.list()) {
    if (tokenStatus(token, now) !== 'active') continue;
    const { id, name, kind } = token;
    const later = replaced.get(id);
    if (later === undefined) unknown.push({ id, name, kind });
    else await to.apiTokens.update(id, { revokedAt: later.revokedAt, hash: later.hash });
  }
  return unknown;
}

/** Ends the deliveries that ended since the backup: nobody is notified again. */
async function inheritDeliveries(
  from: Pick<StoreTables, 'deliveries'>,
  to: Pick<StoreTables, 'deliveries'>,
): Promise<void> {
  const pending = await to.deliveries.list({ state: 'pending' });
  if (pending.length === 0) return;
  const replaced = new Map((await from.deliveries.list()).map(({ delivery }) => [delivery.id, delivery]));
  for (const { delivery } of pending) {
    const later = replaced.get(delivery.id);
    if (later === undefined) continue;
    const { state, attempts, nextAt, lastError, sentAt } = later;
    await to.deliveries.update(delivery.id, { state, attempts, nextAt, lastError, sentAt });
  }
}
