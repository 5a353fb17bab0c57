import type { Sluice, SluiceOptions } from '@sluice/engine';
import { processParts } from '@sluice/engine/process';
import type { CallReports } from '@sluice/engine/options';
import type { Clock } from '@sluice/panel-kind';
import type { OwnProcess, StateStore } from '@sluice/state-store';
import type { ListenAddress } from './listen-address.js';

/** Options of `startDashboard`. */
export interface DashboardOptions {
  /** The engine; the dashboard does not close it. */
  sluice: Sluice;
  /** The store of the engine, for sessions, answers to repeated requests and runs under way; the dashboard does not close it. */
  store: Pick<StateStore, 'clock' | 'location' | 'lockedMs' | 'requests' | 'sessions' | 'subscribe' | 'write'>;
  /** Default: this process. */
  process?: OwnProcess | undefined;
  /** The config of now, as the engine asks for it; without it the config is that of the start. */
  current?: SluiceOptions['current'];
  /** Port 0 selects a free one. */
  listen: ListenAddress;
  /** Where users reach it behind a proxy. With it, the proxy's forwarded headers are read; with https, cookies are `Secure`. */
  publicUrl?: string | undefined;
  /**
   * Proxies whose forwarded headers are read: addresses, or networks such as `10.0.0.0/8`. Default: with `publicUrl`, the one that
   * connects to the server, where it is on this machine or in a private network; else none.
   */
  trustedProxies?: readonly string[] | undefined;
  /** A token with all scopes, besides those in the store. */
  token?: string | undefined;
  clock: Clock;
  /** Cryptographically strong bytes. */
  randomBytes: (count: number) => Uint8Array;
  version: string;
  /** Receives errors that are defects; clients get no details of them. */
  onError?: ((error: unknown) => void) | undefined;
  /** Where reports of bills are written; without it none are. */
  reports?: CallReports | undefined;
  limits?: Partial<Limits> | undefined;
}

/** The longest body in bytes of what anybody may send, or a client. */
export const SMALL_BODY = 16_384;

/** Limits against clients that are slow, large or many. */
export interface Limits {
  /** Longest body in bytes that only operators send; default 1 MB. */
  bodyBytes: number;
  /** Time for the headers of a request, in milliseconds; default 10 s. */
  headersMs: number;
  /** Time for a whole request to arrive, in milliseconds; default 30 s. */
  requestMs: number;
  /** A client that reads nothing of its answer for so long is cut off; in milliseconds, default 60 s. */
  stalledMs: number;
  /** Time for requests under way to arrive, and for answers to be read, when the server ends; in milliseconds, default 5 s. */
  endMs: number;
  /** A stream sends a sign of life, and checks that its token is still valid, this often; in milliseconds, default 15 s. */
  streamMs: number;
  /** Time for which a request waits while another process locks the store; in milliseconds, default 3 s. */
  lockedMs: number;
  /** Whether workers begin jobs is asked this often; in milliseconds, default 60 s. */
  watchMs: number;
  /** Requests on one connection, which is closed after them; default 25. */
  requestsPerConnection: number;
  /** Open connections; for a further one the oldest that is not served is closed. Default 2000. */
  connections: number;
  /** Open connections of one address, or network of IPv6; those of trusted proxies are not counted. Default 200. */
  connectionsPerNetwork: number;
  /** Requests for files of pages and for figures that need no token, per network and minute. Default 600. */
  filesPerMinute: number;
  /** Requests for the OpenAPI document without a token, per network and minute. Default 30. */
  documentsPerMinute: number;
  /** Failed attempts to log in per network and minute; over all networks 20 times as many. Default 10. */
  loginsPerMinute: number;
  /** Requests per token and minute; default 6000. */
  requestsPerMinute: number;
  /** Requests of one client under way, by whatever token or link; further ones wait. Default 4. */
  requestsPerClient: number;
  /** Requests without a valid token, also for what is not there, per network and minute; over all networks 20 times as many. Default 120. */
  refusalsPerMinute: number;
}

/** A running dashboard. */
export interface Dashboard extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:8787`. */
  url: string;
  /** All its routes, such as `GET /services/:id`. */
  routes: readonly string[];
  /** Accepts no more requests, waits for those under way, and ends streams. */
  close(): Promise<void>;
}

/** What routes work with. */
export interface Context extends Omit<DashboardOptions, 'limits' | 'process'> {
  limits: Limits;
  process: OwnProcess;
  /** Whether users reach it over https. */
  secure: boolean;
}

const LIMITS: Limits = {
  bodyBytes: 1_048_576,
  headersMs: 10_000,
  requestMs: 30_000,
  stalledMs: 60_000,
  endMs: 5000,
  streamMs: 15_000,
  lockedMs: 3000,
  watchMs: 60_000,
  requestsPerConnection: 25,
  connections: 2000,
  connectionsPerNetwork: 200,
  filesPerMinute: 600,
  documentsPerMinute: 30,
  loginsPerMinute: 10,
  requestsPerMinute: 6000,
  requestsPerClient: 4,
  refusalsPerMinute: 120,
};

/** Returns the options with all defaults. */
export function toContext(options: DashboardOptions): Context {
  const secure = options.publicUrl !== undefined && new URL(options.publicUrl).protocol === 'https:';
  return { ...options, limits: { ...LIMITS, ...options.limits }, process: options.process ?? processParts(), secure };
}
