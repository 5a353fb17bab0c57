import type { z } from 'zod';
import type { PanelErrorCode } from './errors.js';

/** The time that the transport goes by. Inject one to test waits without waiting. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** One attempt of one call, for the log. Every text in it is redacted. */
export interface CallEvent {
  /** When the attempt began: ISO 8601, UTC. */
  at: string;
  panel: string;
  /** The template of the call, e.g. `GET /api/v3/admin/ports/{id}`. */
  endpoint: string;
  method: string;
  /** Path and query, redacted. */
  path: string;
  /** `null` when no answer came. */
  status: number | null;
  /** What the answer's `Date` header (with its `Age`) says the panel's clock showed, milliseconds since 1970; `null` without one. */
  serverTime: number | null;
  durationMs: number;
  /** 1 for the first attempt. */
  attempt: number;
  ok: boolean;
  code: PanelErrorCode | null;
  message: string | null;
  requestBytes: number;
  responseBytes: number;
  tag: string | null;
  changing: boolean;
}

/** Milliseconds. */
export interface PanelTimeouts {
  /** Until the connection stands, proxy and TLS included. Default 5 s. */
  connectMs?: number;
  /** One attempt from its start to the last byte of the body. Default 30 s. */
  attemptMs?: number;
  /** All attempts and the waits between them; time in the queue does not count. Default 120 s. */
  totalMs?: number;
}

/** When and how long to wait before a harmless call is repeated. */
export interface PanelRetryOptions {
  /** Tries in all, the first included. Default 3. */
  attempts?: number;
  /** The wait before the second try; it doubles from there. Default 250 ms. */
  baseDelayMs?: number;
  /** No wait that we choose ourselves is longer. Default 10 s. */
  maxDelayMs?: number;
  /** A panel that asks for a longer wait (`Retry-After`) is not waited for: the call fails and says how long. Default 30 s. */
  maxRetryAfterMs?: number;
}

/** When a panel that fails is left alone, and for how long. */
export interface PanelBreakerOptions {
  /** Failures in a row that open the circuit. Default 5. */
  failures?: number;
  /** How long it stays open before one call may probe the panel. Default 30 s. */
  cooldownMs?: number;
}

/** Which certificates are accepted. Default: those that the system trusts, for the right name. */
export interface PanelTlsOptions {
  /** PEM text of the authority (or self-signed certificate) to trust instead of the system's list. */
  ca?: string;
  /** `false` accepts any certificate. An explicit choice of the operator, never a default. */
  rejectUnauthorized?: boolean;
  /** SHA-256 fingerprint of the panel's own certificate, hex, colons allowed: this certificate and no other, by any issuer. */
  pinSha256?: string;
}

/** A token for every request, or a function that makes the headers of each; values of credential headers are redacted. */
export type PanelAuth =
  | { bearer: string }
  | {
      headers: (request: { method: string; path: string }) => Record<string, string> | Promise<Record<string, string>>;
    };

/** What a panel's own words in an answer with a 2xx status amount to. */
export interface PanelFailure {
  code: PanelErrorCode;
  message: string;
  panelCode?: string | number;
  /** May a repeat help? Only calls that are harmless to repeat are repeated. Default no. */
  retry?: boolean;
}

