import type { AgentTrafficStore, AgentTrafficTables } from '@sluice/hiddify-agent-traffic/account';
import type { AgentTables, HeldLease, StateStore, StoreTables } from '@sluice/state-store';

/** What the writes of a manager rest on. */
export interface AgentStoreOptions {
  /** Leases: with one of them lost, nothing is written any more. */
  leases?: (() => HeldLease[]) | undefined;
  /** Called before each write; throws where nothing may be concluded any more. */
  guard?: (() => void) | undefined;
  /** Called in the transaction of a write that opens holds; throws `StepsStopped` where none may be begun. */
  mayBegin?: ((tables: StoreTables) => Promise<void>) | undefined;
}

/** The memory of an agent traffic manager in the state store, for one panel. */
export function agentTrafficStore(
  store: AgentTables & Pick<StateStore, 'write'>,
  panel: string,
  { leases, guard, mayBegin }: AgentStoreOptions = {},
): AgentTrafficStore {
  return {
    ...tablesOf(store, panel),
    async write(work, purpose) {
      guard?.();
      return store.write(
        async (tables) => {
          if (purpose === 'begin') await mayBegin?.(tables);
          return work(tablesOf(tables, panel));
        },
        { fences: leases?.() ?? [] },
      );
    },
  };
}

type Tables = AgentTrafficTables;

function tablesOf(store: AgentTables, panel: string): AgentTrafficTables {
  const own = <T extends object>(records: readonly T[]): (T & { panel: string })[] =>
    records.map((record) => ({ ...record, panel }));
  return {
    agents: {
      all: async () => (await store.agents.list(panel)) as Awaited<ReturnType<Tables['agents']['all']>>,
      put: (records) => store.agents.put(own(records)),
    },
    ledger: {
      all: () => store.agentUsers.list({ panel }),
      get: (keys) => store.agentUsers.list({ panel, keys }),
      put: (entries) => store.agentUsers.put(own(entries)),
      remove: (keys) => store.agentUsers.remove(panel, keys),
    },
    disabled: {
      open: () => store.agentDisabled.open(panel),
      list: (filter) => store.agentDisabled.list({ panel, ...filter }),
      put: (records) => store.agentDisabled.put(own(records)),
    },
    reservations: {
      live: async () =>
        (await store.agentReservations.live(panel)) as Awaited<ReturnType<Tables['reservations']['live']>>,
      get: async (uuid) =>
        (await store.agentReservations.get(panel, uuid)) as Awaited<ReturnType<Tables['reservations']['get']>>,
      put: (records) => store.agentReservations.put(own(records)),
    },
    snapshot: {
      get: () => store.agentSnapshots.get(panel),
      put: (record) => store.agentSnapshots.put({ ...record, panel }),
    },
  };
}
