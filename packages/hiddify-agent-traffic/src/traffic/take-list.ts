import { isPanelError } from '@sluice/panel-http';
import type { CallOptions } from '../client/types.js';
import { ownerNameOf } from './describe.js';
import { nowOf, type ManagerContext } from './context.js';
import { isProblem, lookUpMissing, readLists, rereadHalfMade, type BareList, type ListProblem } from './observe.js';
import type { DisabledUserRecord, LedgerEntry, ReservationRecord, SnapshotRecord } from './records.js';
import { recordList, type ObservedList, type RecordedList } from './record-list.js';
import { WRITE_BACK_MS, type Zeroing } from './zeroings.js';

/** A list that was good, and what is remembered since. */
export interface TakenList {
  list: ObservedList;
  recorded: RecordedList;
  disabled: DisabledUserRecord[];
  reservations: ReservationRecord[];
  snapshot: SnapshotRecord;
  now: string;
}

export interface TakeOptions {
  run: string | null;
  dryRun: boolean;
  acceptHalved: boolean;
  /** Mark the crossed thresholds as announced. */
  announce: boolean;
  call: CallOptions;
}

/**
 * Reads the panel and, in one transaction, remembers what it showed. Taking the same list twice, or an older one after a newer
 * one, changes nothing: each list is charged once, whoever else works on the same store.
 */
export async function takeList(context: ManagerContext, options: TakeOptions): Promise<TakenList | ListProblem> {
  const { client, store } = context;
  const last = await store.snapshot.get();
  const bare = await readLists(client, last, { acceptHalved: options.acceptHalved, call: options.call });
  if (isProblem(bare)) return bare;
  for (;;) {
    const before = await store.snapshot.get();
    if (isSuperseded(before, bare, nowOf(context))) return superseded;
    const known: Known = {
      ledger: await store.ledger.all(),
      before,
      zeroings: before === null ? [] : await context.zeroings(earlier(before.at)),
    };
    const list = await complete(context, bare, known.ledger, options);
    if (isProblem(list)) return list;
    const taken = options.dryRun
      ? await compute(context, store, list, { ...known, run: options.run })
      : await store.write(async (tables) => {
          // Another run may have recorded a list meanwhile; then the ledger that we hold is no longer the newest.
          if ((await tables.snapshot.get())?.at !== before?.at) return null;
          const result = await compute(context, tables, list, { ...known, run: options.run });
          await put(tables, result, options.announce);
          return result;
        });
    if (taken !== null) return taken;
  }
}

/**
 * Was a list recorded that had been read when this one was still to be asked for? Two lists that overlap in time may each be the
 * older one for some rows, and an older figure after a newer one would look like a reset. A record from the future means that
 * the clock was set back: it stops nothing.
 */
function isSuperseded(before: SnapshotRecord | null, bare: BareList, now: string): boolean {
  return before !== null && before.until > bare.at && before.until <= now;
}

const superseded: ListProblem = {
  code: 'list_superseded',
  message: 'Another run has read the panel later than this one; nothing was concluded from the older list.',
};

async function complete(
  context: ManagerContext,
  bare: BareList,
  ledger: readonly LedgerEntry[],
  { call }: TakeOptions,
): Promise<ObservedList | ListProblem> {
  const { client, clock, maxLookups, settings, store } = context;
  try {
    const list = await lookUpMissing(client, bare, { agents: await store.agents.all(), ledger, maxLookups, call });
    // Where only real traffic counts, a row without usage is nothing yet.
    if (settings.accounting !== 'allocated') return list;
    return await rereadHalfMade(client, list, new Set(ledger.map(({ key }) => key)), { clock, maxLookups, call });
  } catch (error) {
    if (!isPanelError(error)) throw error;
    return { code: error.code, message: error.message, cause: error };
  }
}

/** What was known when the list had been read. */
interface Known {
  ledger: readonly LedgerEntry[];
  before: SnapshotRecord | null;
  zeroings: readonly Zeroing[];
}

/** So long before the last list a zeroing may have been called that is written back only now. */
function earlier(at: string): string {
  return new Date(Date.parse(at) - WRITE_BACK_MS).toISOString();
}

type Tables = Pick<ManagerContext['store'], 'agents' | 'ledger' | 'disabled' | 'reservations' | 'snapshot'>;

async function compute(
  context: ManagerContext,
  tables: Tables,
  list: ObservedList,
  { ledger, before, zeroings, run }: Known & { run: string | null },
): Promise<TakenList> {
  const now = nowOf(context);
  const live = await tables.reservations.live();
  const recorded = recordList({
    settings: context.settings,
    list,
    now,
    periodNow: context.periodNow(),
    run,
    agents: await tables.agents.all(),
    ledger,
    reservations: live,
    since: { before, zeroings },
  });
  const ownerName = ownerNameOf(recorded.hierarchy);
  const changed = new Map(recorded.reservations.map((reservation) => [reservation.uuid, reservation]));
  return {
    list,
    recorded,
    disabled: await tables.disabled.open(),
    reservations: live.map((reservation) => changed.get(reservation.uuid) ?? reservation),
    snapshot: { at: list.at, until: now, users: list.users.length, admins: list.admins.length, ownerName },
    now,
  };
}

async function put(tables: Tables, { recorded, snapshot }: TakenList, announce: boolean): Promise<void> {
  const silent = new Map<string, number[]>();
  if (!announce) {
    for (const { agent, percent } of recorded.crossed) silent.set(agent, [...(silent.get(agent) ?? []), percent]);
  }
  const agents = [...recorded.agents.values()].map((agent) => {
    const unsaid = silent.get(agent.uuid);
    if (unsaid === undefined) return agent;
    return { ...agent, thresholds: agent.thresholds.filter((percent) => !unsaid.includes(percent)) };
  });
  await tables.agents.put(agents);
  await tables.ledger.put(recorded.ledger.changed);
  await tables.ledger.remove(recorded.ledger.removed);
  await tables.reservations.put(recorded.reservations);
  await tables.snapshot.put(snapshot);
}
