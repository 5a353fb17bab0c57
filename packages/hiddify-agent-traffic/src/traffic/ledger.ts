import type { HiddifyUser } from '../client/records.js';
import type { LedgerEntry } from './records.js';

export interface LedgerStep {
  /** Entries that are new or changed; the rest stays as it is. */
  changed: LedgerEntry[];
  /** Keys that another entry has taken over. */
  removed: string[];
  /** Every entry after the step, by key. */
  entries: Map<string, LedgerEntry>;
  /** What was used since the last look, by the owner that is charged. */
  growth: Map<string, number>;
  /** Keys of users that were never seen before. */
  newcomers: Set<string>;
  /** Entries of users that are missing now and were not known to be gone. */
  missing: LedgerEntry[];
}

/** How long a user that is gone is remembered, so that a restored backup charges nothing twice. */
const forgottenAfter = 90 * 86_400_000;

/** Under which key a user is remembered: its uuid, or its number in the database where it has none. */
export function ledgerKey(user: { uuid: string | null; id: number }): string {
  return user.uuid ?? `#${user.id}`;
}

/** The usage as it stands on the panel; a negative one is where growth is counted from. */
export function rawUsage(user: HiddifyUser): number {
  return user.odd?.usedBytes ?? user.usedBytes;
}

/** What a counter has grown by. A fall is a reset, by the panel or by hand: what it shows now was used since. */
export function growthOf(lastBytes: number, nowBytes: number): number {
  return nowBytes >= lastBytes ? nowBytes - lastBytes : Math.max(0, nowBytes);
}

/**
 * One look at all users (contract, section 8): the growth of each is charged to whoever owns it now. Nothing ever lowers what
 * was charged: not a reset, not a deletion, not a move. Idempotent: the same list again grows nothing.
 *
 * A user whose uuid was changed is told by its number in the database, but only from one look to the next: after a restored
 * backup the numbers mean other users.
 *
 * @param users the whole list, and hidden users that were looked up one by one
 * @param gone keys of missing users that the panel was asked about and does not have
 */
export function stepLedger(
  known: Iterable<LedgerEntry>,
  users: readonly HiddifyUser[],
  at: string,
  gone: ReadonlySet<string> = new Set(),
): LedgerStep {
  const entries = new Map<string, LedgerEntry>();
  for (const entry of known) entries.set(entry.key, entry);
  const step: LedgerStep = {
    changed: [],
    removed: [],
    entries,
    growth: new Map(),
    newcomers: new Set(),
    missing: [],
  };
  const seen = new Set<string>();
  const strangers: HiddifyUser[] = [];
  for (const user of users) {
    const key = ledgerKey(user);
    seen.add(key);
    const entry = entries.get(key);
    if (entry === undefined) strangers.push(user);
    else see(step, entry, user);
  }
  if (strangers.length > 0) {
    const justMissing = new Map<number, LedgerEntry>();
    for (const entry of entries.values()) {
      if (entry.missingSince === null && !seen.has(entry.key)) justMissing.set(entry.panelId, entry);
    }
    for (const user of strangers) {
      const former = justMissing.get(user.id);
      if (former === undefined) welcome(step, user, at);
      else {
        entries.delete(former.key);
        step.removed.push(former.key);
        see(step, { ...former, key: ledgerKey(user), uuid: user.uuid }, user, true);
      }
    }
  }
  for (const entry of entries.values()) {
    if (seen.has(entry.key)) continue;
    if (entry.gone) {
      if (Date.parse(at) - Date.parse(entry.missingSince ?? at) > forgottenAfter) step.removed.push(entry.key);
      continue;
    }
    const next = { ...entry, missingSince: entry.missingSince ?? at, gone: gone.has(entry.key) };
    if (next.gone || entry.missingSince === null) put(step, next);
    if (!next.gone) step.missing.push(next);
  }
  for (const key of step.removed) entries.delete(key);
  return step;
}

function see(step: LedgerStep, entry: LedgerEntry, user: HiddifyUser, always = false): void {
  const now = rawUsage(user);
  const growth = growthOf(entry.lastBytes, now);
  if (growth > 0) charge(step, user.owner, growth);
  const same =
    now === entry.lastBytes &&
    user.owner === entry.owner &&
    user.limitBytes === entry.limitBytes &&
    user.id === entry.panelId &&
    entry.missingSince === null &&
    !entry.gone;
  if (same && !always) return;
  put(step, {
    key: entry.key,
    uuid: entry.uuid,
    panelId: user.id,
    owner: user.owner,
    lastBytes: now,
    limitBytes: user.limitBytes,
    totalBytes: entry.totalBytes + growth,
    firstSeenAt: entry.firstSeenAt,
    missingSince: null,
    gone: false,
  });
}

function welcome(step: LedgerStep, user: HiddifyUser, at: string): void {
  const key = ledgerKey(user);
  // It was made since the last look, so all that it shows was used since.
  const used = growthOf(0, rawUsage(user));
  if (used > 0) charge(step, user.owner, used);
  step.newcomers.add(key);
  put(step, {
    key,
    uuid: user.uuid,
    panelId: user.id,
    owner: user.owner,
    lastBytes: rawUsage(user),
    limitBytes: user.limitBytes,
    totalBytes: used,
    firstSeenAt: at,
    missingSince: null,
    gone: false,
  });
}

function charge(step: LedgerStep, owner: string | null, bytes: number): void {
  if (owner === null) return;
  step.growth.set(owner, (step.growth.get(owner) ?? 0) + bytes);
}

function put(step: LedgerStep, entry: LedgerEntry): void {
  step.entries.set(entry.key, entry);
  step.changed.push(entry);
}
