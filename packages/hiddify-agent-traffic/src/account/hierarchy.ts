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

/**
 * The tree of accounts, safe against cycles and unknown parents. The account of the key is the root and is in no chain. A missing agent
 * stands between each account that may be the same (`former`, by that account) and its parent.
 */
export class AgentHierarchy {
  readonly admins: ReadonlyMap<string, HiddifyAdmin>;
  /** Accounts whose parents do not lead to the key's account. */
  readonly orphans: readonly string[];
  readonly #parents: ReadonlyMap<string, Pick<HiddifyAdmin, 'parent'>>;
  readonly #former: ReadonlyMap<string, string>;
  readonly #chains = new Map<string | null, readonly string[]>();

  constructor(admins: Iterable<HiddifyAdmin>, former: ReadonlyMap<string, string> = new Map()) {
    const known = new Map<string, HiddifyAdmin>();
    const parents = new Map<string, Pick<HiddifyAdmin, 'parent'>>();
    for (const admin of admins) {
      if (admin.uuid === null) continue;
      const missing = former.get(admin.uuid);
      known.set(admin.uuid, missing === undefined ? admin : { ...admin, parent: missing });
      if (missing !== undefined) parents.set(missing, { parent: admin.parent });
    }
    for (const [uuid, admin] of known) parents.set(uuid, admin);
    this.admins = known;
    this.#parents = parents;
    this.#former = former;
    this.orphans = [...known.keys()].filter(
      (uuid) => uuid !== SELF && parents.get(this.listChain(uuid).at(-1) ?? '')?.parent !== SELF,
    );
  }

  /** Returns the owner and everyone above it, without the account of the key. */
  listChain(owner: string | null): readonly string[] {
    const chain = this.#chains.get(owner) ?? listChain(owner, this.#parents);
    this.#chains.set(owner, chain);
    return chain;
  }

  /** Returns whether a user still belongs to whom it did: also where its owner may be the same with another uuid. */
  isSameOwner(owner: string | null, before: string | null): boolean {
    return owner === before || this.#former.get(owner ?? '') === before;
  }
}
