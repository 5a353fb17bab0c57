import type { AgentRecord, DisabledUserRecord, LedgerEntry, ReservationRecord, SnapshotRecord } from './records.js';
import type { AgentTrafficStore, AgentTrafficTables } from './store.js';

interface Contents {
  agents: Map<string, AgentRecord>;
  ledger: Map<string, LedgerEntry>;
  disabled: Map<string, DisabledUserRecord>;
  reservations: Map<string, ReservationRecord>;
  snapshot: SnapshotRecord | null;
}

/**
 * An `AgentTrafficStore` that forgets everything with the process: for tests, for trying things out, and as an example of what
 * an implementation has to promise. Writes run one after the other and are undone as a whole when they fail.
 */
export class MemoryAgentTrafficStore implements AgentTrafficStore {
  #contents: Contents = {
    agents: new Map(),
    ledger: new Map(),
    disabled: new Map(),
    reservations: new Map(),
    snapshot: null,
  };
  #last: Promise<unknown> = Promise.resolve();
  readonly #outside = tablesOver(() => this.#contents);

  get agents(): AgentTrafficTables['agents'] {
    return readOnly(this.#outside.agents);
  }

  get ledger(): AgentTrafficTables['ledger'] {
    return readOnly(this.#outside.ledger);
  }

  get disabled(): AgentTrafficTables['disabled'] {
    return readOnly(this.#outside.disabled);
  }

  get reservations(): AgentTrafficTables['reservations'] {
    return readOnly(this.#outside.reservations);
  }

  get snapshot(): AgentTrafficTables['snapshot'] {
    return readOnly(this.#outside.snapshot);
  }

  async write<T>(work: (tables: AgentTrafficTables) => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      // Records are replaced and never changed in place, so copies of the maps are a copy of everything.
      const draft: Contents = {
        agents: new Map(this.#contents.agents),
        ledger: new Map(this.#contents.ledger),
        disabled: new Map(this.#contents.disabled),
        reservations: new Map(this.#contents.reservations),
        snapshot: this.#contents.snapshot,
      };
      const result = await work(tablesOver(() => draft));
      this.#contents = draft;
      return result;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function tablesOver(contents: () => Contents): AgentTrafficTables {
  return {
    agents: {
      all: () => Promise.resolve([...contents().agents.values()]),
      put: (records) => putAll(contents().agents, records, ({ uuid }) => uuid),
    },
    ledger: {
      all: () => Promise.resolve([...contents().ledger.values()]),
      get: (keys) => Promise.resolve(keys.flatMap((key) => contents().ledger.get(key) ?? [])),
      put: (entries) => putAll(contents().ledger, entries, ({ key }) => key),
      remove: (keys) => {
        for (const key of keys) contents().ledger.delete(key);
        return Promise.resolve();
      },
    },
    disabled: {
      open: () => Promise.resolve([...contents().disabled.values()].filter(({ settledAt }) => settledAt === null)),
      list: ({ agent, uuid, limit = 1000 }) =>
        Promise.resolve(
          [...contents().disabled.values()]
            .filter((record) => (agent ?? record.agent) === record.agent && (uuid ?? record.uuid) === record.uuid)
            .reverse()
            .slice(0, limit),
        ),
      put: (records) => putAll(contents().disabled, records, ({ id }) => id),
    },
    reservations: {
      live: () => Promise.resolve([...contents().reservations.values()].filter(({ state }) => state !== 'closed')),
      get: (uuid) => Promise.resolve(contents().reservations.get(uuid) ?? null),
      put: (records) => putAll(contents().reservations, records, ({ uuid }) => uuid),
    },
    snapshot: {
      get: () => Promise.resolve(contents().snapshot),
      put: (record) => {
        contents().snapshot = record;
        return Promise.resolve();
      },
    },
  };
}

function putAll<T>(map: Map<string, T>, records: T[], keyOf: (record: T) => string): Promise<void> {
  for (const record of records) map.set(keyOf(record), record);
  return Promise.resolve();
}

function readOnly<T extends object>(table: T): T {
  const refuse = (): Promise<never> => Promise.reject(new TypeError('Changes are made inside write().'));
  return { ...table, put: refuse, remove: refuse };
}
