import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Comparison, PanelView, RunReport, SwitchReport } from '@sluice/engine';
import { configText, DAY, GB, HOUR, toIds, startEasyDcimBench, type EasyDcimBench } from './easydcim-bench.js';

const LONG = process.env['SLUICE_LONG'] === '1';
const STEP = LONG ? HOUR / 4 : 6 * HOUR;

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench('enforce: observe');
});
afterEach(() => at.close());

const byApi = (): string[] =>
  at.panel.events.filter((event) => event.by === 'api').map((event) => `${event.what} ${event.id}`);
const listHolds = (report: RunReport): Record<string, string[]> =>
  Object.fromEntries(report.services.map((service) => [service.id, service.wouldHold]));

describe('a week under observe', () => {
  it(
    'makes no changing call and stores every sample and would-be hold, over the end of a cycle too',
    async () => {
      at.bench.write('sluice.yaml', configText(at.panel.url, 'enforce: observe'));
      at.bench.clock.set('2026-12-10T00:00:00Z');
      const products = ['ports', 'order', 'both', 'inbound', 'free', 'bare', 'ports'];
      for (const [index, product] of products.entries()) {
        await at.addService(index + 1, { product, values: index === 6 ? ['status=suspended'] : [] });
        at.panel.setRate(501 + index, { inBytesPerSecond: 100_000, outBytesPerSecond: 50_000 });
      }
      // Over from the first day, over from the third day, and never.
      at.panel.addTraffic(501, { in: 150 * GB, out: 0 });
      at.panel.addTraffic(503, { in: 40 * GB, out: 20 * GB });
      const before = at.panel.snapshot();
      const start = at.bench.clock.now();
      let runs = 0;
      const seen = new Set<string>();
      while (at.bench.clock.now() < start + 7 * DAY) {
        at.bench.clock.advance(STEP);
        const words = (at.bench.clock.now() - start) % DAY === 0 ? 'reconcile' : 'poll';
        const run = await at.bench.sluice(`${words} --json`);
        expect([run.exitCode, run.stderr]).toEqual([0, '']);
        const report = run.json<RunReport>();
        expect(report.run.observing).toEqual(['dcim']);
        for (const service of report.services) {
          expect(service.observing).toBe(true);
          expect(service.actions.every((action) => action.state === 'planned')).toBe(true);
          expect(service.holds).toEqual([]);
          for (const reason of service.wouldHold) seen.add(`${service.id} ${reason}`);
        }
        runs += 1;
      }
      expect([...seen].sort()).toEqual(['svc-1 quota', 'svc-3 quota', 'svc-7 billing']);
      expect(at.panel.server.changingCalls()).toEqual([]);
      expect(at.panel.snapshot()).toEqual(before);
      const last = await at.poll();
      // The 15th began a cycle in which nobody is over.
      expect(listHolds(last.json<RunReport>())).toMatchObject({ 'svc-1': [], 'svc-3': [], 'svc-7': ['billing'] });
      await at.bench.store(async (store) => {
        expect(await store.holds.all()).toEqual([]);
        expect(await store.evidence.open()).toEqual([]);
        expect(await store.actions.list({})).toEqual([]);
        for (const number of [1, 2, 3, 4, 5, 6, 7])
          expect(await store.samples.list({ service: `svc-${number}` })).toHaveLength(runs);
        expect(await store.cycles.ofService('svc-1')).toHaveLength(2);
        const notices = (await store.notices.list({})).filter((notice) => notice.code === 'would_hold');
        expect(notices.map((notice) => notice.service).sort()).toEqual(['svc-1', 'svc-3', 'svc-7', 'svc-7']);
      });
    },
    LONG ? 1_200_000 : 120_000,
  );
});

