import { parseArgs } from 'node:util';
import { startFakeFlvx } from '../flvx/start-fake-flvx.js';
import type { Standalone } from './greeting.js';
import { wholeNumber } from './whole-number.js';

/** The usage of the command. */
export const flvxUsage = [
  'node dist/standalone.js flvx [options]',
  '  --users N        users with a permission each (default 100); their ids: from 2',
  '  --forwards N     running forwards of each user (default 1)',
  '  --expiry MS      when they expire, Unix milliseconds (default: in 20 days)',
  '  --latency MS     milliseconds that every call waits (default 0)',
  '  --port N         port on 127.0.0.1 (default 0: a free one)',
].join('\n');

const DAY_MS = 86_400_000;

/**
 * Starts a fake FLVX for the arguments after its name, with one tunnel on one node; the administrator is `admin_user`. Throws
 * `TypeError` for unknown ones.
 */
export async function startStandaloneFlvx(args: readonly string[]): Promise<Standalone> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { users: text, forwards: text, expiry: text, latency: text, port: text },
  });
  const users = wholeNumber('users', values.users, 100);
  const forwards = wholeNumber('forwards', values.forwards, 1);
  const expTime = wholeNumber('expiry', values.expiry, Date.now() + 20 * DAY_MS);
  const fake = await startFakeFlvx({ keepCalls: false, port: wholeNumber('port', values.port, 0) });
  fake.server.latencyMs = wholeNumber('latency', values.latency, 0);
  const tunnel = fake.addTunnel({ name: 'HK-01', entryNodes: [fake.addNode('hk-entry')] });
  for (let number = 1; number <= users; number++) {
    const used = { inFlow: 1_000_000_000 + number, outFlow: 2_000_000_000 };
    const user = fake.addUser({ user: `customer-${number}`, flow: 100, expTime, flowResetTime: 0, ...used });
    fake.addPermission(user, tunnel, used);
    for (let index = 0; index < forwards; index++)
      fake.addForward(user, tunnel, { name: `forward-${number}`, port: 10_000 + (number % 50_000) });
  }
  return { greeting: { panel: 'flvx', url: fake.url, token: 'admin_user', services: users }, server: fake.server };
}
