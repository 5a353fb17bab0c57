import type { PanelHttpOptions } from '@sluice/panel-http';

/** The unit in which the panel answers a bandwidth question, 1024-based. */
export type BandwidthUnit = 'bytes' | 'KB' | 'MB' | 'GB';

/** The settings of one EasyDCIM panel; the README lists all defaults. */
export interface EasyDcimOptions extends Pick<
  PanelHttpOptions,
  | 'panel'
  | 'timeouts'
  | 'retry'
  | 'concurrency'
  | 'adaptive'
  | 'requestsPerSecond'
  | 'breaker'
  | 'tls'
  | 'proxy'
  | 'maxBodyBytes'
  | 'onCall'
  | 'clock'
  | 'random'
> {
  /** As the operator has it: a pasted `/backend` or `/api/v3` is left off. */
  baseUrl: string;
  /** Accept a plain `http` address. Default no. */
  allowHttp?: boolean;
  token: string;
  /** IANA name, of the panel: it reads `startDate` and `endDate` as local text. */
  timeZone: string;
  /** Of the panel's bandwidth answers. Default bytes. The v2 names (`BW_IN`, ...) are refused unless a unit is stated. */
  units?: BandwidthUnit;
  /** Sent as `units` with each bandwidth question when set, e.g. `MB`. */
  requestUnits?: string;
  /** How graph requests state their dates. Default text. */
  graphDates?: 'text' | 'unix';
  /** `swapped`: what the panel calls in is out. Default normal. */
  trafficDirection?: 'normal' | 'swapped';
  /** The EasyDCIM user (numeric id, or e-mail on newer panels) on whose behalf client calls are made. Default nobody. */
  impersonate?: string | null;
  /** Repeat a read once without impersonation when that was what failed. Default no. */
  impersonateFallback?: boolean;
  /** Names of ports that are management ports. Default iLO, iDRAC, BMC, IPMI, mgmt, management, KVM. */
  managementPorts?: RegExp;
  /** A POST without content sends `{}`. Default yes. */
  sendEmptyBody?: boolean;
}

/** What every call takes beside its own arguments. */
export interface CallOptions {
  /** Instead of the client's own setting; `null` for nobody. Only calls under `/client/` carry it. */
  impersonate?: string | null;
  /** For the call log, e.g. the service's id. */
  tag?: string;
  signal?: AbortSignal;
}

/** Half open, `[start, end)`, as ISO 8601 instants in UTC. */
export interface Window {
  start: string;
  end: string;
}

/** Something odd about a reading that can be used all the same. */
export interface BandwidthWarning {
  /** `total_mismatch`: the panel's total is more than 1 % off the sum of its parts. */
  code: 'total_mismatch';
  message: string;
}

/** What a service moved inside a window. `null` is unknown, never zero. */
export interface BandwidthReading {
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
  warnings: BandwidthWarning[];
  /** The sorted key paths of the answer, without values: a fingerprint of its shape. */
  shape: string[];
  /** The figures under the names and in the form that the panel gave them, and nothing else of its answer. */
  raw: unknown;
  /** The user on whose behalf it was read. */
  impersonated: string | null;
  /** Read without impersonation after it was refused. */
  fallback: boolean;
}

/** A port of a server, or of the switch on its other side (docs/panels/easydcim.md, 2.2 and 2.3). */
export interface Port {
  id: string;
  name: string;
  description: string | null;
  /** Did somebody switch the port on or off? `null`: the panel does not say. */
  adminEnabled: boolean | null;
  /** Is there a link? Says nothing about who took it away. */
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

/** An order, and what it tells of its service (docs/panels/easydcim.md, 2.6). */
export interface Order {
  id: string;
  serviceId: string | null;
  serverId: string | null;
  /** The panel's words: the service's status where there is one, else the order's. Empty when it gives none. */
  status: string;
  /** `null`: cannot be told from the words. */
  suspended: boolean | null;
  /** A locked device refuses to be suspended or released. */
  locked: boolean | null;
  clientEmail: string | null;
  shape: string[];
}

/** A service as its owner sees it (docs/panels/easydcim.md, 2.7). */
export interface PanelService {
  id: string;
  orderId: string | null;
  serverId: string | null;
  status: string | null;
  addresses: string[];
  clientEmail: string | null;
  shape: string[];
}

/** A graph, in whichever form the panel gives it (docs/panels/easydcim.md, 2.9). */
export type GraphExport =
  | { kind: 'series'; labels: string[]; series: { name: string; values: (number | null)[] }[]; shape: string[] }
  | { kind: 'png'; bytes: Uint8Array }
  | { kind: 'csv'; text: string };

/** A client of one EasyDCIM panel. Every call rejects with the errors of `@sluice/panel-http`. */
export interface EasyDcimClient {
  readonly panel: string;
  /** What the operator should know about the address: plain http, a v2 tail. */
  readonly warnings: string[];
  /**
   * Traffic of a service in a window. The end is exclusive: the panel is asked up to one second before it. Never asks beyond
   * what the caller passes, so pass the earlier of now and the cycle's end. `PanelUnreadableError` for an answer without
   * recognisable figures (docs/panels/easydcim.md, 2.1).
   */
  bandwidth(serviceId: string, window: Window, options?: CallOptions): Promise<BandwidthReading>;
  ports: {
    /** All pages of a service's ports (docs/panels/easydcim.md, 2.2). */
    list(serviceId: string, options?: CallOptions): AsyncIterable<Port>;
    /** One port, for the state before a change and after it (docs/panels/easydcim.md, 2.3). */
    get(portId: string, options?: CallOptions): Promise<Port>;
    /** One call, never repeated by itself; read back with `get` (docs/panels/easydcim.md, 2.4). */
    disable(portId: string, options?: CallOptions): Promise<void>;
    enable(portId: string, options?: CallOptions): Promise<void>;
    /** Ports of a server by whichever look-up this panel offers; for diagnosis only (docs/panels/easydcim.md, 2.8). */
    ofServer(serverId: string, options?: CallOptions): Promise<{ ports: Port[]; via: string }>;
  };
  orders: {
    get(orderId: string, options?: CallOptions): Promise<Order>;
    list(options?: CallOptions): AsyncIterable<Order>;
    /** One call, never repeated by itself; read back with `get` (docs/panels/easydcim.md, 2.5). */
    suspend(orderId: string, options?: CallOptions): Promise<void>;
    unsuspend(orderId: string, options?: CallOptions): Promise<void>;
  };
  services: {
    list(options?: CallOptions): AsyncIterable<PanelService>;
    get(serviceId: string, options?: CallOptions): Promise<PanelService>;
  };
  graphs: {
    /** For eyes only: the unit of the series is unknown (docs/panels/easydcim.md, 2.9). */
    export(serviceId: string, request: Window & { raw?: boolean }, options?: CallOptions): Promise<GraphExport>;
  };
  /** Are address and token good? Wrong credentials are a failure (docs/panels/easydcim.md, 2.10). */
  probe(options?: CallOptions): Promise<{ ok: true; endpoint: string }>;
  /** Trades credentials for a token. The client goes on with the token that it was made with. */
  login(credentials: { email: string; password: string; deviceName: string }): Promise<string>;
  /** Closes the connections. */
  close(): void;
}
