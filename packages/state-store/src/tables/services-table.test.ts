import { describe, expect, it } from '@jest/globals';
import { action, cycle, decision, hold, minute, override, purchase, sample, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('services', () => {
  const at = useStore();

  it('names the panels that have services, each once', async () => {
    expect(await at.store.services.panels()).toEqual([]);
    const panels = ['b', 'a', 'Z', 'b', 'a-1'];
    await at.store.services.put(panels.map((panel, index) => service(`svc-${index}`, { panel })));
    expect(await at.store.services.panels()).toEqual(['Z', 'a', 'a-1', 'b']);
  });

  it('states the language of a client by the first of its services that has one', async () => {
    await at.store.services.put([
      service('svc-1', { client: 'c-1' }),
      service('svc-2', { client: 'c-1', language: 'fa' }),
      service('svc-3', { client: 'c-1', language: 'pt-BR' }),
      service('svc-0', { client: 'c-2', language: 'zh-CN' }),
      service('svc-4', { client: 'c-3' }),
    ]);
    const of = (client: string) => at.store.services.language(client);
    expect([await of('c-1'), await of('c-2'), await of('c-3'), await of('c-4')]).toEqual(['fa', 'zh-CN', null, null]);
  });

  it('gives back what was put', async () => {
    const full = service('svc-1', {
      client: 'c-1',
      trafficMode: 'IN',
      baseQuotaOverrideGb: '1.5',
      refs: { order_id: '9' },
      ownRefs: ['order_id'],
      fields: { email: 'a@example.org' },
      protectedUntil: '2026-05-01',
      quotaReleasedUntil: '2026-06-01',
    });
    await at.store.services.put([full]);
    expect(await at.store.services.get('svc-1')).toEqual(full);
    expect(await at.store.services.get('svc-2')).toBeNull();
  });

  it('replaces a service of the same id, the last of one call', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.services.put([service('svc-1', { client: 'a' }), service('svc-1', { client: 'b' })]);
    expect(await at.store.services.list()).toEqual([service('svc-1', { client: 'b' })]);
  });

  it('changes the named columns and keys, and leaves the others as they are', async () => {
    const before = service('svc-1', {
      client: 'a',
      refs: { order_id: '9', easydcim_service_id: '7', flvx_user_id: '3' },
      ownRefs: ['flvx_user_id'],
      fields: { email: 'a@example.org', ddd: '11' },
    });
    await at.store.services.put([before, service('svc-2')]);
    const updated = await at.store.services.update([
      {
        id: 'svc-1',
        product: 'vps',
        client: null,
        refs: { order_id: null, easydcim_order_id: '8', flvx_user_id: '4' },
        ownRefs: { easydcim_order_id: true, flvx_user_id: false },
        fields: { ddd: null },
        updatedAt: minute(5),
      },
    ]);
    const after = {
      ...before,
      product: 'vps',
      client: null,
      refs: { easydcim_service_id: '7', flvx_user_id: '4', easydcim_order_id: '8' },
      ownRefs: ['easydcim_order_id'],
      fields: { email: 'a@example.org' },
      updatedAt: minute(5),
    };
    expect(updated).toEqual([after]);
    expect(await at.store.services.list()).toEqual([after, service('svc-2')]);
  });

  it('calls services by names, which is no change since their decisions', async () => {
    const one = service('one', { fields: { ddd: '11' } });
    await at.store.services.put([one]);
    await at.store.decisions.record([decision('one', { at: minute(5) })]);
    await at.store.services.call([
      { id: 'one', name: 'Web', fields: { panel_name: 'Web' } },
      { id: 'gone', name: 'None' },
    ]);
    expect(await at.store.services.list()).toEqual([{ ...one, name: 'Web', fields: { ddd: '11', panel_name: 'Web' } }]);
    expect(await at.store.overview.changed()).toEqual([]);
  });

  it('changes rows as they are in the transaction, one change after the other', async () => {
    await at.store.services.put([service('svc-1')]);
    const [made] = await Promise.all([
      at.store.services.update([{ id: 'svc-1', refs: { hiddify_user_uuid: 'u' }, updatedAt: minute(1) }]),
      at.store.services.update([{ id: 'svc-1', client: 'c', updatedAt: minute(2) }]),
      at.store.services.update([
        { id: 'svc-1', refs: { order_id: '1' }, updatedAt: minute(3) },
        { id: 'svc-1', refs: { order_id: '2' }, updatedAt: minute(4) },
      ]),
    ]);
    expect(made[0]?.client).toBeNull();
    expect(await at.store.services.get('svc-1')).toEqual(
      service('svc-1', {
        client: 'c',
        refs: { easydcim_service_id: '7', hiddify_user_uuid: 'u', order_id: '2' },
        updatedAt: minute(4),
      }),
    );
  });

  it('changes nothing when one of the services is not there', async () => {
    await at.store.services.put([service('svc-1')]);
    const update = at.store.services.update([
      { id: 'svc-1', client: 'c', updatedAt: minute(1) },
      { id: 'svc-2', client: 'c', updatedAt: minute(1) },
    ]);
    await expect(update).rejects.toMatchObject({ code: 'store_not_found', row: { table: 'services', id: 'svc-2' } });
    expect(await at.store.services.list()).toEqual([service('svc-1')]);
    expect(await at.store.services.update([])).toEqual([]);
  });

  it('lists by each filter, ordered by id, in pages', async () => {
    await at.store.services.put([
      service('c', { panel: 'relay', product: 'vps', client: '1' }),
      service('a', { client: '1' }),
      service('b', { product: 'vps' }),
    ]);
    const ids = async (filter: Parameters<typeof at.store.services.list>[0]): Promise<string[]> =>
      (await at.store.services.list(filter)).map((each) => each.id);
    expect(await ids({})).toEqual(['a', 'b', 'c']);
    expect(await ids({ panel: 'dcim' })).toEqual(['a', 'b']);
    expect(await ids({ product: 'vps' })).toEqual(['b', 'c']);
    expect(await ids({ client: '1' })).toEqual(['a', 'c']);
    expect(await ids({ ids: ['c', 'a', 'nobody', 'a'] })).toEqual(['a', 'c']);
    expect(await ids({ ids: [] })).toEqual([]);
    expect(await ids({ limit: 2 })).toEqual(['a', 'b']);
    expect(await ids({ limit: 2, after: 'b' })).toEqual(['c']);
    expect(await at.store.services.ids()).toEqual(['a', 'b', 'c']);
  });

  it('removes a service with its usage and keeps the history of what was done', async () => {
    await at.store.services.put([service('svc-1'), service('svc-2')]);
    for (const id of ['svc-1', 'svc-2']) {
      await at.store.overrides.set(override(`o-${id}`, { service: id }));
      await at.store.cycles.put([cycle(`c-${id}`, { service: id })]);
      await at.store.samples.add([sample(id, minute(1))]);
      await at.store.decisions.record([decision(id)]);
      await at.store.purchases.add(purchase(`p-${id}`, { service: id }));
      await at.store.holds.add(hold(`h-${id}`, { service: id, until: minute(1) }));
      await at.store.actions.plan([action(`a-${id}`, { service: id })]);
    }
    await at.store.services.remove('svc-1', minute(9));
    expect(await at.store.services.ids()).toEqual(['svc-2']);
    expect((await at.store.overrides.all()).map((each) => each.service)).toEqual(['svc-2']);
    expect(await at.store.cycles.ofService('svc-1')).toEqual([]);
    expect(await at.store.samples.list({ service: 'svc-1' })).toEqual([]);
    expect(await at.store.samples.list({ service: 'svc-2' })).toHaveLength(1);
    expect(await at.store.decisions.at('svc-1', minute(9))).toBeNull();
    expect(await at.store.purchases.list({ service: 'svc-1' })).toHaveLength(1);
    expect(await at.store.holds.all({ service: 'svc-1' })).toHaveLength(1);
    expect(await at.store.actions.list({ service: 'svc-1' })).toHaveLength(1);
  });

  it('does not remove a service that is held', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.holds.add(hold('hold-1'));
    await expect(at.store.services.remove('svc-1', minute(9))).rejects.toMatchObject({
      code: 'store_conflict',
      row: { table: 'services', id: 'svc-1' },
    });
    await at.store.holds.end('hold-1', minute(1));
    await at.store.services.remove('svc-1', minute(9));
    expect(await at.store.services.ids()).toEqual([]);
  });
});
