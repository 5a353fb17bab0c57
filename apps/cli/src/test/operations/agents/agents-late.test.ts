import { expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { MINUTE, startHiddifyBench } from '../../hiddify-bench.js';

const at = startForEachTest(startHiddifyBench);

const LISTS = ['service list', 'usage', 'report', 'panel list', 'notice list', 'explain svc-1'];

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
  at.bench.clock.advance(15 * MINUTE);
  await at.poll();
  expect(await listSaying(LISTS, 'No check of')).toEqual([]);
  at.bench.clock.advance(MINUTE);
  expect(await listSaying(LISTS, late)).toEqual(LISTS);
  const { stdout } = await at.bench.sluice('doctor');
  expect(stdout).toMatch(/! last agent check \(vpn\): .*, done, which is too long ago\. "sluice schedule show" /);
  await at.check();
  expect(await listSaying(LISTS, 'No check of')).toEqual([]);
});
