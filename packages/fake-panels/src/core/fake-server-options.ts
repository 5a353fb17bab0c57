import { type FakeRequest } from './fake-request.js';
import { type FakeResponse } from './fake-response.js';

/** Options of a fake panel's server. */
export interface FakeServerOptions {
  /** The panel's name, for error texts. */
  readonly name: string;
  /** The panel's logic; state changes happen here. */
  readonly handle: (request: FakeRequest) => FakeResponse | Promise<FakeResponse>;
  /** The endpoint's name in the log and in fault rules, such as `POST /api/v3/admin/ports/{id}/disable`. */
  readonly toEndpoint: (request: FakeRequest) => string;
  /** Whether the call asks the panel for a change. */
  readonly changing: (request: FakeRequest) => boolean;
  /** Speaks TLS with this key and certificate (PEM). */
  readonly https?: { readonly key: string; readonly cert: string };
  /** Default 0: a free port. */
  readonly port?: number;
  /** Milliseconds that every call waits before the work; see `FakeServer.latencyMs`. Default 0. */
  readonly latencyMs?: number;
  /** `false`: the log stays empty, only `totals` are counted. Default `true`. */
  readonly keepCalls?: boolean;
  /** The panel's clock, milliseconds since 1970: answers carry it as their `Date`. Default: the real one. */
  readonly now?: () => number;
}
