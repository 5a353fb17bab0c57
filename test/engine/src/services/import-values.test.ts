import { describe, expect, it } from '@jest/globals';
import type { ImportReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { openImports } from './imports.js';

const UUID = '5F0C0F44-0a5e-1c56-9c58-8d3b1ad4c8d7';

const bench = useBench(openImports);

const importRow = (values: Record<string, string>): Promise<ImportReport> =>
  bench.sluice.services.import([{ line: 1, values }]);

describe('ids', () => {
  it.each([
    ['dcim', 'ded', 'easydcim_service_id', '../../admin'],
    ['dcim', 'ded', 'easydcim_order_id', '7/suspend'],
    ['dcim', 'ded', 'easydcim_server_id', '-3'],
    ['dcim', 'ded', 'easydcim_order_id', '0901'],
    ['dcim', 'ded', 'easydcim_user', 'a b@example.com'],
    ['relay', 'relay', 'flvx_user_id', '0'],
    ['relay', 'relay', 'flvx_tunnel_id', '1.5'],
    ['relay', 'relay', 'flvx_user_tunnel_id', 'x'],
    ['relay', 'relay', 'flvx_username', 'a\u001b[2J'],
    ['vpn', 'vpn', 'hiddify_user_uuid', 'anna'],
    ['vpn', 'vpn', 'hiddify_agent_uuid', `${UUID}/`],
    ['vpn', 'vpn', 'astbilling_subscriber_id', '..'],
    ['vpn', 'vpn', 'astbilling_username', 'a/b'],
    ['vpn', 'vpn', 'order_id', 'a b'],
  ])('on %s of product %s: %s is not %j', async (panel, product, key, value) => {
    const id = key === 'easydcim_service_id' || panel !== 'dcim' ? {} : { easydcim_service_id: '501' };
    const { problems } = await importRow({ id: 'svc-1', panel, product, ...id, [key]: value });
    expect(problems).toEqual([expect.objectContaining({ line: 1, service: 'svc-1', key })]);
    expect(problems[0]?.message).toContain(`is not a valid ${key}: `);
  });

  it('are taken as the panels show them', async () => {
    const server = { easydcim_service_id: '501', easydcim_order_id: '901', easydcim_server_id: '301' };
    const account = { flvx_user_id: '3', flvx_username: '用户 3', flvx_tunnel_id: '1', flvx_user_tunnel_id: '2' };
    const ids = [
      { panel: 'dcim', product: 'ded', order_id: '17', ...server, easydcim_user: 'anna+1@example.com' },
      { panel: 'relay', product: 'relay', ...account },
      { panel: 'vpn', product: 'vpn', hiddify_user_uuid: UUID, hiddify_agent_uuid: UUID.toLowerCase() },
      { panel: 'vpn', product: 'vpn', astbilling_subscriber_id: 'sub_1', astbilling_username: 'maria.silva-17' },
    ];
    const { problems, totals } = await bench.sluice.services.import(
      ids.map((values, index) => ({ line: index + 1, values: { id: `svc-${index}`, ...values } })),
    );
    expect([problems, totals.added]).toEqual([[], 4]);
  });

  it('that a store has from before stay, and are checked when they change', async () => {
    const { services } = bench.sluice;
    await services.add('svc-1', { panel: 'dcim', product: 'ded', easydcim_service_id: '501' });
    const updatedAt = new Date(bench.clock.now()).toISOString();
    await bench.store.services.update([{ id: 'svc-1', refs: { easydcim_order_id: 'o/1' }, updatedAt }]);
    const row = (easydcim_order_id: string, client: string) =>
      importRow({ id: 'svc-1', panel: 'dcim', product: 'ded', client, easydcim_order_id });
    expect((await row('o/1', 'c2')).totals.changed).toBe(1);
    expect((await row('o/2', 'c3')).problems).toHaveLength(1);
    await expect(services.set('svc-1', { easydcim_order_id: 'o/3' })).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('digits'),
    });
    await services.set('svc-1', { easydcim_order_id: '9' });
  });
});

describe('names that every object has', () => {
  it.each(['constructor', '__proto__', 'toString'])('are no product and no panel (%s)', async (name) => {
    const product = await importRow({ id: 'svc-1', panel: 'vpn', product: name });
    expect(product.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(new RegExp(`^there is no product "${name}"`)),
    ]);
    const panel = await importRow({ id: 'svc-1', panel: name, product: 'vpn' });
    expect(panel.problems.length).toBeGreaterThan(0);
    expect(JSON.stringify([product, panel])).not.toContain('undefined');
    await bench.sluice.services.add('svc-1', { panel: 'dcim', product: 'ded', easydcim_service_id: '501' });
    const changed = bench.sluice.provision.changePackage('svc-1', name);
    await expect(changed).rejects.toMatchObject({ code: 'unknown_product' });
  });
});
