import { type HiddifyAdmin, SELF } from '../client/records.js';

/**
 * Returns an account and those above it, without the account of the key. A cycle or an unknown parent ends the chain
 * (docs/panels/hiddify.md, H3); no owner has an empty one.
 */
export function listChain(
  owner: string | null,
  accounts: ReadonlyMap<string, Pick<HiddifyAdmin, 'parent'>>,
): readonly string[] {
  const chain = new Set<string>();
  for (let at = owner; at !== null && at !== SELF && !chain.has(at); at = accounts.get(at)?.parent ?? null)
    chain.add(at);
  return [...chain];
}

/** The tree of accounts, safe against cycles and unknown parents. The account of the key is the root and is in no chain. */
export class AgentHierarchy {
  readonly admins: ReadonlyMap<string, HiddifyAdmin>;
  /** Accounts whose parents do not lead to the key's account. */
  readonly orphans: readonly string[];
  readonly #chains = new Map<string | null, readonly string[]>();

  constructor(admins: Iterable<HiddifyAdmin>) {
    const known = new Map<string, HiddifyAdmin>();
    for (const admin of admins) if (admin.uuid !== null) known.set(admin.uuid, admin);
    this.admins = known;
    this.orphans = [...known.keys()].filter(
      (uuid) => uuid !== SELF && known.get(this.listChain(uuid).at(-1) ?? '')?.parent !== SELF,
    );
  }

  /** Returns the owner and everyone above it, without the account of the key. */
  listChain(owner: string | null): readonly string[] {
    const chain = this.#chains.get(owner) ?? listChain(owner, this.admins);
    this.#chains.set(owner, chain);
    return chain;
  }
}
