import { describe, expect, it } from '@jest/globals';
import { minute } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('switches', () => {
  const at = useStore();

  it('has one for a panel and one for each product', async () => {
    await at.store.switches.set({ panel: 'dcim', product: null, enforce: 'observe', since: minute(0), actor: null });
    await at.store.switches.set({ panel: 'dcim', product: 'vps', enforce: 'on', since: minute(1), actor: 'ops' });
    await at.store.switches.set({ panel: 'dcim', product: null, enforce: 'on', since: minute(2), actor: 'ops' });
    await at.store.switches.set({ panel: 'relay', product: null, enforce: 'on', since: minute(2), actor: 'ops' });
    expect(await at.store.switches.list()).toEqual([
      { panel: 'dcim', product: null, enforce: 'on', since: minute(2), actor: 'ops' },
      { panel: 'dcim', product: 'vps', enforce: 'on', since: minute(1), actor: 'ops' },
      { panel: 'relay', product: null, enforce: 'on', since: minute(2), actor: 'ops' },
    ]);
    await at.store.switches.clear('dcim', null);
    expect((await at.store.switches.list()).map((each) => each.product)).toEqual(['vps', null]);
    await at.store.switches.clear('dcim', 'vps');
    await at.store.switches.set({ panel: 'relay', product: 'vps', enforce: 'on', since: minute(2), actor: 'ops' });
    await at.store.switches.clear('relay');
    expect(await at.store.switches.list()).toEqual([]);
  });
});
