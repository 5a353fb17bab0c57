import { type HiddifyAdmin, SELF } from '../client/records.js';

/**
 * The tree of accounts, read so that nothing in it can mislead: parents may form cycles, be null or unknown
 * (docs/panels/hiddify.md, H3). The account of the key is the root; it has no limit and stands in no chain.
 */
export class AgentHierarchy {
  readonly admins: ReadonlyMap<string, HiddifyAdmin>;
  /** Accounts whose line of parents does not lead to the key's account. */
  readonly orphans: readonly string[];
  readonly #chains = new Map<string, readonly string[]>();

  constructor(admins: Iterable<HiddifyAdmin>) {
    const known = new Map<string, HiddifyAdmin>();
    for (const admin of admins) if (admin.uuid !== null) known.set(admin.uuid, admin);
    this.admins = known;
    const orphans: string[] = [];
    for (const uuid of known.keys()) {
      if (uuid === SELF) continue;
      const chain = this.chainOf(uuid);
      if (known.get(chain.at(-1) ?? '')?.parent !== SELF) orphans.push(uuid);
    }
    this.orphans = orphans;
  }

  /** The owner and everybody above it, the key's account left out. `[]` for that account and for no owner. */
  chainOf(owner: string | null): readonly string[] {
    if (owner === null || owner === SELF) return [];
    const known = this.#chains.get(owner);
    if (known !== undefined) return known;
    const chain: string[] = [];
    const visited = new Set<string>();
    for (let at: string | null = owner; at !== null && at !== SELF && !visited.has(at);) {
      visited.add(at);
      chain.push(at);
      at = this.admins.get(at)?.parent ?? null;
    }
    this.#chains.set(owner, chain);
    return chain;
  }

  /** Those above, nearest first, the key's account included at the top when the line leads there. */
  ancestorsOf(uuid: string): HiddifyAdmin[] {
    const chain = this.chainOf(uuid);
    const above = chain.slice(1).flatMap((id) => this.admins.get(id) ?? []);
    const top = this.admins.get(chain.at(-1) ?? '');
    const root = this.admins.get(SELF);
    return top?.parent === SELF && root !== undefined ? [...above, root] : above;
  }
}
