import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Comparison, SwitchReport } from '@sluice/engine';
import { startForEachTest } from './each-test.js';
import { configText, GB, startEasyDcimBench } from './easydcim-bench.js';

const at = startForEachTest(() => startEasyDcimBench('enforce: observe'));

const text = async (words: string): Promise<string> => (await at.bench.sluice(words)).stdout;

/** Adds services of these products, of which those with these numbers are over, and polls. */
async function poll(products: string[], over: number[], values: string[] = []): Promise<void> {
  for (const [index, product] of products.entries())
    await at.addService(index + 1, { product, values: index === 2 ? values : [] });
  for (const number of over) at.panel.addTraffic(500 + number, { in: 150 * GB, out: 0 });
  await at.pollLater();
}

it('is said by every list', async () => {
  await poll(['ports', 'ports', 'ports'], [1, 3], ['protected_until=2027-01-01']);
  for (const words of ['usage', 'service list']) {
    const stdout = await text(words);
    expect(stdout).toMatch(/^svc-1 .*would be held/m);
    expect(stdout).not.toMatch(/^svc-[23] .*held/m);
    expect(stdout).toContain('OBSERVING dcim');
  }
  const over = (await at.bench.sluice('usage --status over --json')).json<{ services: { id: string }[] }>();
  expect(over.services.map(({ id }) => id)).toEqual(['svc-1', 'svc-3']);
  const holds = await text('hold list');
  expect(holds).toContain('svc-1: would be held (quota); it is under observe on panel dcim');
  expect(holds).not.toContain('svc-3');
  await at.bench.sluice('hold add svc-1');
  await at.bench.sluice('hold add svc-2');
  expect(await text('usage')).toMatch(/^svc-2 .* held *$/m);
  expect(await text('hold list')).toContain('svc-1: would be held (quota)');
  expect(await text('hold list --csv -')).not.toContain('would be');
});

it('is not blamed on a brake that stopped no run', async () => {
  await poll(['ports', 'order'], [1, 2]);
  await at.bench.sluice('enforce dcim --only ports --yes');
  expect(await text('hold list')).toContain('svc-1: would be held (quota); the next run decides');
  const { wouldHold } = (await at.bench.sluice('hold list --json')).json<{ wouldHold: unknown }>();
  expect(wouldHold).toEqual([
    { service: 'svc-1', panel: 'dcim', reason: 'quota', by: 'next-run' },
    { service: 'svc-2', panel: 'dcim', reason: 'quota', by: 'observe' },
  ]);
});

it('compare exits 4 where figures of another tool differ, and 0 where none do', async () => {
  await poll(['ports', 'ports'], [1]);
  at.bench.write('old.csv', 'service,used_gb,limited\nsvc-1,150,yes\nsvc-2,61,no\n');
  const compared = await at.bench.sluice('compare dcim --with old.csv --json');
  expect([compared.exitCode, compared.stderr]).toEqual([4, '']);
  expect(compared.json<Comparison>().totals).toEqual({ agree: 1, differ: 1, onlyOurs: 0, onlyTheirs: 0 });
  at.bench.write('same.csv', 'service,used_gb,limited\nsvc-1,150,1\nsvc-2,0,0\n');
  expect((await at.bench.sluice('compare dcim --with same.csv')).exitCode).toBe(0);
});

it('enforce shows only what the first run would change: nothing of other products', async () => {
  await poll(['ports', 'order', 'both'], [1, 2]);
  const only = async (product: string): Promise<string> => text(`enforce dcim --only ${product} --yes`);
  const order = await only('order');
  expect(order).toContain('The first run on dcim (order) would make these changes:');
  expect(order).toMatch(/^svc-2 on dcim/m);
  expect(order).not.toContain('svc-1');
  await at.bench.sluice('observe dcim');
  const both = await only('both');
  expect(both).toContain('The first run on dcim (both) would change nothing.');
  expect(both).not.toMatch(/svc-[12]/);
});

describe('going live', () => {
  beforeEach(() => poll(['ports', 'order', 'both', 'order'], [1, 2, 3, 4]));

  it('enforce shows the first run, and --as-configured gives the word back to the config', async () => {
    const enforced = await at.bench.sluice('enforce dcim --only order --yes --json');
    expect([enforced.exitCode, enforced.stderr]).toEqual([0, '']);
    const { plan, ...answer } = enforced.json<SwitchReport>();
    const set = { source: 'switch', since: '2026-11-20T13:00:00.000Z', by: 'alice' };
    expect(answer).toEqual({ panel: 'dcim', product: 'order', productName: 'order', enforce: 'on', ...set });
    expect(plan?.services.map(({ id }) => id)).toEqual(['svc-2', 'svc-4']);
    const dropped = await at.bench.sluice('enforce dcim --as-configured --json');
    expect(dropped.json<SwitchReport>()).toMatchObject({ enforce: 'observe', source: 'enforce', plan: null });
  });

  it('says everywhere that one product is enforced, since when and by whom', async () => {
    await at.bench.sluice('enforce dcim --only order --yes', { login: () => 'maria@desk' });
    const said = 'observe, except order: enforced since 20 Nov 2026 13:00 by maria@desk';
    expect(await text('doctor')).toContain(said);
    expect(await text('panel list --columns panel,enforce')).toContain(said);
    const metrics = await text('metrics');
    for (const [product, value] of Object.entries({ '': 0, ports: 0, order: 1 }))
      expect(metrics).toContain(`sluice_enforce{panel="dcim",product="${product}"} ${value}`);
    expect(await text('poll')).toContain('OBSERVING dcim (except 2 enforced services): ');
    expect(await text('service list')).toContain('OBSERVING dcim (except order): ');
    await at.bench.sluice('hold release --all --yes', { login: () => 'tom@desk' });
    expect(await text('service list')).toContain('OBSERVING dcim: decisions are recorded, nothing is changed');
    expect(await text('doctor')).toContain('observe, set with a command since 20 Nov 2026 13:00 by tom@desk');
  });
});

it('doctor says which product of an enforced panel the config only observes', async () => {
  const config = configText(at.panel.url, 'enforce: on');
  at.bench.write('sluice.yaml', config.replace('action: suspend-order }', 'action: suspend-order, enforce: observe }'));
  expect(await text('doctor')).toContain(
    'on, except order: observed in the config (products.order.enforce); otherwise set in the config (enforce)',
  );
});
