import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

/** Peaks and bounds of an open cycle are of what they were read from, whatever its name. */
describe.each([
  ['keeps its name', false],
  ['has another name', true],
] as const)('a panel that %s', (_, isRenamed) => {
  const at = useBench(startEasyDcimBench);
  const rename = async (): Promise<void> => {
    const { text } = at.bench;
    if (isRenamed)
      await at.bench.configure(
        text.replace(/^ {2}dcim: \{/m, '  renamed: {').replace(/panel: dcim(?=[, }])/g, 'panel: renamed'),
      );
  };
  const changing = (): string[] => at.panel.server.changingCalls().map((call) => `${call.method} ${call.path}`);

  it('cuts nobody by swapped directions that are known', async () => {
    await at.addService(1, { product: 'inbound' });
    at.panel.addTraffic(501, { in: 5 * GB, out: 150 * GB });
    await at.pollAfter(HOUR);
    at.panel.answers.bandwidth.swapped = true;
    for (let days = 0; days < 3; days++)
      expect((await at.pollAfter(24 * HOUR)).services[0]).toMatchObject({ error: { code: 'directions_changed' } });
    await rename();
    const [after] = (await at.pollAfter(HOUR)).services;
    expect([after?.holds.length, after?.error?.code, changing()]).toEqual([0, 'directions_changed', []]);
  });

  it('frees nobody by figures in another unit', async () => {
    for (const number of [1, 2, 3, 4])
      await at.addService(number, number === 4 ? { values: { next_due_date: '2026-11-22' } } : {});
    for (const number of [1, 2, 3, 4])
      at.panel.addTraffic(500 + number, { in: (number === 4 ? 200 : 50) * GB, out: 0 });
    await at.pollAfter(HOUR);
    at.panel.server.clearCalls();
    at.panel.answers.bandwidth.unit = 'MB';
    at.bench.clock.set('2026-11-22T01:00:00Z');
    expect((await at.poll()).services[3]).toMatchObject({ error: { code: 'readings_fell' } });
    await rename();
    const fourth = (await at.pollAfter(HOUR)).services[3];
    expect([fourth?.holds.length, changing()]).toEqual([1, []]);
  });
});
