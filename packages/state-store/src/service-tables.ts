import type { NumberChange } from './ownership-change.js';
import type {
  OverrideRecord,
  OwnershipRecord,
  PushedUsageRecord,
  ResourcesRecord,
  ServiceChange,
  ServiceRecord,
  WriteBackRecord,
} from './records.js';

/** How many rows name a client. */
export interface ClientRows {
  /** Services that he has or had. */
  services: number;
  purchases: number;
  /** Bills of calls. */
  bills: number;
}

/** Services: who had them, their overrides and resources, and what the billing system has of them. */
export interface ServiceTables {
  services: {
    get(id: string): Promise<ServiceRecord | null>;
    /** Ordered by id. For pages of `limit`, set `after` to the last id of the previous page. */
    list(filter?: {
      panel?: string;
      product?: string;
      client?: string;
      ids?: string[];
      after?: string;
      limit?: number;
    }): Promise<ServiceRecord[]>;
    /** Number of the services that match. */
    count(filter: { panel?: string; product?: string; client?: string }): Promise<number>;
    /** Adds or replaces each by its id. For new services only; use `update` to change one. */
    put(records: ServiceRecord[]): Promise<void>;
    /**
     * Changes the named columns and keys of each row; all others stay. Returns the
     * changed services, in the order of the changes. Fails with `store_not_found` for an unknown id.
     */
    update(changes: ServiceChange[]): Promise<ServiceRecord[]>;
    /**
     * Names these services, and changes these keys of their fields; those that are gone are left out. A name decides nothing: the last
     * decisions count as made with it, and `updatedAt` stays.
     */
    call(changes: readonly (Pick<ServiceRecord, 'id' | 'name'> & Pick<ServiceChange, 'fields'>)[]): Promise<void>;
    /**
     * Deletes a service, which had its objects until `at`, with its overrides, cycles, samples, decisions, resources, pushed usage and write-back. Its purchases, ended holds,
     * actions, notices and API calls stay. Fails with `store_conflict` while it has an open hold or open evidence.
     */
    remove(id: string, at: string): Promise<void>;
    /** All ids, for suggestions. */
    ids(): Promise<string[]>;
    /** What people call these services, by id; those without a name are left out. */
    names(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
    /** The panels of all services, by name. */
    panels(): Promise<string[]>;
    /** The language of a client: that of the first of its services, by id, that states one; null where none does. */
    language(client: string): Promise<ServiceRecord['language']>;
  };
  /** Written with each change of a service; the rows of services that were removed stay. */
  ownership: {
    /** Of a panel, of these subjects of it, of a service, or of a client, in the order in which they began. */
    list(filter: {
      panel?: string;
      subjects?: string[];
      service?: string;
      client?: string;
      limit?: number;
    }): Promise<OwnershipRecord[]>;
    /** Stores that a service has a telephone number from now on, or has it no longer; nobody else has it then. */
    passNumber(change: NumberChange): Promise<void>;
  };
  clients: {
    /** The names of these clients by their services, by id; those without one are left out. */
    names(clients: readonly string[]): Promise<ReadonlyMap<string, string>>;
    /** How many rows outside of the local ledger name a client; links and preferences are not counted. */
    count(client: string): Promise<ClientRows>;
    /**
     * Stores what a client has and had as another one's, as if it had been that one's all along: services, ownership, purchases and bills of
     * calls. Returns how many there were. The local ledger, links and preferences stay.
     */
    merge(from: string, into: string): Promise<ClientRows>;
  };
  overrides: {
    /** At most one of each service, ordered by service. */
    open(services?: string[]): Promise<OverrideRecord[]>;
    /** Open and past, oldest first within a service. */
    all(service?: string): Promise<OverrideRecord[]>;
    /** Ends the service's open override and adds this one. */
    set(record: OverrideRecord): Promise<void>;
    /** Returns false if no override was open. */
    end(service: string, at: string): Promise<boolean>;
  };
  resources: {
    /** The resources of each of these services, ordered by service. */
    list(filter: { services: string[] }): Promise<ResourcesRecord[]>;
    /** Adds or replaces each by its service. */
    put(records: ResourcesRecord[]): Promise<void>;
  };
  pushedUsage: {
    /** Of these services, ordered by service. */
    list(filter: { services: string[] }): Promise<PushedUsageRecord[]>;
    /** Adds or replaces each by its service. */
    put(records: PushedUsageRecord[]): Promise<void>;
  };
  writeBacks: {
    /** Of these services, or all, ordered by service. */
    list(filter?: { services?: string[] }): Promise<WriteBackRecord[]>;
    /** Adds or replaces each by its service. */
    put(records: WriteBackRecord[]): Promise<void>;
    /** Deletes it, unless it was replaced since. */
    remove(record: Pick<WriteBackRecord, 'service' | 'at'>): Promise<void>;
  };
}
