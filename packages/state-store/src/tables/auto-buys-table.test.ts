import { describe, expect, it } from '@jest/globals';
import type { AutoBuyRecord } from '../records.js';
import { minute } from '../test/records.js';
import { useStore } from '../test/use-store.js';

const preference = (change: Partial<AutoBuyRecord>): AutoBuyRecord => ({
  scope: 'service',
  subject: 'svc-1',
  enabled: null,
  package: null,
  threshold: null,
  maxPerCycle: null,
  since: minute(0),
  ...change,
});

describe('preferences for auto-buy', () => {
  const at = useStore();

  it('are one a service and one a client', async () => {
    await at.store.autoBuys.set(preference({ enabled: 'on' }));
    await at.store.autoBuys.set(preference({ scope: 'client', subject: 'svc-1', threshold: '10%', maxPerCycle: 0 }));
    await at.store.autoBuys.set(preference({ package: 'extra', threshold: '1073741824' }));
    expect(await at.store.autoBuys.list()).toEqual([
      preference({ scope: 'client', subject: 'svc-1', threshold: '10%', maxPerCycle: 0 }),
      preference({ package: 'extra', threshold: '1073741824' }),
    ]);
    expect(await at.store.autoBuys.clear('service', 'svc-1')).toBe(true);
    expect(await at.store.autoBuys.clear('service', 'svc-1')).toBe(false);
    expect((await at.store.autoBuys.list()).map(({ scope }) => scope)).toEqual(['client']);
  });
});
