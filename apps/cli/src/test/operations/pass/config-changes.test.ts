import { afterEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { GB, HOUR, startEasyDcimBench, toIds, type EasyDcimBench } from '../../easydcim-bench.js';
import { serveOn } from '../../serve-on.js';
import { type FlvxBench, startFlvxBench } from '../../flvx-bench.js';

let dcim: EasyDcimBench | null = null;
let flvx: FlvxBench | null = null;
afterEach(async () => {
  await dcim?.close();
  await flvx?.close();
  dcim = flvx = null;
});

const startDcim = async (): Promise<EasyDcimBench> => (dcim = await startEasyDcimBench());
const startFlvx = async (): Promise<FlvxBench> => (flvx = await startFlvxBench());

function rewrite({ bench }: EasyDcimBench | FlvxBench, from: string | RegExp, to: string): void {
  bench.write('sluice.yaml', bench.read('sluice.yaml').replace(from, to));
}

const isDown = (at: EasyDcimBench, number: number): boolean =>
  at.panel.port(toIds(number).port(1)).adminState === 'down';
const isSuspended = (at: EasyDcimBench, number: number): boolean =>
  at.panel.order(toIds(number).order).status === 'suspended';

/** Adds services to EasyDCIM that have used their quota, and has them held. */
async function holdDcim(at: EasyDcimBench, count: number, product: string): Promise<number[]> {
  const numbers = [...Array(count).keys()].map((index) => index + 1);
  for (const number of numbers) {
    await at.addService(number, { product });
    at.panel.addTraffic(500 + number, { in: 150 * GB, out: 0 });
  }
  at.bench.clock.advance(HOUR);
  const { totals } = (await at.poll('--allow-mass')).json<RunReport>();
  expect(totals.held).toBe(count);
  return numbers;
}

/** Adds services to FLVX that have used their quota, and has them held; gives their forwards. */
async function holdFlvx(at: FlvxBench, count: number): Promise<number[]> {
  const forwards: number[] = [];
  for (const number of [...Array(count).keys()]) {
    const user = await at.create(number + 1, { product: 'slow' });
    forwards.push(at.panel.addForward(user, at.tunnels.hk, { name: 'web', port: 10_000 + number }));
  }
  expect((await at.run('poll')).exitCode).toBe(0);
  for (const forward of forwards) at.panel.traffic(forward, 150 * GB);
  at.bench.clock.advance(HOUR);
  expect((await at.run('poll --allow-mass')).exitCode).toBe(0);
  return forwards;
}

describe('a product that is missing in the config', () => {
  it('changes nothing on the panel, and no hold, until it is back', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    await at.addService(2, { product: 'free' });
    rewrite(at, '  order:', '  renamed:');
    at.bench.clock.advance(HOUR);
    for (const command of ['poll', 'reconcile']) {
      const run = await at.bench.sluice(`${command} --json`);
      expect(run.exitCode).toBe(3);
      const { services } = run.json<RunReport>();
      expect(services.find(({ id }) => id === 'svc-1')).toMatchObject({
        status: 'failed',
        holds: [{ reason: 'quota' }],
        actions: [],
        error: { code: 'unknown_product' },
      });
      expect([isDown(at, 1), isSuspended(at, 1)]).toEqual([false, true]);
    }
    rewrite(at, '  renamed:', '  order:');
    expect((await at.poll()).json<RunReport>().totals).toMatchObject({ held: 1, actions: 0 });
    expect((await at.bench.sluice('hold release --all --yes')).exitCode).toBe(0);
    expect([isDown(at, 1), isSuspended(at, 1)]).toEqual([false, false]);
  });

  it('resolves an action in doubt by reading, without a change', async () => {
    const at = await startDcim();
    await at.addService(1, { product: 'order' });
    at.panel.addTraffic(501, { in: 150 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith('/suspend');
    at.panel.server.inject({ match, times: 1, when: 'after', fault: { kind: 'cut' } });
    const reading = ({ method, endpoint }: { method: string; endpoint: string }): boolean =>
      method === 'GET' && endpoint.includes('/orders/') && at.panel.server.changingCalls().length > 0;
    const mend = at.panel.server.inject({ match: reading, fault: { kind: 'cut' } });
    await at.poll();
    mend();
    const unresolved = (): Promise<unknown[]> => at.bench.store((store) => store.actions.unresolved());
    expect(await unresolved()).toHaveLength(1);
    rewrite(at, '  order:', '  renamed:');
    at.bench.clock.advance(HOUR);
    const calls = at.panel.server.changingCalls().length;
    const { services } = (await at.poll()).json<RunReport>();
    expect(services[0]).toMatchObject({ error: { code: 'unknown_product' }, holds: [{ reason: 'quota' }] });
    expect([await unresolved(), at.panel.server.changingCalls().length]).toEqual([[], calls]);
    expect(await at.bench.store((store) => store.evidence.open())).toHaveLength(1);
    expect((await at.bench.sluice('hold release --all --yes')).exitCode).toBe(0);
    expect(isSuspended(at, 1)).toBe(false);
  });

  it('leaves a slow customer slow on FLVX', async () => {
    const at = await startFlvx();
    const [forward] = await holdFlvx(at, 1);
    const limited = at.panel.permission(3, at.tunnels.hk)?.speedId;
    rewrite(at, '  slow:', '  renamed:');
    at.bench.clock.advance(HOUR);
    for (const command of ['poll', 'reconcile']) {
      expect((await at.run(command)).json<RunReport>().services[0]?.actions).toEqual([]);
      expect(at.panel.runningForwards()).toContain(forward);
      expect(at.panel.permission(3, at.tunnels.hk)?.speedId).toBe(limited);
    }
  });

  it('is released by name all the same', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    rewrite(at, '  order:', '  renamed:');
    expect((await at.bench.sluice('hold release --all --yes')).exitCode).toBe(0);
    expect([isDown(at, 1), isSuspended(at, 1)]).toEqual([false, false]);
  });
});

describe('a panel that is missing in the config', () => {
  const remove = (at: EasyDcimBench): void => {
    const panel = at.bench.read('sluice.yaml');
    const other = panel.replace('  dcim: {', '  new: {').replaceAll('panel: dcim', 'panel: new');
    at.bench.write('sluice.yaml', other);
  };
  const said =
    '1 service has the panel "dcim", which is not in the config: nothing is read or changed there; 1 is held and stays restricted (svc-1)';

  it('fails each run with the services that stay held, is one notice, and fails in doctor', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    const config = at.bench.read('sluice.yaml');
    remove(at);
    const told: number[] = [];
    for (const words of ['poll', 'poll', 'reconcile', 'plan']) {
      const run = await at.bench.sluice(`${words} --json`);
      const { panels, notices, run: view } = run.json<RunReport>();
      expect([words, run.exitCode, view.outcome]).toEqual([words, 1, 'failed']);
      expect(panels).toEqual([{ panel: 'dcim', error: { code: 'panel_removed', message: said } }]);
      told.push(notices.length);
    }
    expect(told).toEqual([1, 0, 0, 1]);
    const shown = await at.bench.sluice('poll');
    expect(shown.stderr).toContain(said);
    expect(shown.stderr).toContain('sluice hold release --all --panel dcim');
    const { checks } = (await at.bench.sluice('doctor --json')).json<{ checks: Record<string, string>[] }>();
    expect(checks).toContainEqual(expect.objectContaining({ status: 'failed', message: said }));
    expect([isDown(at, 1), isSuspended(at, 1)]).toEqual([false, true]);

    at.bench.write('sluice.yaml', config);
    expect((await at.poll()).exitCode).toBe(0);
    remove(at);
    at.bench.clock.advance(HOUR);
    expect((await at.poll()).json<RunReport>().notices).toHaveLength(1);
  });

  it('is listed by panel list, overview and pages, and is a notice of a reconcile', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    remove(at);
    const { notices } = (await at.bench.sluice('reconcile --json')).json<RunReport>();
    expect(notices.map(({ code, message }) => [code, message])).toEqual([['panel_removed', said]]);
    const removed = [{ panel: 'dcim', services: ['svc-1'], held: ['svc-1'], message: said }];
    const listed = await at.bench.sluice('panel list');
    expect(listed.stdout).toContain(said);
    expect((await at.bench.sluice('panel list --json')).json()).toMatchObject({ removed });
    const serving = await serveOn(at.bench);
    try {
      const { stdout } = await at.bench.sluice('api-token create one --scope read');
      const body = new URLSearchParams({ token: stdout.trim() });
      const login = await fetch(`${serving.url}/login`, { method: 'POST', redirect: 'manual', body });
      const cookie = /^[^;]*/.exec(login.headers.get('set-cookie') ?? '')?.[0] ?? '';
      const headers = { authorization: `Bearer ${stdout.trim()}`, cookie };
      const read = async (path: string): Promise<string> => (await fetch(`${serving.url}${path}`, { headers })).text();
      for (const path of ['/api/v1/panels', '/api/v1/overview'])
        expect(JSON.parse(await read(path))).toMatchObject({ removed });
      for (const path of ['/', '/panels']) expect(await read(path)).toContain('which is not in the config');
    } finally {
      await serving.stop();
    }
  });

  it('makes a run partial that has other panels', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    remove(at);
    await at.bench
      .store((store) => store.services.list())
      .then(async ([service]) => {
        if (service === undefined) throw new Error('no service');
        const other = { ...service, id: 'svc-2', panel: 'new', product: 'free', refs: { easydcim_service_id: '502' } };
        await at.bench.store((store) => store.services.put([other]));
      });
    at.panel.addService({ id: 502, orderId: 902, serverId: 302, user: 12, ports: [] });
    expect((await at.poll()).exitCode).toBe(3);
    expect((await at.poll('--panel new')).exitCode).toBe(0);
  });
});

