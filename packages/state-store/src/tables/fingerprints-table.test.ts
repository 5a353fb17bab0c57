import { describe, expect, it } from '@jest/globals';
import { minute } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('fingerprints', () => {
  const at = useStore();

  it('has one for each endpoint of a panel', async () => {
    const shape = { panel: 'dcim', endpoint: 'GET /a', shape: ['data.id:number'], since: minute(0), confirmed: false };
    await at.store.fingerprints.put(shape);
    await at.store.fingerprints.put({ ...shape, confirmed: true });
    await at.store.fingerprints.put({ ...shape, panel: 'relay' });
    expect(await at.store.fingerprints.list('dcim')).toEqual([{ ...shape, confirmed: true }]);
    expect(await at.store.fingerprints.list()).toHaveLength(2);
  });
});
