import type { BillingKind, Clock, NoticeChannelKind, PanelKind } from '@sluice/panel-kind';
import type { LeaseOwner, StateStore } from '@sluice/state-store';
import type { Access } from './api/access.js';
import type { Agents } from './api/agents.js';
import type { AutoBuy } from './api/auto-buy.js';
import type { CreditCalls, Invoices } from './api/billing.js';
import type { Calls } from './api/calls.js';
import type { Dids } from './api/dids.js';
import type { CallOptions, ReaderOptions, RunCall } from './api/call.js';
import { type Groups, groups } from './api/groups.js';
import { checkCount, toInstant } from './api/inputs.js';
import type { Holds } from './api/holds.js';
import type { Log } from './api/log.js';
import type { Notices } from './api/notices.js';
import type { Overrides } from './api/overrides.js';
import type { Panels } from './api/panels.js';
import type { Provision } from './api/provision.js';
import type { Purchases } from './api/purchases.js';
import type { Requests } from './api/requests.js';
import type { Services } from './api/services.js';
import type { Telephony } from './api/telephony.js';
import type { Usage } from './api/usage.js';
import type { Config } from './config/schema.js';
import type { Dependencies, Ping } from './dependencies.js';
import type { OverviewReport, OverviewRequest } from './overview/overview.js';
import type { MetricsReport } from './metrics/metrics.js';
import type { Explanation } from './services/explain.js';
import { namingNearest, throwing } from './facade.js';
import { type Files, nodeFiles } from './files.js';
import { withHeartbeat } from './notices/heartbeat.js';
import { processParts } from './process.js';
import type { RunReport } from './run/report.js';
import { type RunRequest, toScope } from './run/request.js';
import { Session } from './session.js';

