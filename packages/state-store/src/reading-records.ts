/** The `service` of the row with the next reading of the lists of a panel. */
export const LISTS = '';

/** When a service is read next, or the lists of a panel. */
export interface NextReadingRecord {
  panel: string;
  /** `LISTS` for the lists of the panel. */
  service: string;
  /** Instant; `9999-12-31T00:00:00.000Z` where no time makes it due. */
  dueAt: string;
  /** Code of what makes it due then. */
  reason: string;
  /** What the reason is about: small plain JSON. */
  details: unknown;
  /** When that was computed. */
  at: string;
  /** Digest of the config and the switches that it was computed with. */
  basis: string;
  /** From 0 to 999: how much earlier than at the latest instant it is read, so that not all are read at once. */
  spread: number;
  /** Highest rate that was seen lately, in bytes per second; null before two readings. */
  rate: number | null;
  /** Counts the changes of what it was computed from: a row that was changed since it was read is not replaced. */
  version: number;
}

/** A service that may have to be read. */
export interface DueReading {
  service: string;
  /** Null for a service that was never planned. */
  row: NextReadingRecord | null;
}

/**
 * When readings are due. Only runs that read what is due plan here; changes of a service, and runs that read it otherwise, make its row
 * due at once.
 */
export interface ReadingTables {
  nextReadings: {
    /** The rows of these services, or of the lists of a panel (`services: ['']`), ordered by service. */
    list(filter: { panel: string; services: readonly string[] }): Promise<NextReadingRecord[]>;
    /**
     * The services of a panel that are due by `now`, were changed, were never planned, or were planned with another `basis`, or later
     * than `now` by a clock that was ahead; those that are due first come first.
     */
    due(filter: { panel: string; now: string; basis: string }): Promise<DueReading[]>;
    /** The service of a panel that is due first; null where no row is. */
    first(panel: string): Promise<NextReadingRecord | null>;
    /** Adds rows, or replaces those of the same version. */
    put(records: readonly NextReadingRecord[]): Promise<void>;
    /**
     * Makes the rows of a panel due at once, of its services and of its lists, or those of one service and of the lists: they are planned
     * again from what is stored by then.
     */
    change(filter: { panel: string; service: string | null }): Promise<void>;
    /** Deletes the rows of a panel, of its services and of its lists. */
    clear(panel: string): Promise<void>;
  };
}