/** The settings of one panel. Only `panel` and `baseUrl` are required; the README lists all defaults. */
export interface PanelHttpOptions {
  /** The panel's name in the configuration, for messages. */
  panel: string;
  /** No trailing slash; a path prefix is kept. See `normaliseBaseUrl`. */
  baseUrl: string;
  auth?: PanelAuth;
  /** Asked once per call after a refusal of the credentials. `true`: they were renewed, the call is repeated once. */
  onUnauthorized?: () => Promise<boolean>;
  headers?: Record<string, string>;
  /** Default `Sluice/<version>`. */
  userAgent?: string;
  timeouts?: PanelTimeouts;
  retry?: PanelRetryOptions;
  /** Calls in flight at once. Default 4. */
  concurrency?: number;
  /** Lower the concurrency on 429, 503 and clearly rising latency, raise it again when that is over. Default off. */
  adaptive?: boolean;
  /** Attempts started per second. Default unlimited. */
  requestsPerSecond?: number;
  breaker?: PanelBreakerOptions | false;
  tls?: PanelTlsOptions;
  /** `http`, `https`, `socks4`, `socks4a`, `socks5` or `socks5h` URL, credentials in it allowed. */
  proxy?: string;
  /** Bytes of a body after decompression. Default 64 MiB. */
  maxBodyBytes?: number;
  /** Values that may never appear in an event, error or message, in any common encoding. May grow while in use. */
  secrets?: string[];
  onCall?: (event: CallEvent) => void;
  clock?: Clock;
  /** A number in [0, 1). */
  random?: () => number;
  /** For panels that say no with HTTP 200: asked for every 2xx answer with a JSON body, also where text or a file is due. */
  failureIn?: (answer: { status: number; json: unknown }) => PanelFailure | null;
  /** For panels whose words tell more than the status: asked for every answer with an error status and a JSON body. Null: the status decides. */
  refusalIn?: (answer: { status: number; json: unknown }) => PanelFailure | null;
  /** Where the panel puts the text of its errors. Default: `error`, `message`, `detail`, `details`, `reason`, `msg`. */
  messageIn?: (json: unknown) => string | null;
}

/** One call. `T` is what the schema gives; without a schema nothing checks it. */
export interface PanelRequest<T> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with a slash; ids in it are already percent-encoded. */
  path: string;
  /** The template for messages, e.g. `POST /api/v3/client/services/{id}/bandwidth`. */
  endpoint: string;
  query?: Record<string, string | number | undefined>;
  json?: unknown;
  form?: Record<string, string>;
  headers?: Record<string, string>;
  /** Is a repeat harmless? Only such calls are retried. Default: GET yes, all others no. */
  idempotent?: boolean;
  /** Does the call change the panel? Default: GET no, all others yes. */
  changing?: boolean;
  /** Default `json`. `bytes` gives a `Buffer`, `file` a `PanelFile`. */
  accept?: 'json' | 'text' | 'bytes' | 'file';
  /** Accept an empty body where JSON is due; it reads as `null`. Default no. */
  allowEmpty?: boolean;
  /** Checks, and may transform, what was accepted. */
  schema?: z.ZodType<T>;
  /**
   * For answers too large to keep: asked once per attempt, gives a function that takes the body of a 2xx answer piece by piece
   * as it comes in. `body` is then an empty Buffer. What an attempt took that fails later is to be thrown away.
   */
  sink?: () => (chunk: Buffer) => void;
  timeouts?: PanelTimeouts;
  maxBodyBytes?: number;
  signal?: AbortSignal;
  /** E.g. the service's id, for the log. */
  tag?: string;
  /** `false` switches retries off for this call. */
  retryable?: boolean;
  /** `false`: no credentials are sent and none are renewed, e.g. for the login itself. Default yes. */
  auth?: boolean;
  /** Values of this call alone that may appear nowhere, e.g. the password of a login. */
  secrets?: string[];
}

/** A body that may be of several kinds, and the kind that the panel says it is. */
export interface PanelFile {
  /** In lower case, with parameters; empty when the panel says nothing. */
  contentType: string;
  bytes: Buffer;
}

/** A success: status 2xx, and a body that passed its schema. */
export interface PanelAnswer<T> {
  status: number;
  /** Names in lower case; a repeated header is joined by `, `. */
  headers: Record<string, string>;
  body: T;
  /** Of the last attempt. */
  durationMs: number;
  /** Milliseconds since 1970 UTC, by the injected clock. */
  receivedAt: number;
}

/** What the transport did and does. */
export interface PanelHttpStats {
  /** Calls asked for. */
  calls: number;
  /** Calls that ended with an error. */
  failures: number;
  /** Attempts beyond the first of each call. */
  retries: number;
  inFlight: number;
  waiting: number;
  /** Calls allowed in flight at the moment. */
  concurrency: number;
}

/** The transport to one panel, for any number of callers. */
export interface PanelHttp {
  /**
   * One call. Resolves with a checked answer; rejects with a `PanelError`, or with the signal's reason when the call was
   * cancelled before it could have changed anything.
   */
  request<T>(request: PanelRequest<T>): Promise<PanelAnswer<T>>;
  readonly stats: Readonly<PanelHttpStats>;
  /** Closes the connections. Calls in flight fail. */
  close(): void;
}
