import { describe, expect, it } from '@jest/globals';
import type { ServiceDetail, SyncReport } from '@sluice/engine';
import { toIds } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startWhmcsBench } from '../bench/whmcs-bench.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startWhmcsBench);

const show = async (id: string): Promise<ServiceDetail> => await at.sluice.services.show(id);
const lifecycles = async (): Promise<string[]> => {
  const { services } = await at.sluice.services.list();
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

    const shown = await at.sync({ dryRun: true });
    expect(shown.run).toMatchObject({ outcome: 'done', changes: true });
    const added = [1, 2, 3, 4].map((number) => ({ id: `whmcs-${number}`, change: 'added' }));
    expect(shown.changes).toMatchObject(added);
    expect(await lifecycles()).toEqual([]);

    const first = await at.sync();
    expect([first.run.outcome, toTotals(first)]).toEqual(['done', 'seen 7, added 4, skipped 3']);
    expect(first.skipped).toEqual([
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
    expect(toTotals(await at.sync())).toBe('seen 7, unchanged 4, skipped 3');

    at.whmcs.service(1).nextDueDate = '2027-06-15';
    at.whmcs.service(2).status = 'Active';
    at.whmcs.service(3).status = 'Fraud';
    at.whmcs.deleteService(4);
    const second = await at.sync();
    const words = second.changes.map(({ id, change, fields }) =>
      [id, change, ...fields.map(({ key, after }) => `${key} ${after}`)].join(' '),
    );
    expect(words).toEqual([
      'whmcs-1 changed next_due_date 2027-06-15',
      'whmcs-2 changed status active',
      'whmcs-3 terminated status terminated',
      'whmcs-4 vanished status vanished',
    ]);
    expect(toTotals(second)).toBe('seen 6, changed 2, vanished 1, terminated 1, skipped 3');
    expect(await lifecycles()).toEqual(['whmcs-1 active', 'whmcs-2 active', 'whmcs-3 terminated', 'whmcs-4 vanished']);
    const fields = { easydcim_service_id: '504' };
    at.whmcs.addService({ id: 4, client: 77, product: 12, nextDueDate: '2026-12-15', fields });
    expect(toTotals(await at.sync())).toBe('seen 7, changed 1, unchanged 3, skipped 3');
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
    expect((await at.poll({ allowMass: true })).totals).toMatchObject({ held: 2 });
    expect([order(1), order(2)]).toEqual(['suspended', 'suspended']);
    at.whmcs.service(1).status = 'Active';
    at.whmcs.deleteService(2);
    await at.sync();
    expect((await at.poll({ allowMass: true })).services.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'whmcs-1 ok',
      'whmcs-2 skipped',
    ]);
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
    const synced = await at.sync({ allowMass: true });
    expect([synced.run.outcome, toTotals(synced)]).toEqual(['done', 'seen 1, added 1, vanished 3']);
    expect(synced.changes.map(({ id }) => id)).toEqual(['whmcs-1', 'whmcs-2', 'whmcs-7', 'whmcs-12']);
    await at.poll();
    at.panel.addTraffic(toIds(1).service, { in: 101 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    const polled = await at.poll({ allowMass: true });
    expect([polled.run.outcome, at.panel.port(toIds(1).port(1)).adminState]).toEqual(['done', 'down']);
  });
});
