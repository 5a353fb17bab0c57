import type { RunReport } from '@sluice/contract/documents';
import type { CallOptions } from './api/call.js';
import { checked, type Groups, groups, namingNearest, type RunCalls, throwing } from './groups.js';
import type { Config } from './base/config/schema.js';
import { toInstant } from './base/inputs.js';
import type { Dependencies } from './context/dependencies.js';
import { nodeFiles } from './base/files.js';
import { ports } from './ports.js';
import { processParts } from './process.js';
import type { RunRequest } from './kernel/run/run-request.js';
import { Context, type ContextParts } from './context/context.js';
import { listRenames } from './context/panel-addresses.js';
import { readStoredNames, toNamedError } from './context/stored-names.js';
import type { RunOptions, Sluice, SluiceOptions } from './sluice.js';

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
  const { store } = options;
  const current = followConfig(options);
  const underWay = new Set<Promise<unknown>>();
  const calls: RunCalls = {
    change: (callOptions, work) =>
      inContext(current({ beforeChange: true }, callOptions), async (context) => {
        if (!context.deps.panelNames.areFollowed) await followNames(context);
        return work(context);
      }),
    read: (callOptions, work) => readByStoredNames(current({ beforeChange: false }, callOptions), work),
    accept: async (callOptions, work) => readByStoredNames(current({ beforeChange: true }, callOptions), work),
    count: (running) => {
      const ended: Promise<unknown> = running.catch(() => undefined).finally(() => underWay.delete(ended));
      underWay.add(ended);
      return running;
    },
  };
  const run = (request: RunKind, runOptions: RunOptions = {}): Promise<RunReport> => {
    // A preview says what the next run does: it is refused as that is.
    const how = runOptions.dryRun === true ? 'accept' : 'change';
    return calls[how](runOptions, (context) => runOverPanels(context, request, runOptions));
  };
  const close = throwing(async () => {
    await Promise.all(underWay);
    await store.close();
  });
  const ofInstance: OfInstance = {
    get config() {
      return current({ beforeChange: false }).config;
    },
    poll: checked('poll', calls, (runOptions) => run({ command: 'poll', observeAll: false }, runOptions)),
    reconcile: checked('reconcile', calls, (runOptions) => run({ command: 'reconcile', observeAll: true }, runOptions)),
    plan: checked('plan', calls, (runOptions) =>
      run({ command: 'plan', observeAll: true }, { ...runOptions, dryRun: true }),
    ),
    ...readingCalls(calls),
    version: throwing(() => store.version()),
    close,
    [Symbol.asyncDispose]: close,
  };
  return Promise.resolve(namingNearest(Object.assign(ofInstance, groups(calls)), 'sluice'));
}

/** The calls of the instance that read from the store alone. */
function readingCalls(
  calls: RunCalls,
): Pick<Sluice, 'explain' | 'overview' | 'standing' | 'metrics' | 'queue' | 'watchQueue'> {
  const { read, accept } = calls;
  return {
    explain: checked('explain', calls, (service, explainOptions) =>
      read(explainOptions, async (context) => {
        const { explainService } = await import('./features/explain/explain.js');
        const { at = null, reader } = explainOptions ?? {};
        return explainService(context, service, { at: at === null ? null : toInstant('at', at), reader });
      }),
    ),
    overview: checked('overview', calls, ({ signal, actor, note, asker, ...request } = {}) =>
      read({ signal, actor, note, asker }, async (context) => {
        const { readOverview } = await import('./features/overview/overview.js');
        return readOverview(context, request);
      }),
    ),
    standing: checked('standing', calls, (standingOptions) =>
      read(standingOptions, async (context) => (await import('./features/overview/standing.js')).readStanding(context)),
    ),
    queue: checked('queue', calls, (queueOptions) =>
      read(queueOptions, async (context) => (await import('./features/queue/read-queue.js')).readQueue(context)),
    ),
    watchQueue: checked('watchQueue', calls, (watchOptions) =>
      accept(watchOptions, async (context) => (await import('./features/notices/watch-queue.js')).watchQueue(context)),
    ),
    metrics: checked('metrics', calls, (metricsOptions) =>
      read(metricsOptions, async (context) => (await import('./features/metrics/metrics.js')).collectMetrics(context)),
    ),
  };
}

/** A poll, a reconcile, or their preview. */
type RunKind = Pick<RunRequest, 'command' | 'observeAll'>;

