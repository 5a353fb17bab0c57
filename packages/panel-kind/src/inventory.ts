/**
 * What a panel has that a service can stand for: a service, an account, a line. Null is what the panel does not show; what it shows as
 * zero is zero.
 */
export interface PanelEntry {
  /** The panel's word for such an object: `service`, `order`, `user`, `line`, `did`. */
  object: string;
  /** Its id on the panel, which no other object of this word has. */
  id: string;
  /** What a service of it has in the columns of the service import (`RefColumn`), as far as the panel shows it; empty where nothing names it. */
  refs: Readonly<Record<string, string>>;
  /** Two may have the same name. */
  name: string | null;
  /** Its IP addresses. */
  addresses: readonly string[];
  clientName: string | null;
  clientEmail: string | null;
  /** In the panel's words, where it has words. */
  state: string | null;
  /** Null for no limit, too. */
  limitBytes: number | null;
  /** Whether it has no limit. */
  unlimited: boolean | null;
  usedBytes: number | null;
  /** Instant from which the panel does not serve it any more (ISO 8601 UTC); null for none, too. */
  expiresAt: string | null;
  /** ISO 8601 UTC. */
  createdAt: string | null;
}

/** Lists what the panel has. */
export interface Inventory {
  /**
   * Returns everything that a service can stand for, in the order of the panel; without administrators, and without what has ended there.
   * Rejects where a list can't be read whole: a list that is cut short is an error.
   */
  list(signal: AbortSignal): Promise<PanelEntry[]>;
  /**
   * Reads what a service of each entry, and its product, would have to state besides what `list` returns, by `entryKey`; absent: nothing.
   * Rejects where it can't be read whole.
   */
  describe?(entries: readonly PanelEntry[], signal: AbortSignal): Promise<ReadonlyMap<string, EntryDetail>>;
  /** Lists the accounts that entries belong to, without that of the credentials. Absent: entries belong to nobody else. Rejects as `list`. */
  owners?(signal: AbortSignal): Promise<PanelOwner[]>;
}

/** An account that entries belong to, such as an agent. */
export interface PanelOwner {
  /** As entries name it in their refs. */
  readonly id: string;
  /** Two may have the same name. */
  readonly name: string;
  /** Id of the account above it, which may be unknown, itself or below it; null for none, and for that of the credentials. */
  readonly parent: string | null;
  /** Whether it can have a limit. */
  readonly limitable: boolean;
}

/** What a service of an entry, and its product, would have to state so that they ask for what the panel has. */
export interface EntryDetail {
  /** Further columns of the service import. */
  readonly columns?: Readonly<Record<string, string>>;
  /** The kind's section of the product, as in the config. */
  readonly section?: Readonly<Record<string, unknown>>;
  /** The quota of the product, where it is not the limit of the entry; null for none, also of an entry without a limit. */
  readonly quotaBytes?: number | null;
  /** The service of the billing system that the panel itself names as its owner, by its id there. */
  readonly billingId?: string;
  /** Id of the account that it belongs to (`PanelOwner`), also where nothing names the entry; absent for that of the credentials, or none. */
  readonly owner?: string;
  /** What an operator has to know or to decide. */
  readonly notes?: readonly string[];
}

/** Returns the key of an entry among all of its panel. */
export function entryKey({ object, id }: Pick<PanelEntry, 'object' | 'id'>): string {
  return `${object}:${id}`;
}

/** Returns an entry: refs that are null are left out, and what is not stated is null. */
export function toPanelEntry(
  { object, id, refs }: Pick<PanelEntry, 'object' | 'id'> & { refs: Readonly<Record<string, string | null>> },
  shown: Partial<Omit<PanelEntry, 'object' | 'id' | 'refs'>> = {},
): PanelEntry {
  const known = Object.entries(refs).filter((entry): entry is [string, string] => entry[1] !== null);
  return {
    ...{ object, id, refs: Object.fromEntries(known), name: null, addresses: [], clientName: null, clientEmail: null },
    ...{ state: null, limitBytes: null, unlimited: null, usedBytes: null, expiresAt: null, createdAt: null },
    ...shown,
  };
}
