import { parseArgs } from 'node:util';
import { populateEasyDcim } from '../easydcim/populate.js';
import { startFakeEasyDcim } from '../easydcim/start-fake-easydcim.js';
import type { Standalone } from './greeting.js';
import { flvxUsage, startStandaloneFlvx } from './start-standalone-flvx.js';
import { hiddifyUsage, startStandaloneHiddify } from './start-standalone-hiddify.js';
import { wholeNumber } from './whole-number.js';

/** The usage of the command. */
export const usage = [
  'node dist/standalone.js easydcim [options]',
  '  --services N     services to make (default 100); their ids: populateEasyDcim',
  '  --latency MS     milliseconds that every call waits (default 0)',
  '  --port N         port on 127.0.0.1 (default 0: a free one)',
  '  --token TEXT     the administrator token',
  '  --time-zone TZ   the time zone of the panel (default UTC)',
  '  --in-rate N      bytes per second into each service (default 500000)',
  '  --out-rate N     bytes per second out of each service (default 100000)',
  '  --since INSTANT  since when traffic grows, ISO 8601 (default: now)',
  hiddifyUsage,
  flvxUsage,
].join('\n');

/** Starts the fake that the arguments ask for. Throws `TypeError` for unknown arguments. */
export async function startStandalone(args: readonly string[]): Promise<Standalone> {
  if (args[0] === 'hiddify') return startStandaloneHiddify(args.slice(1));
  if (args[0] === 'flvx') return startStandaloneFlvx(args.slice(1));
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      services: text,
      latency: text,
      port: text,
      token: text,
      'time-zone': text,
      'in-rate': text,
      'out-rate': text,
      since: text,
    },
  });
  if (positionals.length !== 1 || positionals[0] !== 'easydcim') {
    throw new TypeError(`There is no fake named "${positionals.join(' ')}": use easydcim, hiddify or flvx.`);
  }
  const services = wholeNumber('services', values.services, 100);
  const rate = {
    inBytesPerSecond: wholeNumber('in-rate', values['in-rate'], 500_000),
    outBytesPerSecond: wholeNumber('out-rate', values['out-rate'], 100_000),
  };
  const since = values.since === undefined ? Date.now() : Date.parse(values.since);
  if (Number.isNaN(since)) throw new TypeError(`--since ${String(values.since)} is no instant: use ISO 8601.`);
  const fake = await startFakeEasyDcim({
    keepCalls: false,
    latencyMs: wholeNumber('latency', values.latency, 0),
    port: wholeNumber('port', values.port, 0),
    timeZone: values['time-zone'] ?? 'UTC',
    ...(values.token === undefined ? {} : { token: values.token }),
  });
  populateEasyDcim(fake, services, { rate: () => rate, since });
  return { greeting: { panel: 'easydcim', url: fake.url, token: fake.token, services }, server: fake.server };
}
