import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultRule } from '@sluice/fake-panels';
import { GB, HOUR, toIds, startEasyDcimBench, type EasyDcimBench } from '../../easydcim-bench.js';

const LONG = process.env['SLUICE_LONG'] === '1';

const ENDPOINTS = [
  '/bandwidth',
  '/services/{id}/ports',
  'GET /api/v3/admin/ports/{id}',
  '/disable',
  '/enable',
  'GET /api/v3/admin/orders/{id}',
  '/service/suspend',
  '/service/unsuspend',
];

const FAULTS: Record<string, Pick<FaultRule, 'fault' | 'when'>> = {
  'cut before': { fault: { kind: 'cut' }, when: 'before' },
  'cut after': { fault: { kind: 'cut' }, when: 'after' },
  '500 before': { fault: { kind: 'status', status: 500 }, when: 'before' },
  '500 after': { fault: { kind: 'status', status: 500 }, when: 'after' },
  '401': { fault: { kind: 'status', status: 401 }, when: 'before' },
  '403': { fault: { kind: 'status', status: 403 }, when: 'before' },
  '429': { fault: { kind: 'status', status: 429, headers: { 'retry-after': '1' } }, when: 'before' },
  'HTML after': { fault: { kind: 'html' }, when: 'after' },
  'empty after': { fault: { kind: 'empty' }, when: 'after' },
  truncated: { fault: { kind: 'truncated' } },
};

const combinations = ENDPOINTS.flatMap((endpoint) => Object.keys(FAULTS).map((fault) => ({ endpoint, fault })));
/** Each fault and each endpoint once at least. */
const sample = Object.keys(FAULTS).map((fault, index) => ({ endpoint: ENDPOINTS[index % ENDPOINTS.length]!, fault }));
const CASES = LONG ? combinations : sample;

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
  await at.addService(1, {
    product: 'both',
    ports: [
      { id: 7011, name: 'eth0' },
      { id: 7012, name: 'eth1', adminState: 'down' },
    ],
  });
  await at.addService(2);
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
});
afterEach(() => at.close());

const spoil = (endpoint: string, fault: string): void => {
  const rule = FAULTS[fault];
  if (!rule) throw new Error(fault);
  at.panel.server.inject({ ...rule, match: (call) => call.endpoint.endsWith(endpoint), times: 1 });
};
/** Whatever happened: the next runs settle it, at the latest when what was in doubt has had its time. */
const recover = async (): Promise<number> => {
  at.panel.server.clearFaults();
  await at.poll();
  at.bench.clock.advance(HOUR);
  return (await at.poll()).exitCode;
};
const state = (): unknown => ({
  ports: [at.panel.port(7011).adminState, at.panel.port(7012).adminState, at.panel.port(toIds(2).port(1)).adminState],
  order: at.panel.order(901).status,
});
const HELD = { ports: ['down', 'down', 'up'], order: 'suspended' };
const FREE = { ports: ['up', 'down', 'up'], order: 'active' };

describe('every call that fails while a service is held and released', () => {
  it.each(CASES)('$endpoint: $fault', async ({ endpoint, fault }) => {
    spoil(endpoint, fault);
    await at.poll();
    expect(await recover()).toBe(0);
    expect(state()).toEqual(HELD);
    spoil(endpoint, fault);
    await at.bench.sluice('override set svc-1 --unlimited');
    await at.poll();
    expect(await recover()).toBe(0);
    expect(state()).toEqual(FREE);
    const switched = at.panel.events.filter((event) => event.by === 'api' && event.changed).length;
    expect(switched).toBe(4);
    const repeated = at.panel.events.filter(
      (event) => event.by === 'api' && !event.changed && /suspend/.test(event.what),
    );
    expect(repeated).toEqual([]);
    await at.bench.store(async (store) => {
      expect(await store.evidence.open()).toEqual([]);
      expect(await store.holds.open()).toEqual([]);
      expect(await store.actions.unresolved()).toEqual([]);
      expect((await store.maintenance.check()).filter((check) => check.status !== 'ok')).toEqual([]);
    });
  });
});
