import { addBytes, type AgentFall, type AgentUserRecord } from '@sluice/quota-core';
import { countGrowth } from './sums.js';

/** A user of a list; further members belong to the adapter. */
export interface ListedUser {
  /** Null where it has none, and can't be changed. */
  uuid: string | null;
  /** Number in the panel's own database. */
  id: number;
  name: string;
  owner: string | null;
  enabled: boolean;
  limitBytes: number;
  usedBytes: number;
  /** Local day of the panel's own last reset; absent or null where it is not known. */
  lastResetDate?: string | null;
  /** What the panel stores instead of figures that count as 0, since they are negative. */
  odd?: { usedBytes?: number };
}

/** The ledger after one list. */
export interface LedgerStep {
  /** Entries that are new or changed. */
  changed: AgentUserRecord[];
  /** Keys that another entry has replaced, or whose users are gone for long. */
  removed: string[];
  /** Every entry, by key. */
  entries: Map<string, AgentUserRecord>;
  /** Keys of users whose figure of this list is left to the next one; that of before is in their entries. */
  uncounted: Set<string>;
  /** Bytes used since the list before, by the owner that is charged. */
  growth: Map<string, number>;
  /** Entries of users that are missing now and not known to be gone. */
  missing: AgentUserRecord[];
  /** Falls of counters that wait for a second reading, and those that this list has confirmed. */
  falls: AgentFall[];
  /** The falls to store, by agent; absent where falls do not wait. */
  fallsByAgent?: ReadonlyMap<string, AgentFall[]>;
}

/** Entries of users that are gone are kept this long, so that a restored backup charges nothing twice. */
const KEEP_GONE_MS = 90 * 86_400_000;

/** Returns the ledger's key of a user: its uuid, or its number in the database where it has none. */
export function ledgerKey(user: { uuid: string | null; id: number }): string {
  return user.uuid ?? `#${user.id}`;
}

/** What a reading adds to a user, and the figure from which the next reading is counted. */
export interface CountedReading {
  growthBytes: number;
  lastBytes: number;
  /** A fall that waits for another reading. */
  fall?: AgentFall;
  /** A fall that this reading has confirmed, or a counter that stands still although its user was online. */
  confirmed?: AgentFall;
}

/** How a panel's counters are read. */
export interface Counters<User extends ListedUser> {
  /** Counts what a known user shows, since its entry. Default: all growth, and after a fall all that it shows. */
  count?: (entry: AgentUserRecord, user: User) => CountedReading;
  /** Returns whether a user counts although it shows what its entry says. Default: none. */
  isDue?: (entry: AgentUserRecord, user: User) => boolean;
  /** Returns which new users show usage from before they appeared, which does not count. Default: none. */
  findOld?: (users: readonly User[], highestId: number) => ReadonlySet<User>;
}

/** One list of users, and what is known besides. */
export interface ListToCharge<User extends ListedUser> {
  panel: string;
  /** When the list was requested. */
  at: string;
  /** The whole list, and hidden users that were read one by one. */
  users: readonly User[];
  /** Keys of missing users that the panel does not have. */
  gone: ReadonlySet<string>;
  /** Falls that wait for a second reading, by the keys of their users. */
  falls?: ReadonlyMap<string, AgentFall>;
  /** Keys of users whose growth is left to the next list. */
  left?: ReadonlySet<string> | undefined;
}

/**
 * Charges the growth of each user to its present owner. Resets, deletions and moves never lower what was charged; the same list
 * again charges nothing.
 *
 * A user whose uuid was changed is recognised by its number in the database, but only from one list to the next: after a restored
 * backup the numbers mean other users. A new user counts in full, unless what it shows was used before it appeared: then it counts from
 * now on.
 */
export function stepLedger<User extends ListedUser>(
  known: Iterable<AgentUserRecord>,
  list: ListToCharge<User>,
  counters: Counters<User> = {},
): LedgerStep {
  const entries = new Map<string, AgentUserRecord>();
  let highestId = 0;
  for (const entry of known) {
    entries.set(entry.key, entry);
    highestId = Math.max(highestId, entry.panelId);
  }
  const lists = { changed: [], removed: [], missing: [], falls: [] };
  const step: LedgerStep = { ...lists, entries, uncounted: new Set(), growth: new Map() };
  const count = (entry: AgentUserRecord, user: User): CountedReading =>
    counters.count?.(entry, user) ?? {
      growthBytes: countGrowth(entry.lastBytes, rawUsage(user)),
      lastBytes: rawUsage(user),
    };
  const { isDue } = counters;
  const { left } = list;
  const seen = new Set<string>();
  const strangers: User[] = [];
  for (const user of list.users) {
    const key = ledgerKey(user);
    seen.add(key);
    const entry = entries.get(key);
    if (left?.has(key) === true) {
      step.uncounted.add(key);
      continue;
    }
    if (entry === undefined) strangers.push(user);
    else if (!isSame(entry, user, rawUsage(user)) || isDue?.(entry, user) === true)
      updateEntry(step, entry, user, count(entry, user));
  }
  if (strangers.length > 0) addStrangers(step, list, strangers, { seen, highestId, counters, count });
  markMissing(step, seen, list);
  for (const key of step.removed) entries.delete(key);
  return step;
}

