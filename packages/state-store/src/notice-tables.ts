import type {
  AlarmRecord,
  ClientAddressRecord,
  ClientNoticeRecord,
  ConditionRecord,
  DeliveryRecord,
  DeliveryState,
  NoticeRecord,
} from './notice-records.js';

/** Notices, their deliveries, and what lasts over several runs. */
export interface NoticeTables {
  notices: {
    /** Returns the notices whose key was new. */
    add(records: NoticeRecord[]): Promise<NoticeRecord[]>;
    /** Oldest first, or the newest first; `limit` counts from that end. */
    list(filter?: {
      run?: string;
      service?: string;
      since?: string;
      limit?: number;
      newestFirst?: boolean;
    }): Promise<NoticeRecord[]>;
    has(key: string): Promise<boolean>;
    /** Returns those of these keys that notices have. */
    known(keys: readonly string[]): Promise<string[]>;
  };
  deliveries: {
    /** A second delivery of a notice to a channel is not written. */
    add(records: DeliveryRecord[]): Promise<void>;
    /** Pending deliveries of a channel that are due, with their notices: the longest due first, then those due from `latest` on. */
    due(filter: {
      channel: string;
      now: string;
      latest?: string;
      limit: number;
    }): Promise<{ delivery: DeliveryRecord; notice: NoticeRecord }[]>;
    /** Newest first, with their notices. */
    list(filter?: {
      state?: DeliveryState;
      limit?: number;
    }): Promise<{ delivery: DeliveryRecord; notice: NoticeRecord }[]>;
    /** Number of deliveries that are pending or were given up, by channel. */
    counts(): Promise<{ channel: string; state: Exclude<DeliveryState, 'sent'>; count: number }[]>;
    /** Changes a pending delivery; returns false, and changes nothing, for another one. */
    update(
      id: string,
      change: Partial<Pick<DeliveryRecord, 'state' | 'attempts' | 'nextAt' | 'lastError' | 'sentAt'>>,
    ): Promise<boolean>;
    /** Removes a pending delivery, whose reader does not want it any more. Returns false for another one. */
    drop(id: string): Promise<boolean>;
  };
  clientNotices: {
    /** What these readers have chosen, ordered by reader and event. */
    list(readers: readonly string[]): Promise<ClientNoticeRecord[]>;
    /** Adds or replaces choices. */
    put(records: readonly ClientNoticeRecord[]): Promise<void>;
    /** Removes what a reader has chosen. */
    remove(reader: string): Promise<void>;
  };
  clientAddresses: {
    /** The addresses of these readers, ordered by reader. */
    list(readers: readonly string[]): Promise<ClientAddressRecord[]>;
    /** The record whose confirmation has a token with this hash; null for none. */
    findAsked(hash: string): Promise<ClientAddressRecord | null>;
    /** Adds or replaces the record of a reader. */
    put(record: ClientAddressRecord): Promise<void>;
    /** Returns false if there was none. */
    remove(reader: string): Promise<boolean>;
  };
  alarms: {
    get(id: string): Promise<AlarmRecord | null>;
    /** The oldest first. */
    list(filter?: { services?: readonly string[]; panel?: string }): Promise<AlarmRecord[]>;
    /** Adds or replaces alarms. */
    put(records: readonly AlarmRecord[]): Promise<void>;
    /** Ends alarms; a notice with the key of theirs is new again, unless another alarm of the service has the same code. */
    remove(ids: readonly string[]): Promise<void>;
  };
  conditions: {
    get(key: string): Promise<ConditionRecord | null>;
    /** Those whose key begins with this text, ordered by key. */
    list(prefix: string): Promise<ConditionRecord[]>;
    /** Adds or replaces the condition. */
    put(record: ConditionRecord): Promise<void>;
    /** Returns false if there was none. */
    end(key: string): Promise<boolean>;
  };
}
