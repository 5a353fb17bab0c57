import { describe, expect, it } from '@jest/globals';
import type { OwnershipRecord } from '../records.js';
import { callBill } from '../test/ledger-records.js';
import { minute, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('a client who is merged into another one', () => {
  const at = useStore();
  const change = (client: string, n: number) =>
    at.store.services.update([{ id: 'svc-1', client, clientSince: minute(n), updatedAt: minute(n) }]);
  const owners = async (): Promise<OwnershipRecord[]> =>
    at.store.ownership.list({ panel: '', subjects: ['service:svc-1'] });
  const since = async (): Promise<string | null | undefined> => (await at.store.services.get('svc-1'))?.clientSince;

  it('leaves him all services, as if they had been his before', async () => {
    await at.store.services.put([service('svc-1', { client: 'a' }), service('svc-2', { client: 'a' })]);
    await change('b', 5);
    expect(await at.store.clients.merge('a', 'b')).toEqual({ services: 2, purchases: 0, bills: 0 });
    expect([await since(), (await owners()).map(({ client }) => client)]).toEqual([null, ['b', 'b']]);
    expect((await at.store.services.get('svc-2'))?.client).toBe('b');
    expect(await at.store.clients.count('a')).toEqual({ services: 0, purchases: 0, bills: 0 });
  });

  it('leaves what a client in between had', async () => {
    await at.store.services.put([service('svc-1', { client: 'a' })]);
    await change('c', 3);
    await change('b', 5);
    await at.store.clients.merge('a', 'b');
    expect([await since(), (await owners()).map(({ client }) => client)]).toEqual([minute(5), ['b', 'c', 'b']]);
    await at.store.clients.merge('c', 'b');
    expect(await since()).toBeNull();
  });

  it('leaves him the bills', async () => {
    await at.store.callBills.add(callBill('cb-1', { client: 'a' }));
    await at.store.callBills.add(callBill('cb-2', { client: 'c' }));
    expect(await at.store.clients.merge('a', 'b')).toMatchObject({ bills: 1 });
    expect((await at.store.callBills.list({ client: 'b' })).map(({ id }) => id)).toEqual(['cb-1']);
  });
});

describe('names', () => {
  const at = useStore();

  it('are those of services by id, and of clients by their services', async () => {
    const ofOne = { client: 'a', clientName: 'Ana' };
    await at.store.services.put([
      service('svc-1', { ...ofOne, name: 'Web server Paris' }),
      service('svc-2', { client: 'a' }),
      service('svc-3', { client: 'b', name: 'وب' }),
    ]);
    expect([...(await at.store.services.names(['svc-1', 'svc-2', 'svc-3', 'gone']))]).toEqual([
      ['svc-1', 'Web server Paris'],
      ['svc-3', 'وب'],
    ]);
    expect([...(await at.store.clients.names(['a', 'b', 'gone']))]).toEqual([['a', 'Ana']]);
    expect(await at.store.clients.names([])).toEqual(new Map());
  });
});
