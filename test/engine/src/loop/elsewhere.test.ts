import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startFakeEasyDcim, type FakeEasyDcim } from '@sluice/fake-panels';
import { toIds, startEasyDcimBench, TOKEN } from '../bench/easydcim-bench.js';
import { HOUR } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';

const PORT = toIds(1).port(1);

const at = useBench(startEasyDcimBench);
let other: FakeEasyDcim;
beforeEach(async () => {
  other = await startFakeEasyDcim({ token: TOKEN, now: () => at.bench.clock.now(), timeZone: 'UTC' });
  const second = `  d2: { kind: easydcim, url: "${other.url}", allowHttp: true, token: ${TOKEN}, retries: 0 }`;
  await at.bench.edit(
    'products:',
    `${second}\nproducts:\n  p2: { panel: d2, quota: { total: 100GB }, action: disable-ports }`,
  );
  await at.addService(1);
  // On the second panel the same ids are another machine's, whose port staff has shut.
  const ids = toIds(1);
  other.addService({
    id: ids.service,
    orderId: ids.order,
    serverId: ids.server,
    user: 11,
    ports: [{ id: PORT, name: 'eth0', adminState: 'down' }],
  });
  at.use(1, 200);
  expect((await at.poll()).run.outcome).toBe('done');
  expect(at.panel.port(PORT).adminState).toBe('down');
});
afterEach(() => other.close());

const portOnSecond = (): string => other.port(PORT).adminState;

describe('a held service', () => {
  it('is moved to another panel neither by set nor by import', async () => {
    const elsewhere = { panel: 'd2', product: 'p2' };
    const set = at.sluice.services.set('svc-1', elsewhere);
    await expect(set).rejects.toMatchObject({ code: 'service_held' });
    const row = { line: 2, values: { id: 'svc-1', ...elsewhere } };
    expect(await at.sluice.services.import([row])).toMatchObject({
      totals: { changed: 0 },
      problems: [
        { line: 2, service: 'svc-1', key: 'panel', message: expect.stringContaining('while the service is held') },
      ],
    });
    expect(await at.bench.store.services.get('svc-1')).toMatchObject({ panel: 'dcim' });
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    await at.poll();
    expect(await at.sluice.services.import([row])).toMatchObject({ totals: { changed: 1 }, problems: [] });
  });
});

describe('a service whose evidence lies on another panel', () => {
  beforeEach(async () => {
    const updatedAt = new Date(at.bench.clock.now()).toISOString();
    await at.bench.store.services.update([{ id: 'svc-1', panel: 'd2', product: 'p2', updatedAt }]);
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    at.bench.clock.advance(HOUR);
  });

  it('has nothing undone on its own panel, and is reported once in each run over either', async () => {
    for (const options of [{}, { panel: 'dcim' }, { panel: 'd2' }, { dryRun: true }]) {
      const { notices } = await at.poll(options);
      const told = notices.filter(({ code }) => code === 'evidence_elsewhere');
      expect([options, told.length]).toEqual([options, 1]);
      expect(told[0]?.service).toBe('svc-1');
      expect(told[0]?.message).toContain(`port ${PORT}, port ${PORT + 1} for it on panel "dcim"`);
      expect([portOnSecond(), at.panel.port(PORT).adminState]).toEqual(['down', 'down']);
    }
    const open = await at.bench.store.evidence.open();
    expect(open.map(({ panel, target }) => [panel, target])).toContainEqual(['dcim', String(PORT)]);
  });

  it('is not said to be released, and is after it was moved back', async () => {
    await at.poll({ panel: 'd2' });
    const released = await at.sluice.holds.release('svc-1');
    expect(released.run.outcome).not.toBe('done');
    expect(released.service.error?.code).toBe('evidence_elsewhere');
    await at.sluice.services.set('svc-1', { panel: 'dcim', product: 'ports' });
    expect((await at.sluice.holds.release('svc-1')).run.outcome).toBe('done');
    await at.poll();
    expect([portOnSecond(), at.panel.port(PORT).adminState]).toEqual(['down', 'up']);
    await at.sluice.services.set('svc-1', { panel: 'd2', product: 'p2' });
  });
});
