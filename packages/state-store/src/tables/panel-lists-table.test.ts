import { describe, expect, it } from '@jest/globals';
import { minute } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('the lists of panels', () => {
  const at = useStore();

  it('have the ids that were read last, of each panel and list', async () => {
    const { panelLists, graphCache } = at.store;
    await panelLists.put('relay', 'speedLimits', { ids: ['1', '2'], at: minute(0) });
    await panelLists.put('relay', 'speedLimits', { ids: ['3', '2'], at: minute(1) });
    await panelLists.put('relay', 'tunnelGroups', { ids: ['9'], at: minute(1) });
    await panelLists.put('b', 'speedLimits', { ids: ['7'], at: minute(1) });
    // What expires in the cache leaves the lists alone.
    await graphCache.put({ key: 'k', service: 'svc-1', at: minute(9), expiresAt: minute(10), body: '{}' });
    expect(await panelLists.ids('speedLimits', ['b', 'unknown', 'relay'])).toEqual(['7', '3', '2']);
    expect(await panelLists.ids('tunnelGroups', ['relay'])).toEqual(['9']);
    expect(await panelLists.ids('tunnelGroups', [])).toEqual([]);
  });
});
