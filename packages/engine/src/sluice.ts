import type { Explanation, OverviewReport, QueueReport, RunReport, Standing } from '@sluice/contract/documents';
import type { BillingKind, DrawPicture, NoticeChannelKind, QueueReader } from '@sluice/contract/ports';
import type { Clock, PanelKind, SluiceError } from '@sluice/panel-kind';
import type { LeaseOwner, StateStore } from '@sluice/state-store';
import type { Access } from './api/access.js';
import type { AdoptionCalls } from './api/adoption.js';
import type { Agents } from './api/agents.js';
import type { AutoBuy } from './api/auto-buy.js';
import type { CreditCalls, Invoices } from './api/billing.js';
import type { Calls } from './api/calls.js';
import type { Clients } from './api/clients.js';
import type { Dids } from './api/dids.js';
import type { CallOptions, ReaderOptions } from './api/call.js';
import type { Holds } from './api/holds.js';
import type { Log } from './api/log.js';
import type { Notices } from './api/notices.js';
import type { Overrides } from './api/overrides.js';
import type { Panels } from './api/panels.js';
import type { Provision } from './api/provision.js';
import type { Purchases } from './api/purchases.js';
import type { Services } from './api/services.js';
import type { Telephony } from './api/telephony.js';
import type { Usage } from './api/usage.js';
import type { Config } from './base/config/schema.js';
import type { Ping } from './context/dependencies.js';
import type { OverviewRequest } from './features/overview/overview.js';
import type { MetricsReport } from './features/metrics/metrics.js';
import type { Files } from './base/files.js';

/** The config of a process that runs long, by its file. The same object is returned as long as nothing of it changed. */
export interface CurrentConfig extends Pick<SluiceOptions, 'config'> {
  /** As the option of `createSluice`. */
  secret: NonNullable<SluiceOptions['secret']>;
  /** As the option of `createSluice`. */
  readFile: NonNullable<SluiceOptions['readFile']>;
  /** Why the file is refused since it was changed; null where it is not. */
  refused: SluiceError | null;
  /** What only a restart of the process applies: changed keys, and environment variables that the process does not have. */
  needRestart: readonly string[];
}

/** Options of `createSluice`. All but the first three have defaults. */
export interface SluiceOptions {
  /** Checked config, as `parseConfig` returns it. */
  config: Config;
  store: StateStore;
  /**
   * Returns the config of now, which calls that begin work with; by default always `config`. Before a change or run it reads the file.
   * While that is refused, changes and runs are refused with its error, and reads work with the last config that was accepted.
   */
  current?: ((asked: { beforeChange: boolean }) => CurrentConfig) | undefined;
  /** The kinds of panels that the config may name. */
  kinds: readonly PanelKind[];
  /** The billing systems that the config may name, besides the ledger. */
  billing?: readonly BillingKind[] | undefined;
  /** The channels of notices that the config may name. */
  channels?: readonly NoticeChannelKind[] | undefined;
  /** Calls the address of the heartbeat; without it there is no heartbeat. */
  ping?: Ping | undefined;
  /** Draws the charts of mails as PNG; without it mails have none. */
  drawPicture?: DrawPicture | undefined;
  /** Reads the queue of jobs, which a store on PostgreSQL may have; without it there is none. */
  queue?: QueueReader | undefined;
  clock?: Clock | undefined;
  /** Jitter, in [0, 1). */
  random?: (() => number) | undefined;
  /** Cryptographically strong bytes. */
  randomBytes?: ((count: number) => Uint8Array) | undefined;
  /** Private files next to the store. */
  files?: Files | undefined;
  /** Returns the secret that a config value refers to; by default the value itself. */
  secret?: ((value: string, key: string) => string) | undefined;
  /** Returns the text of a file that the config names. */
  readFile?: ((file: string, key: string) => string) | undefined;
  /** Aborts all calls of the instance. */
  signal?: AbortSignal | undefined;
  /** Returns the actor, for the log. */
  actor?: (() => string) | undefined;
  /** The note of all calls, for the log. */
  note?: string | null | undefined;
  /** This process as leases name it, and whether another one is alive. */
  owner?: LeaseOwner | undefined;
  isAlive?: ((owner: LeaseOwner) => boolean) | undefined;
}

/** Options of a run. */
export interface RunOptions extends CallOptions {
  /** Run over this panel only. */
  panel?: string | undefined;
  /** Run over this service only. */
  service?: string | undefined;
  /**
   * A poll only: read the services whose next reading is due, by `poll.maxOvershoot` of the config. Made every `poll.floor`, such polls do
   * no less than polls of all services every `poll.interval`.
   */
  due?: boolean | undefined;
  /** Only report what would be changed. */
  dryRun?: boolean | undefined;
  /** Permit more changes than the brake allows. */
  allowMass?: boolean | undefined;
  /** Report all services (default), or only those that need attention. */
  allServices?: boolean | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * The engine: one method per use case. Calls take plain objects and return the documents of docs/json.md; many may run at
 * once on one instance. Errors are `SluiceError`s with a `kind` and a `code` (docs/errors.md).
 */
export interface Sluice extends AsyncDisposable {
  readonly config: Config;
  /** Reads usage, decides, and restricts or releases services. */
  poll(options?: RunOptions): Promise<RunReport>;
  /** As `poll`, and also observes every service, checks agents, and maintains the store. */
  reconcile(options?: Omit<RunOptions, 'due'>): Promise<RunReport>;
  /** Computes what `reconcile` would change. */
  plan(options?: Omit<RunOptions, 'dryRun' | 'due'>): Promise<RunReport>;
  /** Explains why a service is in its state, now or at an instant (ISO UTC). */
  explain(service: string, options?: ReaderOptions & { at?: string | null }): Promise<Explanation>;
  /** Returns all services at a glance, from the store alone. */
  overview(request?: OverviewRequest & CallOptions): Promise<OverviewReport>;
  /** Returns what keeps the runs from deciding or changing now, in less time than the overview; from the store alone. */
  standing(options?: CallOptions): Promise<Standing>;
  /** Returns a text that changes with every change of the store, also by other processes. */
  version(): Promise<string>;
  /** Returns the queue of jobs and its workers. */
  queue(options?: CallOptions): Promise<QueueReport>;
  /**
   * Returns the same, and stores a notice once no worker has begun a job for two minutes, and one when a worker does again. Servers ask once
   * a minute: without a worker there is no run that would report it. Sends what is due.
   */
  watchQueue(options?: CallOptions): Promise<QueueReport>;
  /** Returns figures for monitoring, from the store and the queue alone. */
  metrics(options?: CallOptions): Promise<MetricsReport>;
  readonly services: Services;
  readonly holds: Holds;
  readonly provision: Provision;
  readonly agents: Agents;
  readonly panels: Panels;
  readonly adoption: AdoptionCalls;
  readonly usage: Usage;
  readonly overrides: Overrides;
  readonly purchases: Purchases;
  readonly autoBuy: AutoBuy;
  readonly credit: CreditCalls;
  readonly clients: Clients;
  readonly invoices: Invoices;
  readonly calls: Calls;
  readonly dids: Dids;
  readonly telephony: Telephony;
  readonly log: Log;
  readonly access: Access;
  readonly notices: Notices;
  /** Waits for calls under way and closes the store. */
  close(): Promise<void>;
}
