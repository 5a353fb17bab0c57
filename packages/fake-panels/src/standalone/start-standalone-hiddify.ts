import { parseArgs } from 'node:util';
import { fillHiddify } from '../hiddify/fill-hiddify.js';
import { startFakeHiddify } from '../hiddify/start-fake-hiddify.js';
import type { Standalone } from './greeting.js';
import { wholeNumber } from './whole-number.js';

/** The usage of the command. */
export const hiddifyUsage = [
  'node dist/standalone.js hiddify [options]',
  '  --agents N       agents of the Owner (default 10)',
  '  --users N        users, of the agents in turns (default 100)',
  '  --latency MS     milliseconds that every call waits (default 0)',
  '  --port N         port on 127.0.0.1 (default 0: a free one)',
].join('\n');

/** Starts a fake Hiddify for the arguments after its name. Throws `TypeError` for unknown ones. */
export async function startStandaloneHiddify(args: readonly string[]): Promise<Standalone> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { agents: text, users: text, latency: text, port: text } });
  const agents = wholeNumber('agents', values.agents, 10);
  const users = wholeNumber('users', values.users, 100);
  const fake = await startFakeHiddify({ keepCalls: false, port: wholeNumber('port', values.port, 0) });
  fake.server.latencyMs = wholeNumber('latency', values.latency, 0);
  fillHiddify(fake, { agents, users });
  // Keeps the first list from being slow.
  fake.panel.warmUp();
  return { greeting: { panel: 'hiddify', url: fake.url, token: fake.key, services: users }, server: fake.server };
}
