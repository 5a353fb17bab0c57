import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { useOpened } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, MINUTE } from '../bench/engine-bench.js';

const BUYS = 'autoBuy: { enabled: true, package: extra }';

const [at, start] = useOpened(startEasyDcimBench);

const due = (minutes = 1): Promise<RunReport> => at.pollAfter(minutes * MINUTE, { due: true });
const reason = async (): Promise<string | undefined> => (await at.sluice.explain('svc-1')).service.nextReading?.reason;

/** Begins with a service of client 42, which is read; `more` is added at the top level of the config, `product` to its product. */
async function begin(more: string, product = ''): Promise<void> {
  const poll = 'poll: { maxOvershoot: 1GB, ceiling: 4h, doubt: { jump: off } }';
  const packages = 'currency: EUR\npackages: { extra: { traffic: 50GB, price: "5.00" } }';
  await start(`${poll}\n${packages}\n${more}`, { panelMore: ', lineSpeed: 10Mbit/s', random: () => 0 });
  await at.bench.edit('  ports: { panel: dcim', `  ports: { packages: [extra]${product}, panel: dcim`);
  await at.addService(1, { values: { client: '42' } });
  expect((await due()).totals.read).toBe(1);
}

describe('automatic purchases by the top level of the config', () => {
  it('count as what each run has to do, and are made', async () => {
    await begin(BUYS);
    expect(await reason()).toBe('open');
    await at.sluice.credit.add('42', { amount: '20', currency: 'EUR' });
    at.panel.addTraffic(501, { in: 95 * GB, out: 0 });
    expect((await due(15)).totals).toMatchObject({ read: 1, purchased: 1, held: 0 });
  });

  it('count from the change of the config on', async () => {
    await begin('');
    expect(await reason()).toBe('ceiling');
    await at.bench.edit('currency: EUR', `currency: EUR\n${BUYS}`);
    await due();
    expect(await reason()).toBe('open');
  });

  it('do not count where the product or the client has none', async () => {
    await begin(BUYS, ', autoBuy: { enabled: false }');
    expect(await reason()).toBe('ceiling');
    await at.sluice.autoBuy.set({ client: '42' }, { enabled: true });
    await due();
    expect(await reason()).toBe('open');
    await at.sluice.autoBuy.set({ service: 'svc-1' }, { enabled: false });
    await due();
    expect(await reason()).toBe('ceiling');
  });
});
