import { expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { startForEachTest } from '../../each-test.js';
import { HOUR, startEasyDcimBench, toIds } from '../../easydcim-bench.js';

const TB = 1000 ** 4;

const at = startForEachTest(() => startEasyDcimBench('poll: { interval: 15m }'));

async function pollAfter(ms: number): Promise<RunReport['services'][number] | undefined> {
  at.bench.clock.advance(ms);
  return (await at.poll()).json<RunReport>().services[0];
}

it('a hold by a reading that is found impossible later is named by every command, with what to do', async () => {
  at.panel.behaviour.speedWhenDown = null;
  const [up, down] = [1, 2].map(toIds(1).port) as [number, number];
  await at.addService(1, {
    ports: [
      { id: up, name: 'eth0' },
      { id: down, name: 'eth1', adminState: 'down' },
    ],
  });
  await at.poll();
  at.panel.addTraffic(501, { in: 9 * TB, out: 0 });
  expect(await pollAfter(5000)).toMatchObject({ status: 'doubted', holds: [] });
  expect(await pollAfter(HOUR / 4)).toMatchObject({ status: 'held' });
  at.panel.staffEnablePort(down);
  await at.bench.sluice('reconcile');
  await pollAfter(HOUR / 4);
  const print = async (words: string): Promise<string> => (await at.bench.sluice(words)).stdout.replaceAll(/\s+/g, ' ');
  expect(await print('service list')).toContain('held (hold doubted)');
  expect(await print('service show svc-1')).toContain('held (hold doubted)');
  expect(await print('explain svc-1')).toMatch(
    /is held \(quota\) by a reading that was found impossible since: .*sluice hold release svc-1 --until DATE/,
  );
  expect(await print('notice list')).toContain(
    'attention svc-1 is held (quota) by a reading that was found impossible since',
  );
  expect(await print('doctor')).toMatch(/found impossible since.*sluice hold release svc-1 --until DATE/);
});
