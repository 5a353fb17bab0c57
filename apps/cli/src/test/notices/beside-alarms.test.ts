import { beforeEach, expect, it } from '@jest/globals';
import { startForEachTest } from '../each-test.js';
import { GB, startEasyDcimBench } from '../easydcim-bench.js';

const at = startForEachTest(startEasyDcimBench);
beforeEach(async () => {
  for (const number of [1, 2, 3]) await at.addService(number);
});

const list = async (): Promise<string> => (await at.bench.sluice('notice list')).stdout;
const NONE = 'No alarm waits for an acknowledgement.';

it('says no more than that no alarm is open', async () => {
  await at.poll();
  expect((await list()).trim()).toBe(NONE);
});

it('names what the brake stopped, panels that are down and panels that left the config', async () => {
  await at.poll();
  for (const number of [1, 2, 3]) at.panel.addTraffic(500 + number, { in: 150 * GB, out: 0 });
  await at.pollLater();
  expect(await list()).toContain('No run over panel dcim changed anything since 20 Nov 2026 13:00');
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  await at.pollLater();
  expect(await list()).toContain('Panel dcim is down since 20 Nov 2026 14:00');
  const config = at.bench.read('sluice.yaml');
  at.bench.write(
    'sluice.yaml',
    config
      .replace('  dcim: {', '  new: {')
      .replaceAll('panel: dcim', 'panel: new')
      .replaceAll('//127.0.0.1:', '//localhost:'),
  );
  expect(await list()).toContain('3 services have the panel "dcim", which is not in the config');
});
