import { describe, expect, it } from '@jest/globals';
import type { RecordChange } from '@sluice/engine';
import type { TelephonyResource } from '@sluice/panel-kind';
import { codeOf } from '../bench/engine-bench.js';
import { startTelephonyBench, WIRES } from '../bench/telephony-bench.js';
import { useOpened } from '../bench/each-test.js';

const NUMBER = '1140001234';

const [at, open] = useOpened(startTelephonyBench);

const remove = (resource: TelephonyResource, id: string, dryRun = false): Promise<RecordChange> =>
  at.sluice.telephony.remove(resource, id, { dryRun });
const states = (): string[] => at.panel.subscribers().map(({ id, status }) => `${id} ${status}`);

describe.each(WIRES)('on the wire %s', (wire) => {
  it('a line and a number of a service are not removed as records', async () => {
    await open({ wire });
    await at.addService();
    for (const dryRun of [true, false]) {
      for (const [resource, id] of [
        ['subscribers', '9001'],
        ['dids', NUMBER],
      ] as const) {
        await expect(remove(resource, id, dryRun)).rejects.toMatchObject({
          ...{ code: 'record_of_service', kind: 'conflict' },
          details: { service: 'svc-1', panel: 'voice' },
        });
      }
    }
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('a line and a number of no service are removed, and a repeat is done', async () => {
    await open({ wire });
    expect(await remove('dids', NUMBER)).toMatchObject({ changed: ['id'], warnings: [] });
    expect(at.panel.did('+551140001234').subscriberId).toBeNull();
    expect(await codeOf(remove('dids', NUMBER))).toBeNull();
    expect(await remove('subscribers', '9001')).toMatchObject({ changed: ['id'], warnings: [] });
    expect(await remove('subscribers', '9001')).toMatchObject({ changed: [] });
    expect(states()).not.toContain('9001 active');
    const { entries } = await at.sluice.log.list({ kinds: ['action'] });
    expect(entries).toMatchObject([
      { type: 'delete-subscriber', state: 'applied' },
      ...(wire === 'default' ? [] : [{ type: 'delete-did', state: 'applied' }]),
      { type: 'delete-did', state: 'applied' },
    ]);
  });

  it('a line with calls of a service that ended without a termination is not removed before they are billed', async () => {
    await open({ wire });
    await at.addService();
    at.setTime('2026-11-10T12:00:00Z');
    at.addCall('2026-11-09T12:00:00Z', '5.0000');
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    await remove('dids', NUMBER);
    expect(await codeOf(remove('subscribers', '9001', true))).toBe('unbilled_calls');
    expect(await codeOf(remove('subscribers', '9001'))).toBe('unbilled_calls');
    expect(states()).toEqual(['9001 active']);
    await at.bill({ service: 'svc-1', final: true });
    expect(await remove('subscribers', '9001')).toMatchObject({ changed: ['id'] });
  });
});

describe('a removal', () => {
  it('of a number that no line has removes it from the list of a panel without a pool', async () => {
    await open();
    await at.addService();
    await at.sluice.dids.set(NUMBER, { subscriber: null });
    expect(await remove('dids', NUMBER)).toMatchObject({ changed: ['id'], record: { status: 'available' } });
    expect(at.panel.did('+551140001234').status).toBe('terminated');
  });

  it('of a customer is refused while a line of it is a service’s', async () => {
    await open();
    await at.addService();
    expect(await codeOf(remove('customers', '501'))).toBe('record_of_service');
  });

  it('whose answer was lost is found to be done', async () => {
    await open();
    await remove('dids', NUMBER);
    const cut = { fault: { kind: 'cut' } } as const;
    at.panel.server.inject({ endpoint: 'DELETE /subscribers/{id}', when: 'after', ...cut });
    const answers = at.panel.server.inject({ endpoint: 'GET /subscribers', ...cut });
    expect(await codeOf(remove('subscribers', '9001'))).toBe('outcome_unknown');
    answers();
    expect(await remove('subscribers', '9001')).toMatchObject({ changed: [] });
    const { entries } = await at.sluice.log.list({ kinds: ['action'] });
    expect(entries).toMatchObject([{ type: 'delete-subscriber', state: 'applied' }, {}]);
  });

  it('waits for a run that works on the service that had the line', async () => {
    await open();
    await at.addService();
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    await remove('dids', NUMBER);
    const release = await at.bench.takeLease('service:svc-1');
    expect(await codeOf(remove('subscribers', '9001'))).toBe('lease_held');
    expect(states()).toEqual(['9001 active']);
    await release();
    expect(await remove('subscribers', '9001')).toMatchObject({ changed: ['id'] });
  });
});