/** Returns the usage as the panel stores it; growth is counted from a negative one too. */
function rawUsage({ usedBytes, odd }: ListedUser): number {
  return odd?.usedBytes ?? usedBytes;
}

/** Adds users that were not known, and continues the entries of those that have another uuid. */
function addStrangers<User extends ListedUser>(
  step: LedgerStep,
  list: ListToCharge<User>,
  strangers: readonly User[],
  {
    seen,
    highestId,
    counters,
    count,
  }: {
    seen: ReadonlySet<string>;
    highestId: number;
    counters: Counters<User>;
    count: (entry: AgentUserRecord, user: User) => CountedReading;
  },
): void {
  const justMissing = new Map<number, AgentUserRecord>();
  for (const entry of step.entries.values()) {
    if (entry.missingSince === null && !seen.has(entry.key)) justMissing.set(entry.panelId, entry);
  }
  const unknown = strangers.filter(({ id }) => !justMissing.has(id));
  const old = counters.findOld?.(unknown, highestId);
  for (const user of strangers) {
    const former = justMissing.get(user.id);
    if (former === undefined) addEntry(step, user, list, old?.has(user) === true);
    else {
      step.entries.delete(former.key);
      step.removed.push(former.key);
      const renamed = { ...former, key: ledgerKey(user), uuid: user.uuid };
      updateEntry(step, renamed, user, count({ ...former, uuid: user.uuid }, user));
    }
  }
}

/** Stores what a known user shows now; nothing where nothing of it has changed. */
function updateEntry(step: LedgerStep, entry: AgentUserRecord, user: ListedUser, counted: CountedReading): void {
  const { growthBytes, lastBytes, fall, confirmed } = counted;
  charge(step, user.owner, growthBytes);
  if (lastBytes !== rawUsage(user)) step.uncounted.add(ledgerKey(user));
  for (const each of [fall, confirmed]) if (each !== undefined) step.falls.push(each);
  const { panel, key, uuid, firstSeenAt } = entry;
  if (isSame(entry, user, lastBytes) && growthBytes === 0 && step.entries.has(key)) return;
  put(step, { totalBytes: entry.totalBytes + growthBytes, firstSeenAt, ...toEntry(panel, user), lastBytes, key, uuid });
}

/** Returns whether an entry already says what is known of its user. */
function isSame(entry: AgentUserRecord, user: ListedUser, lastBytes: number): boolean {
  return (
    lastBytes === entry.lastBytes &&
    user.owner === entry.owner &&
    user.limitBytes === entry.limitBytes &&
    user.id === entry.panelId &&
    (user.lastResetDate ?? null) === entry.resetDate &&
    entry.missingSince === null &&
    !entry.gone
  );
}

function addEntry(
  step: LedgerStep,
  user: ListedUser,
  { panel, at }: { panel: string; at: string },
  isOld: boolean,
): void {
  const totalBytes = isOld ? 0 : countGrowth(0, rawUsage(user));
  charge(step, user.owner, totalBytes);
  put(step, { totalBytes, firstSeenAt: at, ...toEntry(panel, user) });
}

function toEntry(panel: string, user: ListedUser): Omit<AgentUserRecord, 'totalBytes' | 'firstSeenAt'> {
  return {
    panel,
    key: ledgerKey(user),
    uuid: user.uuid,
    panelId: user.id,
    owner: user.owner,
    lastBytes: rawUsage(user),
    limitBytes: user.limitBytes,
    resetDate: user.lastResetDate ?? null,
    missingSince: null,
    gone: false,
  };
}

/** Marks the entries of users that are not in the list as missing, and removes those of users that are gone for long. */
function markMissing(
  step: LedgerStep,
  seen: ReadonlySet<string>,
  { at, gone, falls }: Pick<ListToCharge<ListedUser>, 'at' | 'gone' | 'falls'>,
): void {
  for (const entry of step.entries.values()) {
    if (seen.has(entry.key)) continue;
    if (entry.gone) {
      if (Date.parse(at) - Date.parse(entry.missingSince ?? at) > KEEP_GONE_MS) step.removed.push(entry.key);
      continue;
    }
    const next = { ...entry, missingSince: entry.missingSince ?? at, gone: gone.has(entry.key) };
    if (next.gone || entry.missingSince === null) put(step, next);
    if (next.gone) continue;
    step.missing.push(next);
    const fall = falls?.get(entry.key);
    if (fall !== undefined) step.falls.push(fall);
  }
}

function charge(step: LedgerStep, owner: string | null, bytes: number): void {
  if (owner !== null && bytes > 0) step.growth.set(owner, addBytes(step.growth.get(owner) ?? 0, bytes));
}

function put(step: LedgerStep, entry: AgentUserRecord): void {
  step.entries.set(entry.key, entry);
  step.changed.push(entry);
}
