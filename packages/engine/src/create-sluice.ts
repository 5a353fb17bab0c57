import type { RunReport } from '@sluice/contract/documents';
import type { CallOptions, RunCall } from './api/call.js';
import { checked, type Groups, groups, namingNearest, throwing } from './groups.js';
import { toInstant } from './base/inputs.js';
import type { Dependencies } from './context/dependencies.js';
import { nodeFiles } from './base/files.js';
import { ports } from './ports.js';
import { processParts } from './process.js';
import { type RunRequest, toScope } from './kernel/run/bracket.js';
import { Context } from './context/context.js';
import { hasRenames } from './context/panel-addresses.js';
import type { Sluice, SluiceOptions, RunOptions } from './sluice.js';

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
    const running = inContext({ deps: withCallOptions(deps, callOptions), config, store, ports }, async (context) => {
      // Whatever reads the store sees the panels by the names that the config has for them.
      if (!deps.panelNames.areFollowed) await followNames(context);
      return work(context);
    });
    const ended: Promise<unknown> = running.catch(() => undefined).finally(() => underWay.delete(ended));
    underWay.add(ended);
    return running;
  };
  const run = (request: RunKind, runOptions: RunOptions = {}): Promise<RunReport> =>
    call(runOptions, (context) => runOverPanels(context, request, runOptions));
  const close = throwing(async () => {
    await Promise.all(underWay);
    await store.close();
  });
  const ofInstance: OfInstance = {
    config,
    poll: checked('poll', (runOptions) => run({ command: 'poll', observeAll: false }, runOptions)),
    reconcile: checked('reconcile', (runOptions) => run({ command: 'reconcile', observeAll: true }, runOptions)),
    plan: checked('plan', (runOptions) => run({ command: 'plan', observeAll: true }, { ...runOptions, dryRun: true })),
    explain: checked('explain', (service, explainOptions) =>
      call(explainOptions, async (context) => {
        const { explainService } = await import('./features/explain/explain.js');
        const { at = null, reader } = explainOptions ?? {};
        return explainService(context, service, { at: at === null ? null : toInstant('at', at), reader });
      }),
    ),
    overview: checked('overview', ({ signal, actor, note, ...request } = {}) =>
      call({ signal, actor, note }, async (context) => {
        const { readOverview } = await import('./features/overview/overview.js');
        return readOverview(context, request);
      }),
    ),
    version: throwing(() => store.version()),
    metrics: checked('metrics', (metricsOptions) =>
      call(metricsOptions, async (context) => (await import('./features/metrics/metrics.js')).collectMetrics(context)),
    ),
    close,
    [Symbol.asyncDispose]: close,
  };
  return Promise.resolve(namingNearest({ ...ofInstance, ...groups(call) }, 'sluice'));
}

/** A poll, a reconcile, or their preview. */
type RunKind = Pick<RunRequest, 'command' | 'observeAll'>;

async function runOverPanels(context: Context, kind: RunKind, options: RunOptions): Promise<RunReport> {
  const { panel, service, onProgress } = options;
  const { runAndFinish } = await import('./loop/run.js');
  const { runParts } = await import('./features/parts/run-parts.js');
  const request: RunRequest = {
    ...kind,
    panel,
    service,
    dryRun: options.dryRun === true,
    allowMass: options.allowMass === true,
    keepAll: options.allServices ?? true,
    onProgress,
  };
  // A dry run, and a run over a part, prove nothing about the runs that are watched.
  if (request.dryRun || service !== undefined || toScope(request) !== null)
    return runAndFinish(context, request, runParts);
  const work = (): Promise<RunReport> => runAndFinish(context, request, runParts);
  if (context.config.heartbeat === undefined) return work();
  return (await import('./features/notices/heartbeat.js')).withHeartbeat(context, work);
}

/** The calls of the instance itself; all others are in groups. */
type OfInstance = Omit<Sluice, keyof Groups>;

function withCallOptions(deps: Dependencies, options: CallOptions = {}): Dependencies {
  const { signal = deps.signal, actor, note } = options;
  return { ...deps, signal, actor: actor === undefined ? deps.actor : () => actor, note: note ?? deps.note };
}

/** Renames panels that have another name in the store than in the config, unless another run works on them. */
async function followNames(context: Context): Promise<void> {
  // What is wrong with a store is the error of the work itself.
  const isDue = await hasRenames(context).catch(() => null);
  if (isDue === false) context.deps.panelNames.areFollowed = true;
  if (isDue === true) await (await import('./kernel/run/renamed-panels.js')).tryRenames(context);
}

async function inContext<T>(parts: ConstructorParameters<typeof Context>[0], work: (context: Context) => Promise<T>) {
  const context = new Context(parts);
  try {
    return await work(context);
  } finally {
    await context.end();
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
    panelNames: { areFollowed: false },
  };
}
