import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import type { SeededRandom } from '../../seeded-random.js';

interface Client {
  connect: () => Promise<void>;
  query: (text: string, values?: unknown[]) => Promise<unknown>;
  end: () => Promise<void>;
  on: (event: 'error', listener: () => void) => void;
}

/** Runs of the schedule, as the queue names them, and panels that polls and repairs may be over. */
const KINDS = ['poll', 'poll', 'reconcile', 'agent-check', 'call-bill', 'service-sync'];
const OF_PANELS = ['poll', 'reconcile'];

const ADD = `insert into sluice_queue.job (name, data, singleton_key, policy) values ($1, $2, $3, 'short')
  on conflict do nothing`;

/** Adds jobs to the queue of the workers much more often than their schedule does, until it is stopped. */
export function feedJobs(
  url: string,
  random: SeededRandom,
  { panels, everyMs }: { panels: readonly string[]; everyMs: number },
): { stop: () => Promise<void> } {
  const end = new AbortController();
  const feeding = (async () => {
    while (!end.signal.aborted) {
      // Where the database is restarted, or no worker has made the queue yet, it begins again.
      await feed(
        url,
        end.signal,
        () => {
          const kind = random.pick(KINDS);
          const panel = OF_PANELS.includes(kind) && random.chance(0.7) ? random.pick(panels) : null;
          return [kind, panel === null ? {} : { panel }, panel === null ? 'all' : `panel ${panel}`];
        },
        everyMs,
      ).catch(() => undefined);
      await wait(everyMs, undefined, { signal: end.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      end.abort();
      await feeding;
    },
  };
}

async function feed(url: string, signal: AbortSignal, draw: () => unknown[], everyMs: number): Promise<void> {
  const client = openClient(url);
  try {
    await client.connect();
    while (!signal.aborted) {
      await client.query(ADD, draw());
      await wait(everyMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The driver is a dependency of the store. */
function openClient(url: string): Client {
  const require = createRequire(createRequire(import.meta.url).resolve('@sluice/state-store'));
  const { Client: Connection } = require('pg') as { Client: new (options: { connectionString: string }) => Client };
  const client = new Connection({ connectionString: url });
  client.on('error', () => undefined);
  return client;
}
