import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startShop } from '../purchases/shop.js';

const at = useBench(startShop);
const NAMED = { name: 'Web server Paris', client_name: 'María Ruiz' };

describe('lists name the service and the client of each row', () => {
  it('of purchases and invoices', async () => {
    await at.open(10, '20.00');
    await at.sluice.services.set('svc-1', NAMED);
    const { purchase } = await at.buy('svc-1', 'extra-50');
    const named = { name: 'Web server Paris', client: '42', clientName: 'María Ruiz' };
    expect(purchase).toMatchObject({ service: 'svc-1', ...named });
    expect(await at.purchases()).toMatchObject([{ service: 'svc-1', ...named }]);
    const { invoices } = await at.sluice.invoices.list();
    expect(invoices).toMatchObject([{ client: '42', clientName: 'María Ruiz' }]);
    expect(await at.sluice.invoices.show(invoices[0]?.id ?? '')).toMatchObject({ clientName: 'María Ruiz' });
  });

  it('of credit and its changes', async () => {
    await at.open(10, '20.00');
    await at.sluice.services.set('svc-1', NAMED);
    const named = { client: '42', clientName: 'María Ruiz' };
    expect(await at.sluice.credit.show('42')).toMatchObject({ ...named, balance: '20.00' });
    expect(await at.sluice.credit.history('42')).toMatchObject({ ...named, entries: [{ balance: '20.00' }] });
    const added = await at.sluice.credit.add('42', { amount: '1.00', currency: 'EUR' });
    expect(added.credit).toMatchObject({ ...named, balance: '21.00' });
    await at.sluice.credit.add('43', { amount: '1.00', currency: 'EUR' });
    expect(await at.sluice.credit.history('43')).toMatchObject({ client: '43', clientName: null });
  });

  it('of what was bought for a service that another client has by now, without its name for the former one', async () => {
    await at.open(10, '20.00');
    await at.buy('svc-1', 'extra-50');
    await at.addClientService(2);
    await at.sluice.services.set('svc-2', { client_name: 'María Ruiz' });
    await at.sluice.services.set('svc-1', { client: '43', ...NAMED, client_name: 'Ali' });
    const own = await at.sluice.purchases.list({ reader: '42' });
    expect(own.purchases).toMatchObject([{ service: 'svc-1', name: null, client: '42', clientName: 'María Ruiz' }]);
    expect(await at.purchases()).toMatchObject([{ name: 'Web server Paris', client: '42', clientName: 'María Ruiz' }]);
  });

  it('of its purchases, its graph, the overview, a token of the client, and what an import would change', async () => {
    await at.open(10, '20.00');
    await at.sluice.services.set('svc-1', NAMED);
    await at.buy('svc-1', 'extra-50');
    const { sluice } = at;
    const packages = { package: 'extra-50', packageName: expect.any(String) };
    const { purchases } = await sluice.services.show('svc-1');
    expect(purchases).toMatchObject([{ ...packages, client: '42', clientName: 'María Ruiz' }]);
    const graph = await sluice.usage.graph('svc-1', 'cycle');
    expect(graph).toMatchObject({ service: 'svc-1', name: 'Web server Paris', purchases: [packages] });
    const { services } = await sluice.overview();
    expect(services.items).toMatchObject([{ id: 'svc-1', name: 'Web server Paris', productName: expect.any(String) }]);
    const expiresAt = '2026-12-24T00:00:00Z';
    const made = await sluice.access.create({ name: 'ruiz', scopes: ['client:42'], expiresAt });
    expect(made.access).toMatchObject({ client: '42', clientName: 'María Ruiz' });
    expect(await sluice.access.list()).toMatchObject({ tokens: [{ clientName: 'María Ruiz' }] });
    const rows = [{ id: 'svc-1', status: 'suspended' }];
    const { changes } = await sluice.services.import(rows, { dryRun: true });
    expect(changes).toMatchObject([{ service: 'svc-1', name: 'Web server Paris', added: false }]);
  });

  it('of alarms, the log and released limits', async () => {
    await at.open(10);
    await at.sluice.services.set('svc-1', NAMED);
    await at.sluice.holds.add('svc-1');
    await at.sluice.holds.release('svc-1', { until: '2026-12-24' });
    const { released } = await at.sluice.holds.list({ service: 'svc-1' });
    expect(released).toMatchObject([{ service: 'svc-1', name: 'Web server Paris' }]);
    const { entries } = await at.sluice.log.list();
    const ofServices = entries.filter(({ service }) => service !== null);
    expect(new Set(ofServices.map(({ kind }) => kind))).toEqual(new Set(['run', 'action', 'api']));
    expect(new Set(ofServices.map(({ serviceName }) => serviceName))).toEqual(new Set(['Web server Paris']));
    expect(entries.filter(({ service, serviceName }) => service === null && serviceName !== null)).toEqual([]);
    const exported: unknown[] = [];
    await at.sluice.log.export({}, (entry) => void exported.push(entry.serviceName));
    expect(exported).toHaveLength(entries.length);
    expect(exported).toContain('Web server Paris');
    const { events, runs } = await at.sluice.overview();
    expect([...events, ...runs].filter(({ service }) => service === null).length).toBeGreaterThan(0);
    expect(runs.find(({ service }) => service === 'svc-1')).toMatchObject({ serviceName: 'Web server Paris' });
  });
});