it('is said by every list', async () => {
  await at.addService(1);
  await at.addService(2);
  await at.addService(3, { values: ['protected_until=2027-01-01'] });
  for (const id of [501, 503]) at.panel.addTraffic(id, { in: 150 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  await at.poll();
  for (const words of ['usage', 'service list']) {
    const { stdout } = await at.bench.sluice(words);
    expect(stdout).toMatch(/^svc-1 .*would be held/m);
    expect(stdout).not.toMatch(/^svc-[23] .*held/m);
    expect(stdout).toContain('OBSERVING dcim');
  }
  const { services } = (await at.bench.sluice('usage --status over --json')).json<RunReport>();
  expect(services.map(({ id, status }) => `${id} ${status}`)).toEqual(['svc-1 over', 'svc-3 over']);
  const holds = await at.bench.sluice('hold list');
  expect(holds.stdout).toContain('svc-1: would be held (quota); panel dcim is under observe');
  expect(holds.stdout).not.toContain('svc-3');
  await at.bench.sluice('hold add svc-1');
  await at.bench.sluice('hold add svc-2');
  expect((await at.bench.sluice('usage')).stdout).toMatch(/^svc-2 .* held *$/m);
  expect((await at.bench.sluice('hold list')).stdout).toContain('svc-1: would be held (quota)');
  expect((await at.bench.sluice('hold list --csv -')).stdout).not.toContain('would be');
});

describe('compare', () => {
  it('equals a list made by hand, and exits 4 when some differ', async () => {
    const used = [0, 150, 60, 60, 40.5, 100.4, 99, 0, 30];
    for (const [number, gigabytes] of used.entries()) {
      if (number === 0) continue;
      await at.addService(number);
      if (gigabytes > 0) at.panel.addTraffic(500 + number, { in: Math.round(gigabytes * GB), out: 0 });
    }
    at.bench.clock.advance(HOUR);
    await at.poll();
    at.bench.write(
      'old.csv',
      [
        'service,used_gb,limited',
        'svc-1,150,yes', // the same
        'svc-2,61,no', // within 1 GB
        'svc-3,70,no', // too far
        'svc-4,40.5,yes', // they limit, we would not
        'svc-5,101.3,no', // within 1 %, but we would hold
        'svc-6,99.9,no', // within 1 % and 1 GB
        'svc-8,,no', // they have no figure, we have
        'old-7,12,yes', // only theirs
        'old-8,,', // only theirs, nothing known
        '',
      ].join('\n'),
    );
    const compared = await at.bench.sluice('compare dcim --with old.csv --json');
    expect([compared.exitCode, compared.stderr]).toEqual([4, '']);
    const row = (
      service: string,
      ours: number | null,
      theirs: number | null,
      held: boolean | null,
      theirHeld: boolean | null,
      agrees: boolean,
    ): Comparison['services'][number] => ({
      service,
      usedBytes: ours === null ? null : Math.round(ours * GB),
      theirUsedBytes: theirs === null ? null : Math.round(theirs * GB),
      held,
      theirHeld,
      agrees,
    });
    expect(compared.json<Comparison>()).toEqual({
      services: [
        row('svc-1', 150, 150, true, true, true),
        row('svc-2', 60, 61, false, false, true),
        row('svc-3', 60, 70, false, false, false),
        row('svc-4', 40.5, 40.5, false, true, false),
        row('svc-5', 100.4, 101.3, true, false, false),
        row('svc-6', 99, 99.9, false, false, true),
        row('svc-7', 0, null, false, null, false),
        row('svc-8', 30, null, false, false, false),
        row('old-7', null, 12, null, true, false),
        row('old-8', null, null, null, false, false),
      ],
      totals: { agree: 3, differ: 4, onlyOurs: 1, onlyTheirs: 2 },
    });
    at.bench.write('same.csv', 'service,used_gb,limited\nsvc-1,150,1\nsvc-2,60,0\n');
    expect((await at.bench.sluice('compare dcim --with same.csv')).exitCode).toBe(0);
    expect(byApi()).toEqual([]);
  });
});

describe('going live', () => {
  beforeEach(async () => {
    for (const [index, product] of ['ports', 'order', 'both', 'order'].entries()) {
      await at.addService(index + 1, { product });
      at.panel.addTraffic(501 + index, { in: 200 * GB, out: 0 });
    }
    at.bench.clock.advance(HOUR);
    await at.poll();
  });

  it('enforce --only shows the first run and then changes the services of that product and no other', async () => {
    const enforced = await at.bench.sluice('enforce dcim --only order --yes --json');
    expect([enforced.exitCode, enforced.stderr]).toEqual([0, '']);
    const { plan, ...answer } = enforced.json<SwitchReport>();
    const set = { source: 'switch', since: '2026-11-20T13:00:00.000Z', by: 'alice' };
    expect(answer).toEqual({ panel: 'dcim', product: 'order', enforce: 'on', ...set });
    const announced = plan?.services.filter((service) => !service.observing) ?? [];
    expect(announced.map((service) => [service.id, service.actions])).toEqual([
      ['svc-2', [{ type: 'suspend-order', target: '902', name: expect.any(String) as unknown, state: 'planned' }]],
      ['svc-4', [{ type: 'suspend-order', target: '904', name: expect.any(String) as unknown, state: 'planned' }]],
    ]);
    expect(byApi()).toEqual([]);
    const polled = await at.poll();
    expect(polled.json<RunReport>().run.observing).toEqual(['dcim']);
    expect(polled.json<RunReport>().services.map((service) => [service.id, service.observing])).toEqual([
      ['svc-1', true],
      ['svc-2', false],
      ['svc-3', true],
      ['svc-4', false],
    ]);
    expect(byApi().sort()).toEqual(['suspend-order 902', 'suspend-order 904']);
    await at.bench.sluice('reconcile');
    expect(byApi()).toHaveLength(2);
    await at.bench.sluice('enforce dcim --yes');
    await at.poll();
    expect(byApi().sort()).toEqual([
      'disable-port 7011',
      'disable-port 7012',
      'disable-port 7031',
      'disable-port 7032',
      'suspend-order 902',
      'suspend-order 903',
      'suspend-order 904',
    ]);
  });

  it('says everywhere that one product is enforced, since when and by whom', async () => {
    await at.bench.sluice('enforce dcim --only order --yes', { login: () => 'maria@desk' });
    const since = new Date(at.bench.clock.now()).toISOString();
    const text = 'observe, except order: enforced since 20 Nov 2026 13:00 by maria@desk';
    expect((await at.bench.sluice('doctor')).stdout).toContain(text);
    expect((await at.bench.sluice('panel list --columns panel,enforce')).stdout).toContain(text);
    const { panels } = (await at.bench.sluice('panel list --json')).json<{ panels: PanelView[] }>();
    const order = { product: 'order', value: 'on', source: 'switch', since, by: 'maria@desk' };
    expect(panels[0]?.enforce).toEqual({ value: 'observe', source: 'enforce', since: null, by: null, except: [order] });
    const { stdout } = await at.bench.sluice('metrics');
    expect(stdout).toContain('sluice_enforce{panel="dcim",product=""} 0');
    expect(stdout).toContain('sluice_enforce{panel="dcim",product="ports"} 0');
    expect(stdout).toContain('sluice_enforce{panel="dcim",product="order"} 1');
    expect((await at.bench.sluice('poll')).stdout).toContain('OBSERVING dcim (except 2 enforced services): ');
    await at.bench.sluice('hold release --all --yes', { login: () => 'tom@desk' });
    expect((await at.bench.sluice('doctor')).stdout).toContain(
      'observe, set with a command since 20 Nov 2026 13:00 by tom@desk',
    );
  });

  it('says which product of an enforced panel the config only observes', async () => {
    const config = configText(at.panel.url, 'enforce: on');
    at.bench.write(
      'sluice.yaml',
      config.replace('action: suspend-order }', 'action: suspend-order, enforce: observe }'),
    );
    const { panels } = (await at.bench.sluice('panel list --json')).json<{ panels: PanelView[] }>();
    const setting = { source: 'products.order.enforce', since: null, by: null };
    expect(panels[0]?.enforce.except).toEqual([{ product: 'order', value: 'observe', ...setting }]);
    expect((await at.bench.sluice('doctor')).stdout).toContain(
      'on, except order: observed in the config (products.order.enforce); otherwise set in the config (enforce)',
    );
  });

  it('observe covers all products again, and --as-configured gives the word back to the config', async () => {
    await at.bench.sluice('enforce dcim --only order --yes');
    expect((await at.bench.sluice('observe dcim --json')).json<SwitchReport>()).toEqual({
      panel: 'dcim',
      product: null,
      enforce: 'observe',
      source: 'switch',
      since: '2026-11-20T13:00:00.000Z',
      by: 'alice',
      plan: null,
    });
    await at.poll();
    expect(byApi()).toEqual([]);
    await at.bench.sluice('enforce dcim --yes');
    const dropped = await at.bench.sluice('enforce dcim --as-configured --json');
    expect(dropped.json<SwitchReport>()).toMatchObject({ enforce: 'observe', source: 'enforce', plan: null });
    await at.poll();
    expect(byApi()).toEqual([]);
    at.bench.write('sluice.yaml', configText(at.panel.url, 'enforce: on'));
    await at.poll('--allow-mass');
    expect(byApi()).toHaveLength(7);
  });
});

describe('observe while a run is under way', () => {
  it('stops it at once: what is begun is finished, nothing more is changed', async () => {
    const services = Array.from({ length: 30 }, (_, index) => index + 1);
    at.bench.write('sluice.yaml', configText(at.panel.url, 'enforce: on', ', concurrency: 4'));
    for (const number of services) {
      await at.addService(number);
      at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
    }
    at.bench.clock.advance(HOUR);
    at.panel.server.latencyMs = 10;
    const run = at.poll('--allow-mass');
    await at.panel.server.waitForCall((call) => call.changing);
    expect((await at.bench.sluice('observe dcim')).exitCode).toBe(0);
    const called = at.panel.server.totals.changing;
    const end = await run;
    expect(end.exitCode).toBe(0);
    expect(end.json<RunReport>().run.observing).toEqual(['dcim']);
    // Those that had been told to go when the switch was set; 60 ports were to be shut.
    expect(at.panel.server.totals.changing).toBeLessThanOrEqual(called + 16);
    const changed = at.panel.events.length;
    expect(changed).toBeLessThan(40);
    await at.bench.store(async (store) => {
      expect(await store.evidence.open()).toHaveLength(changed);
      expect(await store.actions.unresolved()).toEqual([]);
    });
    await at.poll();
    await at.bench.sluice('reconcile');
    expect(at.panel.events).toHaveLength(changed);
    await at.bench.sluice('enforce dcim --yes');
    expect((await at.poll('--allow-mass')).exitCode).toBe(0);
    const down = services.filter((number) => at.panel.port(toIds(number).port(2)).adminState === 'down');
    expect(down).toEqual(services);
    expect(at.panel.events.filter((event) => !event.changed)).toEqual([]);
  });
});
