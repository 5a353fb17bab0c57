import { describe, expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { startFakeEasyDcim } from '@sluice/fake-panels';
import { startEasyDcimBench, TOKEN } from '../bench/easydcim-bench.js';
import { DAY, type EngineBench, errorOf, GB, HOUR } from '../bench/engine-bench.js';
import { startFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';
import { done } from '../bench/outcomes.js';
import { pollLater } from '../loop/polls.js';

/** Gives a panel another name in the config, and nothing else. */
async function rename(bench: EngineBench, from: string): Promise<void> {
  const panel = new RegExp(`^  ${from}: \\{`, 'm');
  await bench.configure(
    bench.text.replace(panel, `  renamed: {`).replace(new RegExp(`panel: ${from}(?=[, ])`, 'g'), 'panel: renamed'),
  );
}

/** What happens to a panel between two parts of a life, and its name from then on. */
const CASES = [
  ['keeps its name', false],
  ['has another name', true],
] as const;

describe.each(CASES)('a panel that %s in the config', (_, isRenamed) => {
  describe('of EasyDCIM', () => {
    const [at, open] = useOpened(startEasyDcimBench);
    it('is freed of its hold when the quota is raised', async () => {
      await open();
      await at.addService(1, { product: 'ports' });
      await at.poll();
      at.use(1, 120);
      await at.pollAfter(HOUR);
      const isDown = (): boolean => at.panel.port(7011).adminState === 'down';
      expect(isDown()).toBe(true);
      if (isRenamed) await rename(at.bench, 'dcim');
      expect((await at.pollAfter(HOUR)).totals).toMatchObject({ held: 1, actions: 0 });
      await at.sluice.overrides.set('svc-1', { quota: '200GB' });
      expect((await at.pollAfter(HOUR)).totals).toMatchObject({ held: 0, released: 1 });
      expect(isDown()).toBe(false);
    });
  });

  describe('of FLVX', () => {
    const [at, open] = useOpened(startFlvxBench);
    it('counts what was used meanwhile', async () => {
      await open();
      const user = await at.create(1, { product: 'relay' });
      const web = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
      await pollLater(at);
      at.panel.traffic(web, 10 * GB);
      await pollLater(at);
      if (isRenamed) await rename(at.bench, 'relay');
      at.panel.traffic(web, 110 * GB);
      const { service } = await pollLater(at, 3 * DAY);
      expect([service.usage?.totalBytes, service.status]).toEqual([120 * GB, 'held']);
    });

    it('opens the tunnel again that an earlier change of the package closed', async () => {
      await open();
      const user = await at.create(1, { product: 'big' });
      const far = at.panel.addForward(user, at.tunnels.jp, { name: 'far' });
      await at.poll();
      await done(at.sluice.provision.changePackage('svc-1', 'relay'));
      await pollLater(at);
      expect(at.panel.isRunning(far)).toBe(false);
      if (isRenamed) await rename(at.bench, 'relay');
      await pollLater(at);
      await done(at.sluice.provision.changePackage('svc-1', 'big'));
      expect([at.panel.permissionStatus(user, at.tunnels.jp), at.panel.isRunning(far)]).toEqual([1, true]);
    });
  });

  describe('of Hiddify', () => {
    const [at, open] = useOpened(startHiddifyBench);
    it('does not count for the next client what the former one used', async () => {
      await open();
      const user = at.panel.addUser({ agent: at.north, usageLimit: 50 * GB });
      await at.addService(1, { product: 'vpn-50', values: { client: '42', hiddify_user_uuid: user } });
      await at.pollAfter(HOUR);
      at.panel.use(user, 48 * GB);
      await at.pollAfter(HOUR);
      await at.sluice.services.set('svc-1', { status: 'terminated' });
      await at.sluice.services.remove('svc-1');
      if (isRenamed) await rename(at.bench, 'vpn');
      const panel = isRenamed ? 'renamed' : 'vpn';
      await at.addService(2, { product: 'vpn-50', values: { panel, client: '43', hiddify_user_uuid: user } });
      await at.pollAfter(HOUR);
      at.panel.use(user, 5 * GB);
      const { services } = await at.pollAfter(HOUR);
      const second = services.find(({ id }) => id === 'svc-2');
      expect([second?.usage?.totalBytes, second?.status]).toEqual([5 * GB, 'ok']);
    });
  });

  describe('of telephony', () => {
    const [at, open] = useOpened(startTelephonyBench);
    it('bills each client for the own time, and what was never billed', async () => {
      await open();
      await at.addService();
      at.addCall('2026-10-10T09:00:00-03:00', '40.0000');
      expect(await at.bill()).toEqual(['svc-1 added 40.00']);
      at.addCall('2026-11-10T09:00:00-03:00', '3.0000');
      at.setTime('2026-11-20T12:00:00Z');
      await at.sluice.services.set('svc-1', { status: 'terminated' });
      if (isRenamed) await rename(at.bench, 'voice');
      const panel = isRenamed ? 'renamed' : 'voice';
      const own = { panel, product: 'line', client: '43', status: 'active', astbilling_subscriber_id: LINE };
      await at.sluice.services.add('svc-2', own);
      at.addCall('2026-11-25T09:00:00-03:00', '4.0000');
      at.setTime('2026-12-02T12:00:00Z');
      await at.bill();
      const { invoices } = await at.sluice.invoices.list();
      expect(invoices.map(({ client, total }) => [client, total]).sort()).toEqual([
        ['42', '43.00'],
        ['43', '4.00'],
      ]);
    });
  });
});

describe('a panel whose name changed', () => {
  const [at, open] = useOpened(startEasyDcimBench);
  const panelOf = async (): Promise<string | undefined> => (await at.bench.store.services.get('svc-1'))?.panel;

  it('is said to have the new name once', async () => {
    await open();
    await at.addService(1);
    await at.poll();
    await rename(at.bench, 'dcim');
    for (let run = 0; run < 2; run++) {
      await at.pollAfter(HOUR);
      const stored = await at.bench.store.notices.list();
      expect(stored.filter(({ code }) => code === 'panel_renamed')).toHaveLength(1);
    }
  });

  it('has it once no other run works on it, and nothing is done under the new name before', async () => {
    await open();
    await at.addService(1);
    await at.poll();
    await at.sluice.panels.observe('dcim');
    const other = await at.bench.store.leases.acquire({
      ...{ name: 'panel:dcim', run: 'run-other', now: new Date(at.bench.clock.now()).toISOString(), ttlMs: 60_000 },
      ...{ owner: { host: 'other', pid: 999, processStart: '1' }, isAlive: () => true, unless: [] },
    });
    await rename(at.bench, 'dcim');
    expect((await errorOf(at.poll()))?.code).toBe('lease_held');
    expect((await errorOf(at.sluice.panels.enforce('renamed')))?.code).toBe('lease_held');
    await at.sluice.plan();
    expect(await panelOf()).toBe('dcim');
    if (other.acquired) await at.bench.store.leases.release(other.lease);
    await at.poll();
    expect(await panelOf()).toBe('renamed');
  });

  it.each([
    ['exchanged its name with another one', true],
    ['left its name to a new one', false],
  ])('keeps its services where it %s', async (_, isKnown) => {
    await open();
    const other = await startFakeEasyDcim({ token: TOKEN, now: at.bench.clock.now, timeZone: 'UTC' });
    try {
      const { url } = at.panel;
      const toPanel = (name: string, at: string): string =>
        `  ${name}: { kind: easydcim, url: "${at}", allowHttp: true, token: ${TOKEN}, retries: 0, timeout: 2s }\n`;
      const toConfig = (panels: string, product: string): string =>
        `timeZone: UTC\npoll: { doubt: { jump: off } }\npanels:\n${panels}products:\n  ports: { panel: ${product}, quota: { total: 100GB }, action: disable-ports }\n`;
      await at.bench.configure(toConfig(toPanel('dcim', url) + (isKnown ? toPanel('two', other.url) : ''), 'dcim'));
      await at.addService(1, { product: 'ports' });
      await at.poll();
      at.use(1, 120);
      await at.pollAfter(HOUR);
      await at.bench.configure(toConfig(toPanel('two', url) + toPanel('dcim', other.url), 'two'));
      const { services } = await at.pollAfter(HOUR);
      expect(services).toMatchObject([{ panel: 'two', status: 'held' }]);
      expect(other.server.totals.changing).toBe(0);
      await at.sluice.overrides.set('svc-1', { quota: '200GB' });
      await at.pollAfter(HOUR);
      expect(at.panel.port(7011).adminState).toBe('up');
    } finally {
      await other.close();
    }
  });

  it('is refused to a process that began before, and is not renamed to and fro', async () => {
    await open();
    await at.addService(1);
    await at.poll();
    const former = at.bench.sluice;
    await rename(at.bench, 'dcim');
    await at.poll();
    expect((await errorOf(former.poll()))?.code).toBe('config_outdated');
    await at.pollAfter(HOUR);
    expect(await panelOf()).toBe('renamed');
  });

  it('is not renamed while a command works on one of its services', async () => {
    await open();
    await at.addService(1);
    await at.poll();
    const lease = await at.bench.store.leases.acquire({
      ...{ name: 'service:svc-1', run: 'run-other', now: new Date(at.bench.clock.now()).toISOString(), ttlMs: 60_000 },
      ...{ owner: { host: 'other', pid: 999, processStart: '1' }, isAlive: () => true, unless: [] },
    });
    await rename(at.bench, 'dcim');
    expect((await errorOf(at.poll()))?.code).toBe('lease_held');
    if (lease.acquired) await at.bench.store.leases.release(lease.lease);
    await at.poll();
    expect(await panelOf()).toBe('renamed');
  });

  it('keeps the newer switch and mark that a restored store has of the one that it replaced', async () => {
    await open();
    await at.addService(1);
    await at.poll();
    const { store } = at.bench;
    const [since, later] = ['2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z'];
    await store.switches.set({ panel: 'dcim', product: null, enforce: 'on', since, actor: null });
    await store.switches.set({ panel: 'renamed', product: null, enforce: 'observe', since: later, actor: null });
    for (const [panel, at] of [
      ['dcim', since],
      ['renamed', later],
    ] as const)
      await store.conditions.put({ key: `mark:${panel}`, since: at, runs: 1, details: { at } });
    await rename(at.bench, 'dcim');
    await at.sluice.overrides.clear('svc-1');
    expect((await store.switches.list()).map(({ panel, enforce }) => [panel, enforce])).toEqual([
      ['renamed', 'observe'],
    ]);
    expect((await store.conditions.list('mark:')).map(({ key, details }) => [key, details])).toEqual([
      ['mark:renamed', { at: later }],
    ]);
    const told = (await store.notices.list()).filter(({ code }) => code === 'enforcement_renamed');
    expect(told.map(({ message }) => message)).toEqual([
      'panel "renamed" is under observe by a switch of this name, although it was enforced as panel "dcim": nothing is restricted until it is enforced by name',
    ]);
  });

  it('gets no name with which something of another panel is stored', async () => {
    await open();
    await at.addService(1);
    await at.poll();
    const former = await at.bench.store.services.get('svc-1');
    await at.bench.store.services.put([{ ...former!, id: 'former', panel: 'renamed', status: 'terminated', refs: {} }]);
    await rename(at.bench, 'dcim');
    const refused = await errorOf(at.poll());
    expect(refused).toMatchObject({ code: 'panel_name_taken', message: expect.stringContaining('"renamed"') });
    expect(await panelOf()).toBe('dcim');
  });

  it('is not known to be the same at another address, which a held service is told', async () => {
    await open();
    await at.addService(1, { product: 'ports' });
    at.use(1, 120);
    await at.poll();
    await at.bench.edit('//127.0.0.1:', '//localhost:');
    await rename(at.bench, 'dcim');
    await at.poll();
    expect(await panelOf()).toBe('dcim');
    const moved = await errorOf(at.sluice.services.set('svc-1', { panel: 'renamed' }));
    expect(moved?.message).toMatch(/panel "dcim" is not in the config: put it back there, and release/);
  });
});