describe('a product with another action', () => {
  it('stops at the brake where it would restrict many held services harder, once', async () => {
    const at = await startDcim();
    const held = await holdDcim(at, 12, 'order');
    rewrite(at, 'action: suspend-order', 'action: disable-ports');
    at.bench.clock.advance(HOUR);
    expect((await at.poll()).exitCode).toBe(6);
    expect(held.filter((number) => isDown(at, number))).toEqual([]);
    expect((await at.poll('--allow-mass')).exitCode).toBe(0);
    expect(held.filter((number) => isDown(at, number))).toEqual(held);
    at.bench.clock.advance(HOUR);
    expect((await at.poll()).exitCode).toBe(0);
  });

  it('keeps the last restriction of its holds when it is missing afterwards', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    rewrite(at, 'action: suspend-order', 'action: both');
    expect((await at.poll()).exitCode).toBe(0);
    rewrite(at, '  order:', '  renamed:');
    expect((await at.poll()).json<RunReport>().services[0]?.actions).toEqual([]);
    expect([isDown(at, 1), isSuspended(at, 1)]).toEqual([true, true]);
    expect(at.bench.read('sluice.db.holds.json')).toContain('"restriction": "both"');
  });

  it('stops two of three slow customers on FLVX only with --allow-mass, and lets them go slower at once', async () => {
    const at = await startFlvx();
    const forwards = await holdFlvx(at, 3);
    rewrite(at, 'action: throttle', 'action: pause');
    at.bench.clock.advance(HOUR);
    expect((await at.run('poll')).exitCode).toBe(6);
    expect(at.panel.runningForwards()).toEqual(expect.arrayContaining(forwards));
    expect((await at.run('poll --allow-mass')).exitCode).toBe(0);
    expect(forwards.filter((forward) => at.panel.runningForwards().includes(forward))).toEqual([]);
    rewrite(at, 'action: pause', 'action: throttle');
    expect((await at.run('poll')).exitCode).toBe(0);
    expect(at.panel.runningForwards()).toEqual(expect.arrayContaining(forwards));
  });
});
