import { describe, expect, it } from '@jest/globals';
import type { ResourcesRecord } from '../records.js';
import { minute, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('what services stand on', () => {
  const at = useStore();
  const row = (id: string, change: Partial<ResourcesRecord> = {}): ResourcesRecord => ({
    service: id,
    panel: 'dcim',
    mapping: ['service:7'],
    resources: ['service:7', 'port:1'],
    at: minute(0),
    ...change,
  });

  it('is kept once per service and listed by panel', async () => {
    await at.store.resources.put([row('svc-2'), row('svc-1'), row('svc-3', { panel: 'other' })]);
    await at.store.resources.put([row('svc-1', { resources: [], at: minute(1) })]);
    expect(await at.store.resources.list({ services: ['svc-2', 'svc-1', 'svc-9'] })).toEqual([
      row('svc-1', { resources: [], at: minute(1) }),
      row('svc-2'),
    ]);
  });

  it('goes with its service', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.resources.put([row('svc-1')]);
    await at.store.services.remove('svc-1', minute(9));
    expect(await at.store.resources.list({ services: ['svc-1'] })).toEqual([]);
  });
});
