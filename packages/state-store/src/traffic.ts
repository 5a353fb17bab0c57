/** What sums of traffic are of: each service, or all of a panel, a product or a client. */
export const TRAFFIC_GROUPS = ['service', 'panel', 'product', 'client'] as const;
/** One of `TRAFFIC_GROUPS`. */
export type TrafficGroup = (typeof TRAFFIC_GROUPS)[number];

/** Which sums are asked for; all conditions apply. */
export interface TrafficRequest {
  by: TrafficGroup;
  /** ISO 8601 UTC; null: the newest cycle of each service, from its start on. */
  from: string | null;
  /** Now, ISO 8601 UTC. */
  to: string;
  panel?: string | undefined;
  product?: string | undefined;
  client?: string | undefined;
  /** Panels whose services are in no sum. */
  except?: readonly string[];
  limit: number;
}

/** Traffic of services, in bytes; null where it is known of none of them. */
export interface TrafficSum {
  services: number;
  /** Services of which no reading in the time is known: their traffic is not part of the sums. */
  unknown: number;
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
  /** The sum of the mean rates of its services, each over the time that is known of it. */
  bitsPerSecond: number | null;
}

/** A sum with what it is of. */
export interface TrafficRow extends TrafficSum {
  /** Id of the service, name of the panel or product, or id of the client; null for services without a client. */
  key: string | null;
  /** Name of the service or client. */
  name: string | null;
}

/** A reading of a service. */
export interface TrafficReading {
  service: string;
  /** ISO 8601 UTC. */
  at: string;
  inBytes: number | null;
  outBytes: number | null;
  /** Both together where the panel shows no other. */
  totalBytes: number | null;
}

/** Sums of traffic, computed from stored usage. */
export interface TrafficTables {
  traffic: {
    /** The largest sums by all directions together, largest first, then those of which nothing is known; how many there are, and the sum of all. */
    sums(request: TrafficRequest): Promise<{ rows: TrafficRow[]; groups: number; total: TrafficSum }>;
    /**
     * The readings of services that traffic between each two of the bounds (ISO 8601 UTC, ascending) is computed from, by service and time:
     * the last one until each bound, the first one after it, and the last one of each cycle. Reads no others. `cycles` are those of the time,
     * at whose start usage was zero.
     */
    readings(request: {
      services: string[];
      bounds: string[];
    }): Promise<{ readings: TrafficReading[]; cycles: { service: string; start: string }[] }>;
  };
}
