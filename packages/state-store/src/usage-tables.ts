import type {
  CompliantEntry,
  CompliantRecord,
  CompliantText,
  ConfirmationRecord,
  CycleRecord,
  PurchaseRecord,
  SampleRecord,
} from './records.js';

/** Usage of services: their cycles and samples, and the packages bought for a cycle. */
export interface UsageTables {
  cycles: {
    /** The latest cycle of each existing service, ordered by service. */
    newest(services?: string[]): Promise<CycleRecord[]>;
    /** Oldest first. */
    ofService(service: string): Promise<CycleRecord[]>;
    /** Adds or replaces each by its id. */
    put(records: CycleRecord[]): Promise<void>;
    /** Deletes cycles that a wrong clock opened. Samples and purchases that name them stay. */
    remove(ids: string[]): Promise<void>;
  };
  samples: {
    /** A sample of the same service and time is replaced. */
    add(records: SampleRecord[]): Promise<void>;
    /** Oldest first, or the newest first; `limit` counts from that end. `from` and `to` are inclusive. */
    list(filter: {
      service: string;
      from?: string;
      to?: string;
      limit?: number;
      cycle?: string;
      newestFirst?: boolean;
    }): Promise<SampleRecord[]>;
    /**
     * The last sample in each of `parts` equal parts of a time, oldest first; reads no others. A sample that was confirmed
     * all along is there at the beginning and at the end of that time. `from` and `to` are inclusive.
     */
    spread(filter: {
      service: string;
      from: string;
      to: string;
      parts: number;
      cycle?: string | undefined;
    }): Promise<SampleRecord[]>;
  };
  confirmations: {
    /** The last sample of each of these services that can be confirmed on that panel, in any order. */
    samples(panel: string, services: string[]): Promise<SampleRecord[]>;
    /**
     * Extends the last sample, cycle and decision of `unchanged` services to `readAt`, as if written again with the new
     * run and times (including the member `at` of `counter` and `inputs.reading`). Only what was written by the run
     * whose `confirm` named the service in `written`, or confirmed by each run since, is extended: a write about the
     * service, or a `confirm` of the panel that does not name it, ends that.
     */
    confirm(
      request: Omit<ConfirmationRecord, 'resolution'> & {
        unchanged: string[];
        written: { service: string; at: string }[];
      },
    ): Promise<void>;
  };
  compliant: {
    /** A page of the services of a panel, ordered by id, with what a run of that scope found them compliant by at that time. */
    page(of: { panel: string; scope: string; at: string; after: string; limit: number }): Promise<CompliantEntry[]>;
    /** The rows of these services as they are, in any order; of those alone whose sample of that panel can be confirmed. */
    texts(panel: string, services: string[]): Promise<CompliantText[]>;
    /** The instant of the last confirmed reading of a panel; null without one. */
    confirmedAt(panel: string): Promise<string | null>;
    /** Adds or replaces each by its service and scope. */
    put(records: CompliantRecord[]): Promise<void>;
  };
  purchases: {
    /** Oldest first. */
    list(filter?: {
      service?: string;
      services?: string[];
      cycles?: string[];
      status?: PurchaseRecord['status'];
      key?: string;
      /** What the key begins with. */
      keyPrefix?: string;
      /** Only those paid at this instant or later. */
      paidSince?: string;
    }): Promise<PurchaseRecord[]>;
    get(id: string): Promise<PurchaseRecord | null>;
    /** Number of purchases that were ever paid, by actor, refunded ones included. */
    countPaid(): Promise<Record<PurchaseRecord['actor'], number>>;
    /** Returns false, and changes nothing, when the key exists. */
    add(record: PurchaseRecord): Promise<boolean>;
    update(
      id: string,
      change: Partial<
        Pick<PurchaseRecord, 'status' | 'invoice' | 'paidAt' | 'refundedAt' | 'refundSentAt' | 'cycle' | 'charged'>
      >,
    ): Promise<void>;
  };
}
