import { type EarlierLook, growthOf, growthOver, resetSince, type Zeroing } from './counter.js';
import { usedBefore } from './newcomers.js';
import type { LedgerEntry } from './records.js';
import type { HiddifyUser } from '../client/records.js';

export { growthOf } from './counter.js';

/** When a list was asked for, and what is known besides of the time since the one before. */
export interface LedgerLook {
  at: string;
  /** The list before; null for the first one. */
  before: EarlierLook | null;
  /** Our own zeroings since shortly before that list. */
  zeroings: readonly Zeroing[];
  /** Uuids of users that we have made. */
  made: ReadonlySet<string>;
  /** Of the panel's days. */
  timeZone: string;
}

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

/**
 * One look at all users: the growth of each is charged to its present owner. Nothing ever lowers what was charged: not a
 * reset, not a deletion, not a move. Idempotent: the same list again grows nothing.
 *
 * A user whose uuid was changed is told by its number in the database, but only from one look to the next: after a restored
 * backup the numbers mean other users.
 *
 * A fall is a reset: what is shown now was used since. So is all that is shown after a reset that the panel states for
 * certain. A rise back to a figure that we had zeroed is the old usage. A user that was never seen counts in full, unless
 * what it shows was used before it appeared (see `usedBefore`): then it counts from now on.
 *
 * @param users the whole list, and hidden users that were looked up one by one
 * @param look when the list was asked for, or that with what is known besides
 * @param gone keys of missing users that the panel was asked about and does not have
 */
export function stepLedger(
  known: Iterable<LedgerEntry>,
  users: readonly HiddifyUser[],
  look: string | LedgerLook,
  gone: ReadonlySet<string> = new Set(),
): LedgerStep {
  const context = contextOf(look);
  const { at } = context;
  const entries = new Map<string, LedgerEntry>();
  let highestId = 0;
  for (const entry of known) {
    entries.set(entry.key, entry);
    highestId = Math.max(highestId, entry.panelId);
  }
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
    else see(step, entry, user, context);
  }
  if (strangers.length > 0) {
    const justMissing = new Map<number, LedgerEntry>();
    for (const entry of entries.values()) {
      if (entry.missingSince === null && !seen.has(entry.key)) justMissing.set(entry.panelId, entry);
    }
    const fresh = strangers.filter(({ id }) => !justMissing.has(id));
    const old = usedBefore(fresh, { ...context, highestId });
    for (const user of strangers) {
      const former = justMissing.get(user.id);
      if (former === undefined) welcome(step, user, at, old.has(user));
      else {
        entries.delete(former.key);
        step.removed.push(former.key);
        const renamed = { ...former, key: ledgerKey(user), uuid: user.uuid };
        see(step, renamed, user, { ...context, always: true });
      }
    }
  }
  markMissing(step, seen, gone, at);
  for (const key of step.removed) entries.delete(key);
  return step;
}

interface Context extends Omit<LedgerLook, 'zeroings'> {
  zeroings: ReadonlyMap<string, readonly Zeroing[]>;
  /** Write the entry down even if nothing of it has changed. */
  always?: boolean;
}

function contextOf(look: string | LedgerLook): Context {
  if (typeof look === 'string')
    return { at: look, before: null, zeroings: new Map(), made: new Set(), timeZone: 'UTC' };
  const zeroings = new Map<string, Zeroing[]>();
  for (const zeroing of look.zeroings) {
    const own = zeroings.get(zeroing.uuid);
    if (own === undefined) zeroings.set(zeroing.uuid, [zeroing]);
    else own.push(zeroing);
  }
  return { ...look, zeroings };
}

function growthSince(entry: LedgerEntry, user: HiddifyUser, { before: last, at, zeroings, timeZone }: Context): number {
  const nowBytes = rawUsage(user);
  const { missingSince, lastBytes } = entry;
  const before = last === null || missingSince === null ? last : { at: missingSince, until: missingSince };
  if (before !== null && resetSince(user, before.until, timeZone) === 'certain') return Math.max(0, nowBytes);
  const own = zeroings.get(entry.uuid ?? '') ?? [];
  return growthOver({ lastBytes, nowBytes, before, at, zeroings: own, lastOnline: user.lastOnline, timeZone });
}

function see(step: LedgerStep, entry: LedgerEntry, user: HiddifyUser, context: Context): void {
  const now = rawUsage(user);
  const growth = growthSince(entry, user, context);
  if (growth > 0) charge(step, user.owner, growth);
  const same =
    now === entry.lastBytes &&
    user.owner === entry.owner &&
    user.limitBytes === entry.limitBytes &&
    user.id === entry.panelId &&
    entry.missingSince === null &&
    !entry.gone;
  if (same && growth === 0 && context.always !== true) return;
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

function welcome(step: LedgerStep, user: HiddifyUser, at: string, isOld: boolean): void {
  const key = ledgerKey(user);
  const used = isOld ? 0 : growthOf(0, rawUsage(user));
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

/** Marks the entries of users that were not seen as missing, and removes those of users that are gone for long. */
function markMissing(step: LedgerStep, seen: ReadonlySet<string>, gone: ReadonlySet<string>, at: string): void {
  for (const entry of step.entries.values()) {
    if (seen.has(entry.key)) continue;
    if (entry.gone) {
      if (Date.parse(at) - Date.parse(entry.missingSince ?? at) > forgottenAfter) step.removed.push(entry.key);
      continue;
    }
    const next = { ...entry, missingSince: entry.missingSince ?? at, gone: gone.has(entry.key) };
    if (next.gone || entry.missingSince === null) put(step, next);
    if (!next.gone) step.missing.push(next);
  }
}

function charge(step: LedgerStep, owner: string | null, bytes: number): void {
  if (owner === null) return;
  step.growth.set(owner, (step.growth.get(owner) ?? 0) + bytes);
}

function put(step: LedgerStep, entry: LedgerEntry): void {
  step.entries.set(entry.key, entry);
  step.changed.push(entry);
}
