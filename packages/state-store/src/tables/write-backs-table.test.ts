import { describe, expect, it } from '@jest/globals';
import { minute, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('write-backs', () => {
  const at = useStore();
  const row = (id: string, when = minute(0)) => ({ service: id, columns: ['flvx_user_id'], at: when });

  it('are kept once per service, end unless they are due again, and go with the service', async () => {
    const { writeBacks, services } = at.store;
    await services.put([service('svc-1')]);
    await writeBacks.put([row('svc-2'), row('svc-1')]);
    await writeBacks.put([row('svc-2', minute(1))]);
    await writeBacks.remove(row('svc-2'));
    expect(await writeBacks.list()).toEqual([row('svc-1'), row('svc-2', minute(1))]);
    expect(await writeBacks.list({ services: ['svc-2', 'svc-9'] })).toEqual([row('svc-2', minute(1))]);
    await writeBacks.remove(row('svc-2', minute(1)));
    await services.remove('svc-1', minute(9));
    expect(await writeBacks.list()).toEqual([]);
  });
});
