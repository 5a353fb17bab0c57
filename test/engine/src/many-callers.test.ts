import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { easydcim } from '@sluice/easydcim-client/panel';
import { createSluice, parseConfig, type Sluice } from '@sluice/engine';
import { startFakeEasyDcim, startFakeFlvx, type FakeEasyDcim, type FakeFlvx } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { openStore, type StateStore } from '@sluice/state-store';

const DAY = 86_400_000;
const TB = 1024 ** 4;
/** Services of each EasyDCIM; every third one has used up its traffic. */
const SERVICES = 12;

const due = new Date(Date.now() + 20 * DAY).toISOString().slice(0, 10);
const billed = { billing_cycle: 'monthly', next_due_date: due };

let panels: { east: FakeEasyDcim; west: FakeEasyDcim; relay: FakeFlvx };
let store: StateStore;
let sluice: Sluice;

beforeEach(async () => {
  const options = { token: 'token-of-the-test', latencyMs: 5 };
  const [east, west, relay] = await Promise.all([
    startFakeEasyDcim(options),
    startFakeEasyDcim(options),
    startFakeFlvx(),
  ]);
  panels = { east, west, relay };
  const tunnelId = relay.addTunnel();
  const dcim = (url: string) => ({ kind: 'easydcim', url, token: 'token-of-the-test', allowHttp: true });
  const login = { username: 'admin_user', password: 'admin_user' };
  const kinds = [easydcim, flvx];
  const config = parseConfig(
    {
      panels: {
        east: dcim(east.url),
        west: dcim(west.url),
        relay: { kind: 'flvx', url: relay.url, allowHttp: true, ...login },
      },
      products: {
        'east-1tb': { panel: 'east', quota: '1TB' },
        'west-1tb': { panel: 'west', quota: '1TB' },
        relay: { panel: 'relay', quota: '100GB', flvx: { tunnelId } },
      },
      poll: { brake: { share: '100%', atLeast: 100 }, doubt: { jump: 'off' } },
    },
    kinds,
  );
  store = await openStore({ location: ':memory:' });
  sluice = await createSluice({ config, store, kinds });
  await sluice.services.import([...listServices('east', east), ...listServices('west', west)]);
  await sluice.services.add('relay-1', { panel: 'relay', product: 'relay', status: 'pending', ...billed });
});
afterEach(async () => {
  await sluice.close();
  await Promise.all(Object.values(panels).map((panel) => panel.close()));
});

function listServices(name: string, panel: FakeEasyDcim): Record<string, string>[] {
  return Array.from({ length: SERVICES }, (_, index) => {
    const id = 500 + index;
    panel.addService({
      id,
      orderId: 900 + index,
      serverId: 300 + index,
      user: 10,
      ports: [{ id: 7000 + index, name: 'eth0' }],
    });
    panel.addTraffic(id, { in: index % 3 === 0 ? 2 * TB : 1, out: 0 });
    const refs = {
      easydcim_service_id: `${id}`,
      easydcim_order_id: `${900 + index}`,
      easydcim_server_id: `${300 + index}`,
    };
    return { id: `${name}-${index}`, panel: name, product: `${name}-1tb`, ...billed, ...refs };
  });
}

describe('many callers of one instance', () => {
  it('have their own API logs, reports and leases', async () => {
    // The test runner fails where two calls load the same code at the same time.
    await sluice.explain('east-1');
    await sluice.provision.create('relay-1', { dryRun: true });
    await sluice.poll({ dryRun: true });
    const before = { east: panels.east.server.calls.length, west: panels.west.server.calls.length };
    const [east, west, made, explained] = await Promise.all([
      sluice.poll({ panel: 'east' }),
      sluice.poll({ panel: 'west' }),
      sluice.provision.create('relay-1'),
      sluice.explain('east-1'),
    ]);
    for (const [name, report] of [
      ['east', east],
      ['west', west],
    ] as const) {
      expect([report.run.outcome, report.totals.held, report.panels]).toEqual(['done', 4, []]);
      expect(new Set(report.services.map(({ panel }) => panel))).toEqual(new Set([name]));
      const rows = await store.apiCalls.list({ run: report.run.id });
      expect(new Set(rows.map(({ panel }) => panel))).toEqual(new Set([name]));
      expect(rows).toHaveLength(panels[name].server.calls.length - before[name]);
    }
    expect([made.run.outcome, made.service.status]).toEqual(['done', expect.any(String)]);
    const rows = await store.apiCalls.list({ run: made.run.id });
    expect(new Set(rows.map(({ panel }) => panel))).toEqual(new Set(['relay']));
    expect(explained.service.id).toBe('east-1');
    expect(await store.leases.list()).toEqual([]);
  });

  it('do not work on one panel at the same time', async () => {
    const results = await Promise.allSettled([sluice.poll({ panel: 'east' }), sluice.poll({ panel: 'east' })]);
    const [refused] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(refused).toMatchObject({ kind: 'busy', code: 'lease_held' });
  });

  it('is closed once the calls under way have ended', async () => {
    const polling = sluice.poll({ panel: 'east' });
    await sluice.close();
    expect((await polling).run.outcome).toBe('done');
  });

  it('reports the progress over all panels against one total', async () => {
    const steps: [number, number][] = [];
    await sluice.poll({ onProgress: (done, total) => void steps.push([done, total]) });
    const [total = 0] = steps.map(([, of]) => of);
    expect(total).toBeGreaterThan(SERVICES);
    expect(new Set(steps.map(([, of]) => of)).size).toBe(1);
    expect(steps.map(([done]) => done)).toEqual(Array.from({ length: total }, (_, index) => index + 1));
  });

  it('ends the call whose signal aborts, and no other', async () => {
    const stop = new AbortController();
    const [east, west] = await Promise.all([
      sluice.poll({
        panel: 'east',
        signal: stop.signal,
        onProgress: () => {
          stop.abort('test');
        },
      }),
      sluice.poll({ panel: 'west' }),
    ]);
    expect(east.totals.read).toBeLessThan(SERVICES);
    expect([west.run.outcome, west.totals.read]).toEqual(['done', SERVICES]);
  });
});