/** Options of `createSluice`. All but the first three have defaults. */
export interface SluiceOptions {
  /** Checked config, as `parseConfig` returns it. */
  config: Config;
  store: StateStore;
  /** The kinds of panels that the config may name. */
  kinds: readonly PanelKind[];
  /** The billing systems that the config may name, besides the ledger. */
  billing?: readonly BillingKind[] | undefined;
  /** The channels of notices that the config may name. */
  channels?: readonly NoticeChannelKind[] | undefined;
  /** Calls the address of the heartbeat; without it there is no heartbeat. */
  ping?: Ping | undefined;
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
export interface Sluice {
  readonly config: Config;
  /** Reads usage, decides, and restricts or releases services. */
  poll(options?: RunOptions): Promise<RunReport>;
  /** As `poll`, and also observes every service, checks agents, and maintains the store. */
  reconcile(options?: RunOptions): Promise<RunReport>;
  /** Computes what `reconcile` would change. */
  plan(options?: Omit<RunOptions, 'dryRun'>): Promise<RunReport>;
  /** Explains why a service is in its state, now or at an instant (ISO UTC). */
  explain(service: string, options?: ReaderOptions & { at?: string | null }): Promise<Explanation>;
  /** Returns all services at a glance, from the store alone. */
  overview(request?: OverviewRequest & CallOptions): Promise<OverviewReport>;
  /** Returns a text that changes with every change of the store, also by other processes. */
  version(): Promise<string>;
  /** Returns figures for monitoring, from the store alone. */
  metrics(options?: CallOptions): Promise<MetricsReport>;
  readonly services: Services;
  readonly holds: Holds;
  readonly provision: Provision;
  readonly agents: Agents;
  readonly panels: Panels;
  readonly usage: Usage;
  readonly overrides: Overrides;
  readonly purchases: Purchases;
  readonly autoBuy: AutoBuy;
  readonly credit: CreditCalls;
  readonly invoices: Invoices;
  readonly calls: Calls;
  readonly dids: Dids;
  readonly telephony: Telephony;
  readonly log: Log;
  readonly access: Access;
  readonly requests: Requests;
  readonly notices: Notices;
  /** Waits for calls under way and closes the store. */
  close(): Promise<void>;
}

/**
 * Creates an instance of the engine over a store.
 *
 * @example
 * const config = parseConfig({ panels: { dcim: { kind: 'easydcim', url, token } }, products }, [easydcim]);
 * const sluice = await createSluice({ config, kinds: [easydcim], store: await openStore({ location: './sluice.db' }) });
 * const report = await sluice.poll();
 * await sluice.close();
 */
export function createSluice(options: SluiceOptions): Promise<Sluice> {
  const { config, store } = options;
  const deps = toDependencies(options);
  const underWay = new Set<Promise<unknown>>();
  const call: RunCall = (callOptions, work) => {
    const running = inSession({ deps: withCallOptions(deps, callOptions), config, store }, work);
    const ended: Promise<unknown> = running.catch(() => undefined).finally(() => underWay.delete(ended));
    underWay.add(ended);
    return running;
  };
  const run = (request: Pick<RunRequest, 'command' | 'observeAll'>, runOptions: RunOptions = {}): Promise<RunReport> =>
    call(runOptions, async (session) => {
      const { panel, service, onProgress } = runOptions;
      const { runAndFinish } = await import('./run/run.js');
      const asked: RunRequest = {
        ...request,
        panel,
        service,
        dryRun: runOptions.dryRun === true,
        allowMass: runOptions.allowMass === true,
        keepAll: runOptions.allServices ?? true,
        onProgress,
      };
      // A dry run, and a run over a part, prove nothing about the runs that are watched.
      if (asked.dryRun || service !== undefined || toScope(asked) !== null) return runAndFinish(session, asked);
      return withHeartbeat(session, () => runAndFinish(session, asked));
    });
  const ofInstance: OfInstance = {
    config,
    poll: throwing((runOptions) => run({ command: 'poll', observeAll: false }, runOptions)),
    reconcile: throwing((runOptions) => run({ command: 'reconcile', observeAll: true }, runOptions)),
    plan: throwing((runOptions) => run({ command: 'plan', observeAll: true }, { ...runOptions, dryRun: true })),
    explain: throwing((service, explainOptions) =>
      call(explainOptions, async (session) => {
        const { explainService } = await import('./services/explain.js');
        const { at = null, reader } = explainOptions ?? {};
        return explainService(session, service, { at: at === null ? null : toInstant('at', at), reader });
      }),
    ),
    overview: throwing(({ signal, actor, note, ...request } = {}) =>
      call({ signal, actor, note }, async (session) => {
        checkCount('page', request.page);
        checkCount('size', request.size);
        const { readOverview } = await import('./overview/overview.js');
        return readOverview(session, request);
      }),
    ),
    version: throwing(() => store.version()),
    metrics: throwing((metricsOptions) =>
      call(metricsOptions, async (session) => (await import('./metrics/metrics.js')).collectMetrics(session)),
    ),
    close: throwing(async () => {
      await Promise.all(underWay);
      await store.close();
    }),
  };
  return Promise.resolve(namingNearest({ ...ofInstance, ...groups(call) }, 'sluice'));
}

/** The calls of the instance itself; all others are in groups. */
type OfInstance = Omit<Sluice, keyof Groups>;

function withCallOptions(deps: Dependencies, options: CallOptions = {}): Dependencies {
  const { signal = deps.signal, actor, note } = options;
  return { ...deps, signal, actor: actor === undefined ? deps.actor : () => actor, note: note ?? deps.note };
}

async function inSession<T>(parts: ConstructorParameters<typeof Session>[0], work: (session: Session) => Promise<T>) {
  const session = new Session(parts);
  try {
    return await work(session);
  } finally {
    await session.end();
  }
}

function toDependencies(options: SluiceOptions): Dependencies {
  const own = processParts();
  return {
    kinds: options.kinds,
    billing: options.billing ?? [],
    channels: options.channels ?? [],
    ping: options.ping ?? null,
    clock: options.clock ?? own.clock,
    random: options.random ?? Math.random,
    randomBytes: options.randomBytes ?? own.randomBytes,
    owner: options.owner ?? own.owner,
    isAlive: options.isAlive ?? own.isAlive,
    actor: options.actor ?? (() => 'sluice'),
    note: options.note ?? null,
    signal: options.signal ?? new AbortController().signal,
    files: options.files ?? nodeFiles,
    secret: options.secret ?? ((value) => value),
    readFile: options.readFile ?? own.readFile,
  };
}
