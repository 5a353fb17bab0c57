import type { AgentVerdict } from '@sluice/quota-core';

/** The uuid that stands for the account of the key, which is not an agent. */
export const OWN_ACCOUNT = 'self';

/** An account of a panel, as a list has it. */
export interface ListedAccount {
  /** Null where the panel shows none that is valid. */
  uuid: string | null;
  name: string;
  /** The panel's word for what the account may do; `agent` is one with limits. */
  role: string;
  parent: string | null;
}

/** An account of a tree, as listed or as stored. */
export interface PlacedAccount {
  parent: string | null;
  /** Of a stored account: as the last list was understood. */
  verdict?: Pick<AgentVerdict, 'former'> | null;
}

/**
 * Returns an account and those above it, without the account of the key. A cycle or an unknown parent ends the chain
 *; no owner has an empty one. Missing agents that an account may be (`former`) stand between it and
 * its parent.
 */
export function listChain(owner: string | null, accounts: ReadonlyMap<string, PlacedAccount>): readonly string[] {
  const places = listPlaces(owner, accounts);
  return [...new Set(places.flatMap((uuid) => [uuid, ...(accounts.get(uuid)?.verdict?.former ?? [])]))];
}

/** Returns whether the parents of an account lead to the account of the key. */
export function isBelowOwn(uuid: string, accounts: ReadonlyMap<string, PlacedAccount>): boolean {
  return accounts.get(listPlaces(uuid, accounts).at(-1) ?? '')?.parent === OWN_ACCOUNT;
}

/** Returns an account and its parents, without missing agents. */
function listPlaces(owner: string | null, accounts: ReadonlyMap<string, PlacedAccount>): readonly string[] {
  const places = new Set<string>();
  for (let at = owner; at !== null && at !== OWN_ACCOUNT && !places.has(at); at = accounts.get(at)?.parent ?? null)
    places.add(at);
  return [...places];
}

/** The tree of accounts, safe against cycles and unknown parents. The account of the key is the root and is in no chain. */
export class AgentHierarchy<Account extends ListedAccount = ListedAccount> {
  readonly admins: ReadonlyMap<string, Account>;
  /** Accounts whose parents do not lead to the key's account. */
  readonly orphans: readonly string[];
  readonly #accounts: ReadonlyMap<string, PlacedAccount>;
  readonly #chains = new Map<string | null, readonly string[]>();

  /** @param former the missing agents that an account may be with another uuid, by that account */
  constructor(
    admins: Iterable<Account>,
    readonly former: ReadonlyMap<string, readonly string[]> = new Map(),
  ) {
    const known = new Map<string, Account>();
    for (const admin of admins) if (admin.uuid !== null) known.set(admin.uuid, admin);
    this.admins = known;
    this.#accounts = new Map(
      [...known].map(([uuid, { parent }]) => [uuid, { parent, verdict: { former: former.get(uuid) ?? [] } }]),
    );
    this.orphans = [...known.keys()].filter((uuid) => uuid !== OWN_ACCOUNT && !isBelowOwn(uuid, known));
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
