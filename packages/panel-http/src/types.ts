import type { z } from 'zod';
import type { ZodMiniType } from 'zod/mini';
import type { PanelErrorCode, PanelErrorField } from './errors.js';

/** The clock of the transport. Inject one to test waits without waiting. */
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
  /** The panel's clock by the `Date` header (with its `Age`), milliseconds since 1970; `null` without one. */
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
  /** Opening the connection, proxy and TLS included. Default 5 s. */
  connectMs?: number;
  /** One attempt from its start to the last byte of the body. Default 30 s. */
  attemptMs?: number;
  /** All attempts and the waits between them; time in the queue does not count. Default 120 s. */
  totalMs?: number;
}

/** When and how long to wait before a harmless call is repeated. */
export interface PanelRetryOptions {
  /** Attempts, the first included. Default 3. */
  attempts?: number;
  /** The wait before the second attempt; it doubles from there. Default 250 ms. */
  baseDelayMs?: number;
  /** The longest wait without `Retry-After`. Default 10 s. */
  maxDelayMs?: number;
  /** The longest wait that `Retry-After` may ask for; after a longer one the call fails with `retryAfterMs`. Default 30 s. */
  maxRetryAfterMs?: number;
}

/** When calls to a failing panel stop, and for how long. */
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
  /** `false` accepts any certificate. */
  rejectUnauthorized?: boolean;
  /** SHA-256 fingerprint of the only accepted certificate, in hex, colons allowed. Its issuer does not matter. */
  pinSha256?: string;
}

/** A token for every request, or a function that returns the headers of each; values of credential headers are redacted. */
export type PanelAuth =
  | { bearer: string }
  | {
      headers: (request: { method: string; path: string }) => Record<string, string> | Promise<Record<string, string>>;
    };

/** The meaning of an answer, by the panel's own words. */
export interface PanelFailure {
  code: PanelErrorCode;
  message: string;
  panelCode?: string | number;
  /** What to do, where the usual remedy of the code does not fit. */
  remedy?: string;
  /** A repeat may help. Only calls that are harmless to repeat are repeated. Default no. */
  retry?: boolean;
  /** The change may have been made although the answer refuses it. Default: only after an answer that can't be used. */
  outcomeUnknown?: boolean;
  /** The invalid fields. Default: those of `errors` in the JSON of the answer. */
  fields?: PanelErrorField[];
}

/** An answer with any status, before it is read. */
export interface PanelReply {
  status: number;
  /** In lower case, with parameters; empty without the header. */
  contentType: string;
  text: string;
  /** Absent when the body is not JSON. */
  json?: unknown;
}

/** What one attempt sends in addition to the request. */
export interface PanelAttempt {
  body?: string;
  headers?: Record<string, string>;
}

/** The settings of one panel. Only `panel` and `baseUrl` are required; the README lists all defaults. */
export interface PanelHttpOptions {
  /** The panel's name in the configuration, for messages. */
  panel: string;
  /** No trailing slash; a path prefix is kept. See `normaliseBaseUrl`. */
  baseUrl: string;
  auth?: PanelAuth;
  /** Called once per call after a refusal of the credentials. `true`: they were renewed, and the call is repeated once. */
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
  /**
   * Awaited before each attempt, such as for a rate that several processes share, and again where the panel asked for a pause meanwhile. A
   * call fails with what it throws. Default none.
   */
  admit?: (signal: AbortSignal | undefined) => Promise<void>;
  /** Milliseconds between the starts of two attempts. Replaces `requestsPerSecond`. Default none. */
  minIntervalMs?: number;
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
  /** For panels that refuse with HTTP 200: called for every 2xx answer with a JSON body, also where text or a file was requested. */
  failureIn?: (answer: { status: number; json: unknown }) => PanelFailure | null;
  /** For panels whose texts state more than the status: called for every answer with an error status and a JSON body. Null: the status decides. */
  refusalIn?: (answer: { status: number; json: unknown }) => PanelFailure | null;
  /** For panels whose texts state more than the status: called for every answer with 4xx or 5xx and a JSON body; `true`: it is a success. */
  successIn?: (answer: { status: number; json: unknown }) => boolean;
  /** Numbers in JSON that a double can't hold as they came (`0.10`, `1.0e-5`) become their text. Default no. */
  exactNumbers?: boolean;
  /** Returns the text of an error. Default: `error`, `message`, `detail`, `details`, `reason` or `msg`. */
  messageIn?: (json: unknown) => string | null;
}

/** One call. `T` is the output of the schema; without a schema it is not checked. */
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
  /** Called for each attempt: a body with its exact bytes, headers that must be new each time, e.g. a signature. */
  perAttempt?: () => PanelAttempt;
  /**
   * Decides what the answer to this call means, whatever its status; redirects and bodies that a sink received excepted. `success`: its
   * body is read; null: the options and the status decide.
   */
  outcomeIn?: (reply: PanelReply) => PanelFailure | 'success' | null;
  /** A repeat is harmless. Only such calls are retried. Default: GET yes, all others no. */
  idempotent?: boolean;
  /** The call changes the panel. Default: GET no, all others yes. */
  changing?: boolean;
  /** Default `json`. `bytes` returns a `Buffer`, `file` a `PanelFile`. */
  accept?: 'json' | 'text' | 'bytes' | 'file';
  /** Accept an empty body instead of JSON, as `null`. Default no. */
  allowEmpty?: boolean;
  /** Checks, and may transform, the body; of `zod` or `zod/mini`. */
  schema?: z.ZodType<T> | ZodMiniType<T>;
  /**
   * For answers too large to keep: called once per attempt, returns a function that receives the body of a 2xx answer in chunks as it
   * arrives. `body` is then an empty Buffer. The chunks of an attempt that fails later have to be dropped.
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
  /** Secrets of this call, e.g. the password of a login. */
  secrets?: string[];
}

/** A body with its content type. */
export interface PanelFile {
  /** In lower case, with parameters; empty without the header. */
  contentType: string;
  bytes: Buffer;
}

/** A successful answer: status 2xx, and a body that passed its schema. */
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

/** Counters of a transport. */
export interface PanelHttpStats {
  /** Calls. */
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
export interface PanelHttp extends Disposable {
  /**
   * Performs one call. Resolves with a checked answer; rejects with a `PanelError`, or with the signal's reason when the call was
   * cancelled before it could have changed anything.
   */
  request<T>(request: PanelRequest<T>): Promise<PanelAnswer<T>>;
  /** The counters at this moment. */
  readonly stats: Readonly<PanelHttpStats>;
  /** Closes the connections. Calls in flight fail. */
  close(): void;
}
