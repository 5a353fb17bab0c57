import { type Config, configDigest, isStoreOnServer, storePlace } from '@sluice/config-file';
import { toItemError } from '@sluice/panel-kind';
import { SluiceError, usageError } from '@sluice/panel-kind/errors';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import { toJobName } from '../terminal/reports/queue.js';
import { Terminal } from '../terminal/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { type JobParts, serveJobs } from './serve-jobs.js';

interface WorkerOptions extends GlobalOptions {
  concurrency?: string;
}

const CONCURRENCY = 4;
const MOST = 64;

/** `sluice worker` */
export const worker: CommandHandler<WorkerOptions> = async (_args, options, deps) => {
  const concurrency = parseConcurrency(options.concurrency);
  const beforeStore = (config: Config): Promise<void> => {
    if (!isStoreOnServer(config)) throw needsPostgres(config);
    return Promise.resolve();
  };
  const open = { ...options, scheduled: true, followsConfig: true, beforeStore };
  return withSluice(deps, open, async ({ sluice, store, config, followed, terminal }) => {
    const { startWorker } = await import('@sluice/worker');
    const current = (): Config => followed?.current({ beforeChange: true }).config ?? config;
    // What the jobs print is what cron would mail.
    const parts = (): JobParts => ({
      sluice,
      config: current(),
      terminal: new Terminal(deps, { ...options, quiet: true }, current()),
    });
    const { location, shown } = storePlace(config, deps.env);
    const { clock, host, owner, signal, version } = deps;
    const say = (text: string): void => {
      terminal.warn(`sluice: ${text}`);
    };
    const started = await startWorker({
      url: location,
      // All workers of a store have the same times, whatever their machines are called.
      jobs: () => serveJobs(parts, { ...deps, host: shown }),
      config: () => configDigest(current()),
      identity: { host, pid: owner.pid, version, storeSchema: store.schemaVersion },
      concurrency,
      timeZone: () => current().timeZone,
      clock,
      signal,
      say,
      onError: (error, job) => {
        const about = job === undefined ? '' : `${toJobName(job, ' of ')}: `;
        say(about + toItemError(error).message);
      },
    });
    try {
      terminal.document({ worker: started.id });
      terminal.info(`Works on the jobs of ${shown}, ${concurrency} at the same time`);
      await ended(signal);
    } finally {
      await started.stop();
    }
    return ExitCode.done;
  });
};

function parseConcurrency(text: string | undefined): number {
  const concurrency = Number(text ?? CONCURRENCY);
  if (Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= MOST) return concurrency;
  throw usageError('bad_option', `--concurrency: "${text ?? ''}" is not a whole number from 1 to ${MOST}`);
}

function needsPostgres({ state }: Config): SluiceError {
  const text = `Workers need a store on PostgreSQL, and the state of this config is the file ${state}; nothing was begun`;
  return new SluiceError('worker_needs_postgres', text, { kind: 'usage' });
}

/** Waits for SIGINT or SIGTERM. */
async function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
}
