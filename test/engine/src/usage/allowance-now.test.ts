import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ServiceDetail } from '@sluice/engine';
import { describeAllowance } from '@sluice/engine/words';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { useBench } from '../bench/each-test.js';
import { addPaid } from '../purchases/paid.js';

const at = useBench(startEasyDcimBench);

beforeEach(async () => {
  await at.addService(1);
  at.use(1, 40);
  await at.poll();
});

/** Buys 50 GB in the current cycle. */
async function buy(): Promise<void> {
  const [cycle] = await at.bench.store.cycles.newest(['svc-1']);
  await addPaid(at.bench, { id: 'purchase-1', cycle: cycle?.id ?? '', bytes: 50 * GB });
}

/** What every surface says is allowed, in GB. */
async function readAllowed(): Promise<unknown[]> {
  const { sluice } = at.bench;
  const { services } = await sluice.services.list();
  const usage = await sluice.usage.read();
  const explained = await sluice.explain('svc-1');
  const overview = await sluice.overview();
  const [row] = overview.services.items;
  const { metrics } = await sluice.metrics();
  const metric = metrics.find(({ name }) => name === 'sluice_service_allowance_bytes')?.samples[0]?.value;
  const bytes = [
    ...toFigures(services[0]),
    ...toFigures(usage.services[0]),
    ...toFigures(explained.service),
    explained.allowance.allowedBytes,
    (await sluice.usage.graph('svc-1', 'cycle')).allowedBytes,
    row?.allowedBytes,
    (row?.remainingBytes ?? 0) + 40 * GB,
    metric,
  ];
  return [...new Set(bytes.map((each) => Number(each) / GB))];
}

const toFigures = (service: ServiceDetail | undefined): unknown[] => [
  service?.allowance?.allowedBytes,
  (service?.allowance?.remainingBytes ?? 0) + 40 * GB,
  service?.counted?.allowedBytes,
  service?.limits[0]?.allowed,
];

describe('what a service may use', () => {
  it('is by the override, before a run has decided with it', async () => {
    expect(await readAllowed()).toEqual([100]);
    const set = await at.sluice.overrides.set('svc-1', { quota: '200GB' });
    expect(set.allowance).toMatchObject({ allowedBytes: 200 * GB, decided: false });
    expect(describeAllowance(set)).toBe(
      '200 GB are allowed by what was changed since the last run: the next one decides',
    );
    expect(await readAllowed()).toEqual([200]);
    await at.poll();
    const { service } = await at.sluice.explain('svc-1');
    expect([service.allowance?.decided, describeAllowance(service)]).toEqual([true, null]);
  });

  it.each([
    ['200GB', 'ok'],
    ['30GB', 'over'],
  ])('decides on the status that every surface shows (%s)', async (quota, status) => {
    await at.sluice.overrides.set('svc-1', { quota });
    const [row] = (await at.sluice.overview()).services.items;
    const [listed] = (await at.sluice.services.list()).services;
    expect([row?.status, listed?.status, (await at.sluice.services.show('svc-1')).status]).toEqual(
      Array(3).fill(status),
    );
  });

  it('has the paid purchases', async () => {
    await buy();
    expect(await readAllowed()).toEqual([150]);
  });

  it('is by the config', async () => {
    await buy();
    await at.bench.edit(
      'ports: { panel: dcim, quota: { total: 100GB }',
      'ports: { panel: dcim, quota: { total: 300GB }',
    );
    expect(await readAllowed()).toEqual([350]);
  });

  it('is by the product that a service was changed to', async () => {
    const vpn = await startHiddifyBench();
    try {
      await vpn.create(1);
      await vpn.poll();
      await vpn.bench.sluice.provision.changePackage('svc-1', 'vpn-100');
      const { service, allowance } = await vpn.bench.sluice.explain('svc-1');
      expect([service.allowance, allowance.allowedBytes]).toMatchObject([
        { allowedBytes: 100 * GB, decided: false },
        100 * GB,
      ]);
    } finally {
      await vpn.close();
    }
  });

  it('is that of the time for a past instant', async () => {
    const past = new Date(at.bench.clock.now()).toISOString();
    at.bench.clock.advance(HOUR);
    await at.sluice.overrides.set('svc-1', { quota: '200GB' });
    const { allowance, service } = await at.sluice.explain('svc-1', { at: past });
    expect([allowance.allowedBytes, service.allowance]).toMatchObject([
      100 * GB,
      { allowedBytes: 100 * GB, decided: true },
    ]);
  });
});
