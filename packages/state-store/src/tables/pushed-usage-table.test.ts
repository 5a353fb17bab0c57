import { describe, expect, it } from '@jest/globals';
import { minute, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('pushed usage', () => {
  const at = useStore();
  const row = (id: string, figures = '1/2') => ({ service: id, figures, at: minute(0) });

  it('is kept once per service and goes with it', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.pushedUsage.put([row('svc-2'), row('svc-1')]);
    await at.store.pushedUsage.put([row('svc-1', '3/4')]);
    const listed = () => at.store.pushedUsage.list({ services: ['svc-2', 'svc-1', 'svc-9'] });
    expect(await listed()).toEqual([row('svc-1', '3/4'), row('svc-2')]);
    await at.store.services.remove('svc-1', minute(9));
    expect(await listed()).toEqual([row('svc-2')]);
  });
});