async function runOverPanels(context: Context, kind: RunKind, options: RunOptions): Promise<RunReport> {
  const { onProgress } = options;
  const { isWatched } = await import('./kernel/run/run-request.js');
  const { runPanels } = await import('./loop/run.js');
  const { runParts } = await import('./features/parts/run-parts.js');
  const request: RunRequest = {
    ...kind,
    panel: options.panel,
    service: options.service,
    due: options.due === true,
    dryRun: options.dryRun === true,
    allowMass: options.allowMass === true,
    keepAll: options.allServices ?? true,
    onProgress,
  };
  if (request.due === true) (await import('./loop/due.js')).refuseUndue(context.config, request);
  const work = (): Promise<RunReport> => runPanels(context, request, runParts);
  const { dryRun, panel, service } = request;
  const isShared = context.deps.queue !== null && !dryRun && panel !== undefined && service === undefined;
  if (context.config.heartbeat === undefined || !(isWatched(request) || isShared)) return work();
  const { withHeartbeat, withSharedHeartbeat } = await import('./features/notices/heartbeat.js');
  return isShared ? withSharedHeartbeat(context, work) : withHeartbeat(context, work);
}

/** The calls of the instance itself; all others are in groups. */
type OfInstance = Omit<Sluice, keyof Groups>;

function withCallOptions(deps: Dependencies, options: CallOptions = {}): Dependencies {
  const { actor, note, asker = deps.asker } = options;
  const signal = options.signal === undefined ? deps.signal : AbortSignal.any([deps.signal, options.signal]);
  return { ...deps, signal, asker, actor: actor === undefined ? deps.actor : () => actor, note: note ?? deps.note };
}

/** Renames panels that have another name in the store than in the config, unless another run works on them. */
async function followNames(context: Context): Promise<void> {
  // What is wrong with a store is the error of the work itself.
  const renames = await listRenames(context.config, context.store).catch(() => null);
  if (renames?.length === 0) context.deps.panelNames.areFollowed = true;
  else if (renames !== null) await (await import('./kernel/run/renamed-panels.js')).tryRenames(context);
}

/** Reads, or previews, by the names that the panels have in the store. */
async function readByStoredNames<T>(parts: ContextParts, work: (context: Context) => Promise<T>): Promise<T> {
  // What is wrong with a store is the error of the work itself.
  const names = await readStoredNames(parts.config, parts.store).catch(() => ({ config: parts.config, renames: [] }));
  try {
    return await inContext({ ...parts, ...names }, work);
  } catch (error) {
    throw toNamedError(error, names.renames);
  }
}

async function inContext<T>(parts: ContextParts, work: (context: Context) => Promise<T>) {
  const context = new Context(parts);
  try {
    return await work(context);
  } finally {
    await context.end();
  }
}

/** Returns a function that returns what calls that begin work with. */
function followConfig(options: SluiceOptions) {
  const { store } = options;
  const latestConfig = (): Config => {
    follow({ beforeChange: false });
    return known.config;
  };
  let known = { config: options.config, deps: toDependencies(options, latestConfig) };
  const follow = (how: { beforeChange: boolean }): void => {
    if (options.current === undefined) return;
    const { config, secret, readFile, refused } = options.current(how);
    if (how.beforeChange && refused !== null) throw refused;
    if (config === known.config) return;
    // Its panels may have other names than those that were followed, and be others than those that were read.
    known = { config, deps: { ...known.deps, secret, readFile, ...ofConfig() } };
  };
  return (how: { beforeChange: boolean }, callOptions?: CallOptions): ContextParts => {
    follow(how);
    return { deps: withCallOptions(known.deps, callOptions), config: known.config, store, ports };
  };
}

function toDependencies(options: SluiceOptions, latestConfig: () => Config): Dependencies {
  const own = processParts();
  return {
    kinds: options.kinds,
    billing: options.billing ?? [],
    channels: options.channels ?? [],
    ping: options.ping ?? null,
    drawPicture: options.drawPicture ?? null,
    queue: options.queue ?? null,
    clock: options.clock ?? own.clock,
    random: options.random ?? Math.random,
    randomBytes: options.randomBytes ?? own.randomBytes,
    owner: options.owner ?? own.owner,
    isAlive: options.isAlive ?? own.isAlive,
    actor: options.actor ?? (() => 'sluice'),
    note: options.note ?? null,
    asker: null,
    latestConfig,
    signal: options.signal ?? new AbortController().signal,
    files: options.files ?? nodeFiles,
    secret: options.secret ?? ((value) => value),
    readFile: options.readFile ?? own.readFile,
    ...ofConfig(),
  };
}

/** What an instance knows for as long as its config is the same. */
function ofConfig(): Pick<Dependencies, 'panelNames' | 'keptRates'> {
  return { panelNames: { areFollowed: false }, keptRates: { plans: new Map(), reading: new Map() } };
}
