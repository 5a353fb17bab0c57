import type { CallOptions, RunCall } from './api/call.js';
import { type Groups, groups } from './api/groups.js';
import { checkCount, toInstant } from './api/inputs.js';
import type { Dependencies } from './dependencies.js';
import { namingNearest, throwing } from './facade.js';
import { nodeFiles } from './files.js';
import { withHeartbeat } from './notices/heartbeat.js';
import { processParts } from './process.js';
import type { RunReport } from './run/report.js';
import { type RunRequest, toScope } from './run/request.js';
import { Session } from './session.js';
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
  const close = throwing(async () => {
    await Promise.all(underWay);
    await store.close();
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
    close,
    [Symbol.asyncDispose]: close,
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
