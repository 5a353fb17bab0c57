import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport, ServiceDetail, SyncReport } from '@sluice/engine';
import { GB, HOUR, toIds } from '../easydcim-bench.js';
import { startWhmcsBench, type WhmcsBench } from './whmcs-bench.js';

let at: WhmcsBench;
beforeEach(async () => {
  at = await startWhmcsBench();
});
afterEach(() => at.close());

const show = async (id: string): Promise<ServiceDetail> => (await at.bench.sluice(`service show ${id} --json`)).json();
const lifecycles = async (): Promise<string[]> => {
  const { services } = (await at.bench.sluice('service list --json')).json<{ services: ServiceDetail[] }>();
  return services.map(({ id, lifecycle }) => `${id} ${lifecycle}`);
};
const toTotals = (report: SyncReport): string =>
  Object.entries(report.totals)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

describe('service sync', () => {
  it('adds, changes and ends services as WHMCS does, and takes back what returns', async () => {
    at.addService(1);
    at.addService(2, { status: 'Suspended' });
    at.addService(3, { product: 11 });
    at.addService(4, { product: 12 });
    at.addService(5, { status: 'Cancelled' });
    at.whmcs.addService({ id: 6, client: 77, product: 20 });
    at.whmcs.addService({ id: 7, client: 77, product: 10, status: 'Completed' });
    at.whmcs.setField(1, 'base_quota_override_gb', ' 250 ');
    at.whmcs.setField(1, 'traffic_mode', 'out');
    at.whmcs.service(1).billingCycle = 'Semi-Annually';

    const shown = await at.bench.sluice('service sync --dry-run --detailed-exitcode');
    expect(shown.exitCode).toBe(4);
    expect(shown.stdout).toContain('whmcs-2: new\n  panel: dcim\n  product: ports\n  client: 77\n');
    expect(await lifecycles()).toEqual([]);

    const first = await at.sync();
    expect([first.exitCode, toTotals(first.json())]).toEqual([0, 'seen 7, added 4, skipped 3']);
    expect(first.json<SyncReport>().skipped).toEqual([
      { reason: 'had ended before the first sync', services: ['whmcs-5'] },
      { reason: 'product 20 (Hosting) of WHMCS is not claimed by a product of the config', services: ['whmcs-6'] },
      { reason: 'status "Completed"', services: ['whmcs-7'] },
    ]);
    expect(await show('whmcs-1')).toMatchObject({
      panel: 'dcim',
      product: 'ports',
      client: '77',
      lifecycle: 'active',
      billingCycle: 'semiannually',
      nextDueDate: '2026-12-15',
      trafficMode: 'OUT',
      refs: { whmcs_service_id: '1', easydcim_service_id: '501', easydcim_order_id: '901' },
    });
    expect([(await show('whmcs-3')).product, (await show('whmcs-4')).product]).toEqual(['big', 'big']);
    expect([(await at.sync()).stdout, (await at.bench.sluice('service sync --quiet')).stdout]).toEqual([
      expect.stringContaining('"unchanged": 4'),
      '',
    ]);

    at.whmcs.service(1).nextDueDate = '2027-06-15';
    at.whmcs.service(2).status = 'Active';
    at.whmcs.service(3).status = 'Fraud';
    at.whmcs.deleteService(4);
    const second = await at.bench.sluice('service sync');
    expect(second.stdout.split('\n')).toEqual([
      'whmcs-1:',
      '  next_due_date: 2026-12-15 → 2027-06-15',
      'whmcs-2:',
      '  status: suspended → active',
      'whmcs-3: terminated',
      '  status: active → terminated',
      'whmcs-4: vanished',
      '  status: active → vanished',
      expect.stringContaining('skipped, '),
      expect.stringContaining('skipped, '),
      expect.stringContaining('skipped, '),
      '6 services: 0 added, 2 changed, 0 unchanged, 1 vanished, 1 terminated, 3 skipped',
      '',
    ]);
    expect(await lifecycles()).toEqual(['whmcs-1 active', 'whmcs-2 active', 'whmcs-3 terminated', 'whmcs-4 vanished']);
    at.whmcs.addService({
      id: 4,
      client: 77,
      product: 12,
      nextDueDate: '2026-12-15',
      fields: { easydcim_service_id: '504' },
    });
    expect(toTotals((await at.sync()).json())).toBe('seen 7, changed 1, unchanged 3, skipped 3');
    expect((await show('whmcs-4')).lifecycle).toBe('active');
  });

  it('suspends by a billing hold and releases it; a vanished service keeps its restriction', async () => {
    at.addService(1);
    at.addService(2);
    await at.sync();
    await at.poll();
    at.whmcs.service(1).status = 'Suspended';
    at.whmcs.service(2).status = 'Suspended';
    await at.sync();
    const order = (number: number): string => at.panel.order(toIds(number).order).status;
    expect((await at.poll('--allow-mass')).json<RunReport>().totals).toMatchObject({ held: 2 });
    expect([order(1), order(2)]).toEqual(['suspended', 'suspended']);
    at.whmcs.service(1).status = 'Active';
    at.whmcs.deleteService(2);
    await at.sync();
    expect(
      (await at.poll('--allow-mass')).json<RunReport>().services.map(({ id, status }) => `${id} ${status}`),
    ).toEqual(['whmcs-1 ok', 'whmcs-2 skipped']);
    expect([order(1), order(2)]).toEqual(['active', 'suspended']);
    expect((await show('whmcs-2')).holds).toMatchObject([{ reason: 'billing' }]);
  });

  it('lets a successor have the ids of a vanished service in the same sync, and enforces its quota', async () => {
    at.addService(1);
    for (const id of [12, 7]) at.addService(id);
    await at.sync();
    await at.poll();
    for (const id of [1, 12, 7]) at.whmcs.deleteService(id);
    at.addService(2);
    at.whmcs.setField(2, 'easydcim_service_id', String(toIds(1).service));
    at.whmcs.setField(2, 'EasyDCIM_Order_ID|Order', String(toIds(1).order));
    const synced = await at.sync('--allow-mass');
    expect([synced.exitCode, toTotals(synced.json())]).toEqual([0, 'seen 1, added 1, vanished 3']);
    expect(synced.json<SyncReport>().changes.map(({ id }) => id)).toEqual([
      'whmcs-1',
      'whmcs-2',
      'whmcs-7',
      'whmcs-12',
    ]);
    await at.poll();
    at.panel.addTraffic(toIds(1).service, { in: 101 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    const polled = await at.poll('--allow-mass');
    expect([polled.exitCode, at.panel.port(toIds(1).port(1)).adminState]).toEqual([0, 'down']);
  });
});
