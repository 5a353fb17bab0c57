import type { PanelHttpOptions } from '@sluice/panel-http';

/** The unit of the panel's bandwidth answers, 1024-based. */
export type BandwidthUnit = 'bytes' | 'KB' | 'MB' | 'GB';

/** Settings of one EasyDCIM panel. */
export interface EasyDcimOptions extends Pick<
  PanelHttpOptions,
  | 'panel'
  | 'timeouts'
  | 'retry'
  | 'concurrency'
  | 'adaptive'
  | 'requestsPerSecond'
  | 'admit'
  | 'breaker'
  | 'tls'
  | 'proxy'
  | 'maxBodyBytes'
  | 'onCall'
  | 'clock'
  | 'random'
> {
  /** Address of the panel; a pasted `/backend` or `/api/v3` is removed. */
  baseUrl: string;
  /** Accept a plain `http` address. Default false. */
  allowHttp?: boolean;
  token: string;
  /** IANA name of the panel's zone: it reads `startDate` and `endDate` as local text. */
  timeZone: string;
  /** Unit of the panel's bandwidth answers. Default bytes. The v2 names (`BW_IN`, ...) are refused unless a unit is set. */
  units?: BandwidthUnit;
  /** Sent as `units` with each bandwidth request, for example `MB`. Default: not sent. */
  requestUnits?: string;
  /** Form of the dates in graph requests. Default text. */
  graphDates?: 'text' | 'unix';
  /** `swapped` exchanges in and out. Default normal. */
  trafficDirection?: 'normal' | 'swapped';
  /** The EasyDCIM user (numeric id, or e-mail on newer panels) on whose behalf client calls are made. Default none. */
  impersonate?: string | null;
  /** Repeat a read once without impersonation where that was refused. Default false. */
  impersonateFallback?: boolean;
  /** Matches the names of management ports. Default iLO, iDRAC, BMC, IPMI, mgmt, management, KVM. */
  managementPorts?: RegExp;
  /** A POST without content sends `{}`. Default true. */
  sendEmptyBody?: boolean;
}

/** Options of every call. */
export interface CallOptions {
  /** Replaces the client's setting; `null` for none. Sent only with calls under `/client/`. */
  impersonate?: string | null;
  /** For the call log, for example the service's id. */
  tag?: string;
  signal?: AbortSignal;
}

/** A half-open window `[start, end)` of ISO 8601 instants in UTC. */
export interface Window {
  start: string;
  end: string;
}

/** A defect of a usable reading. */
export interface BandwidthWarning {
  /** `total_mismatch`: the panel's total is more than 1 % off the sum of its parts. */
  code: 'total_mismatch';
  message: string;
}

/** Traffic of a service in a window. `null` is unknown, never zero. */
export interface BandwidthReading {
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
  warnings: BandwidthWarning[];
  /** The sorted key paths of the answer, without values: a fingerprint of its shape. */
  shape: string[];
  /** The figures as the panel sent them, without the rest of its answer. */
  raw: unknown;
  /** The user on whose behalf it was read. */
  impersonated: string | null;
  /** Whether it was read without impersonation after that was refused. */
  fallback: boolean;
}

/** A port of a server, or of the switch on its other side (docs/panels/easydcim.md, 2.2 and 2.3). */
export interface Port {
  id: string;
  name: string;
  description: string | null;
  /** Whether the port is switched on; `null` where the panel does not show it. */
  adminEnabled: boolean | null;
  /** Whether the port has a link, whatever the reason. */
  linkUp: boolean | null;
  management: boolean;
  speedBitsPerSecond: number | null;
  /** Window and unit are undocumented: for display only. */
  trafficBytes: number | null;
  /** The server (item) that the port belongs to. */
  itemId: string | null;
  connectedPort: { id: string | null; name: string | null } | null;
  connectedItem: { id: string | null; label: string | null } | null;
  shape: string[];
}

/** An order and the state of its service (docs/panels/easydcim.md, 2.6). */
export interface Order {
  id: string;
  serviceId: string | null;
  serverId: string | null;
  /** What the panel calls the server; `null` where that is only its id (`srv-163`), or is not shown. */
  serverLabel: string | null;
  /** The service's status as the panel words it, else the order's; empty where there is none. */
  status: string;
  /** `null` where the status does not show it. */
  suspended: boolean | null;
  /** A locked device refuses to be suspended or released. */
  locked: boolean | null;
  clientEmail: string | null;
  shape: string[];
}

/** A service as the panel shows it to its owner (docs/panels/easydcim.md, 2.7). */
export interface PanelService {
  id: string;
  orderId: string | null;
  serverId: string | null;
  /** As that of an order. */
  serverLabel: string | null;
  status: string | null;
  addresses: string[];
  clientEmail: string | null;
  shape: string[];
}

/** A graph, in the form that the panel sends (docs/panels/easydcim.md, 2.9). */
export type GraphExport =
  | { kind: 'series'; labels: string[]; series: { name: string; values: (number | null)[] }[]; shape: string[] }
  | { kind: 'png'; bytes: Uint8Array }
  | { kind: 'csv'; text: string };

/** A client of one EasyDCIM panel. Every call rejects with the errors of `@sluice/panel-http`. */
export interface EasyDcimClient extends Disposable {
  readonly panel: string;
  /** Warnings about the address: plain http, an ending of v2. */
  readonly warnings: string[];
  /**
   * Reads the traffic of a service in a window; pass the earlier of now and the cycle's end. `PanelUnreadableError` for an answer
   * without recognisable figures (docs/panels/easydcim.md, 2.1).
   */
  bandwidth(serviceId: string, window: Window, options?: CallOptions): Promise<BandwidthReading>;
  ports: {
    /** Yields all ports of a service, page by page (docs/panels/easydcim.md, 2.2). */
    list(serviceId: string, options?: CallOptions): AsyncIterable<Port>;
    /** Reads one port (docs/panels/easydcim.md, 2.3). */
    get(portId: string, options?: CallOptions): Promise<Port>;
    /** Makes one call and never repeats it; read back with `get` (docs/panels/easydcim.md, 2.4). */
    disable(portId: string, options?: CallOptions): Promise<void>;
    enable(portId: string, options?: CallOptions): Promise<void>;
    /** Lists the ports of a server by a query that this panel supports; for diagnosis only (docs/panels/easydcim.md, 2.8). */
    listByServer(serverId: string, options?: CallOptions): Promise<{ ports: Port[]; via: string }>;
  };
  orders: {
    get(orderId: string, options?: CallOptions): Promise<Order>;
    list(options?: CallOptions): AsyncIterable<Order>;
    /** Makes one call and never repeats it; read back with `get` (docs/panels/easydcim.md, 2.5). */
    suspend(orderId: string, options?: CallOptions): Promise<void>;
    unsuspend(orderId: string, options?: CallOptions): Promise<void>;
  };
  services: {
    list(options?: CallOptions): AsyncIterable<PanelService>;
    get(serviceId: string, options?: CallOptions): Promise<PanelService>;
  };
  graphs: {
    /** Reads a graph for display: the unit of the series is unknown (docs/panels/easydcim.md, 2.9). */
    export(serviceId: string, request: Window & { raw?: boolean }, options?: CallOptions): Promise<GraphExport>;
  };
  /** Tests address and token; rejects for wrong credentials (docs/panels/easydcim.md, 2.10). */
  probe(options?: CallOptions): Promise<{ ok: true; endpoint: string }>;
  /** Returns a token for credentials. The client continues to use its own token. */
  login(credentials: { email: string; password: string; deviceName: string }): Promise<string>;
  /** Closes the connections. */
  close(): void;
}
