import { expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { GB, MINUTE, startHiddifyBench } from '../../hiddify-bench.js';

const at = startForEachTest(startHiddifyBench);

const LISTS = ['service list', 'usage', 'report', 'panel list', 'notice list', 'explain svc-1'];
const OF_AGENTS = ['agent list', 'agent show north', 'agent explain north'];

/** Returns which of these commands print a text. */
async function listSaying(commands: readonly string[], text: string): Promise<string[]> {
  const found: string[] = [];
  for (const words of commands) if ((await at.bench.sluice(words)).stdout.includes(text)) found.push(words);
  return found;
}

it('every list says that the checks of agents have stopped, until the next, with what to do', async () => {
  await at.addService(1);
  await at.sluice('agent limit north --gb 20');
  await at.check();
  const late =
    'No check of the agents of panel vpn has begun since 20 Nov 2026 12:05 (16 min ago): their limits are not';
  const lists = [...LISTS, ...OF_AGENTS];
  at.bench.clock.advance(15 * MINUTE);
  await at.poll();
  expect(await listSaying(lists, 'No check of')).toEqual([]);
  at.bench.clock.advance(MINUTE);
  expect(await listSaying(lists, late)).toEqual(lists);
  const { stdout } = await at.bench.sluice('doctor');
  expect(stdout).toMatch(/! last agent check \(vpn\): .*, done, which is too long ago\. "sluice schedule show" /);
  await at.check();
  expect(await listSaying(lists, 'No check of')).toEqual([]);
});

it('what is printed of agents says what the brake stopped', async () => {
  for (const agent of [at.north, at.panel.addAgent(undefined, { name: 'south' })]) {
    const user = at.panel.addUser({ agent, usageLimit: 10 * GB });
    await at.sluice(['agent', 'limit', agent, '--gb', '5']);
    at.panel.use(user, 6 * GB);
  }
  expect((await at.check()).exitCode).toBe(6);
  expect(await listSaying([...OF_AGENTS, 'panel list'], 'the brake stopped it')).toEqual([...OF_AGENTS, 'panel list']);
  expect((await at.bench.sluice('agent list --csv -')).stdout).not.toContain('brake');
});

it('what is printed of a stored agent says that its panel is down', async () => {
  await at.sluice('agent limit north --gb 20');
  await at.check();
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  await at.check();
  const down = 'Panel vpn is down since 20 Nov 2026 12:10: these are the last known states';
  expect(await listSaying(['agent explain north'], down)).toHaveLength(1);
});
