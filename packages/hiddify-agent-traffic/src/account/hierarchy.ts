import type { AgentVerdict } from '@sluice/quota-core';
import { type HiddifyAdmin, SELF } from '../client/records.js';

/** An account of a tree, as listed or as stored. */
interface Placed {
  parent: string | null;
  /** Of a stored account: as the last list was understood. */
  verdict?: Pick<AgentVerdict, 'former'> | null;
}

/**
 * Returns an account and those above it, without the account of the key. A cycle or an unknown parent ends the chain
 * (docs/panels/hiddify.md, H3); no owner has an empty one. Missing agents that an account may be (`former`) stand between it and
 * its parent.
 */
export function listChain(owner: string | null, accounts: ReadonlyMap<string, Placed>): readonly string[] {
  const places = listPlaces(owner, accounts);
  return [...new Set(places.flatMap((uuid) => [uuid, ...(accounts.get(uuid)?.verdict?.former ?? [])]))];
}

/** Returns whether the parents of an account lead to the account of the key. */
export function isBelowSelf(uuid: string, accounts: ReadonlyMap<string, Placed>): boolean {
  return accounts.get(listPlaces(uuid, accounts).at(-1) ?? '')?.parent === SELF;
}

/** Returns an account and its parents, without missing agents. */
function listPlaces(owner: string | null, accounts: ReadonlyMap<string, Placed>): readonly string[] {
  const places = new Set<string>();
  for (let at = owner; at !== null && at !== SELF && !places.has(at); at = accounts.get(at)?.parent ?? null)
    places.add(at);
  return [...places];
}

/** The tree of accounts, safe against cycles and unknown parents. The account of the key is the root and is in no chain. */
export class AgentHierarchy {
  readonly admins: ReadonlyMap<string, HiddifyAdmin>;
  /** Accounts whose parents do not lead to the key's account. */
  readonly orphans: readonly string[];
  readonly #accounts: ReadonlyMap<string, Placed>;
  readonly #chains = new Map<string | null, readonly string[]>();

  /** @param former the missing agents that an account may be with another uuid, by that account */
  constructor(
    admins: Iterable<HiddifyAdmin>,
    readonly former: ReadonlyMap<string, readonly string[]> = new Map(),
  ) {
    const known = new Map<string, HiddifyAdmin>();
    for (const admin of admins) if (admin.uuid !== null) known.set(admin.uuid, admin);
    this.admins = known;
    this.#accounts = new Map(
      [...known].map(([uuid, { parent }]) => [uuid, { parent, verdict: { former: former.get(uuid) ?? [] } }]),
    );
    this.orphans = [...known.keys()].filter((uuid) => uuid !== SELF && !isBelowSelf(uuid, known));
  }

  /** Returns the owner and everyone above it, without the account of the key. */
  listChain(owner: string | null): readonly string[] {
    const chain = this.#chains.get(owner) ?? listChain(owner, this.#accounts);
    this.#chains.set(owner, chain);
    return chain;
  }

  /** Returns whether a user still belongs to whom it did: also where its owner, or an account above, may be the same with another uuid. */
  isSameOwner(owner: string | null, before: string | null): boolean {
    return owner === before || (!this.admins.has(before ?? '') && this.listChain(owner).includes(before ?? ''));
  }
}
