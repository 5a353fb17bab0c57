import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TerminateOptions } from '@sluice/engine/options';
import { useBench } from '../bench/each-test.js';
import { errorOf } from '../bench/engine-bench.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);
const terminate = (how?: TerminateOptions) => at.sluice.provision.terminate('svc-1', how);
const charged = async (): Promise<string[]> => (await at.invoices()).map(({ total }) => total);

beforeEach(async () => {
  Object.assign(at.panel.subscriber(LINE), { createdAt: Date.parse('2026-01-08T12:00:00-03:00') });
  await at.addService();
  await at.bench.edit(', billFrom: 2026-10-01', '');
});

describe('a line with calls on a panel without billFrom', () => {
  beforeEach(() => {
    at.addCall('2026-03-10T09:00:00-03:00', '300.0000');
    at.addCall('2026-09-10T09:00:00-03:00', '400.0000');
    at.addCall('2026-11-03T09:00:00-03:00', '2.0000');
  });

  it('has no final bill without a stated period', async () => {
    for (const final of [false, true])
      await expect(at.bill({ service: 'svc-1', final })).rejects.toMatchObject({ code: 'bill_from_missing' });
    expect(await charged()).toEqual([]);
  });

  it.each<TerminateOptions>([{}, { finalInvoice: true }, { finalInvoice: true, dryRun: true }])(
    'is not ended before a person decides who bills them: %j',
    async (how) => {
      const refused = await errorOf(terminate(how));
      expect(refused?.code).toBe('bill_from_missing');
      expect(refused?.message).toMatch(/^"svc-1" has 3 unbilled calls \(702\.0000 BRL\) since 2026-01-08 12:00/);
      expect(refused?.message).toMatch(/: set billFrom to .*, bill a stated period \(.*\), or give them up$/);
      expect(at.panel.subscriber(LINE).status).toBe('active');
      expect(await charged()).toEqual([]);
    },
  );

  it('is ended with the calls since the first day to bill on its final bill, once that is set', async () => {
    await at.bench.edit('retries: 0', 'retries: 0, billFrom: 2026-11-01');
    expect((await terminate({ finalInvoice: true })).run.outcome).toBe('done');
    expect(await charged()).toEqual(['2.00']);
  });

  it('is ended once the period since another system billed it last was stated', async () => {
    expect(await at.bill({ service: 'svc-1', period: '2026-11-01..2026-11-05' })).toEqual(['svc-1 added 2.00']);
    expect((await terminate({ finalInvoice: true })).run.outcome).toBe('done');
    expect(await charged()).toEqual(['2.00']);
  });

  it('is ended where its calls are given up', async () => {
    expect((await terminate({ forfeitUnbilled: true })).run.outcome).toBe('done');
    expect(await charged()).toEqual([]);
  });
});

it('a line without calls on a panel without billFrom is ended', async () => {
  expect((await terminate({ finalInvoice: true })).run.outcome).toBe('done');
});

describe('a line on a panel without billFrom that Sluice has made', () => {
  it('is ended with a final bill', async () => {
    const person = {
      order_id: '1042',
      first_name: 'Ana',
      last_name: 'Lima',
      document: '98765432100',
      ddd: '11',
      channels: '2',
    };
    await at.sluice.services.add('svc-2', {
      panel: 'voice',
      product: 'line',
      client: '43',
      status: 'pending',
      ...person,
    });
    const made = await at.sluice.provision.create('svc-2');
    const line = made.service.refs['astbilling_subscriber_id'] ?? '';
    at.bench.clock.advance(3_600_000);
    at.addCall(new Date(at.bench.clock.now() - 600_000).toISOString(), '3.0000', { subscriber: line });
    expect((await at.sluice.provision.terminate('svc-2', { finalInvoice: true })).run.outcome).toBe('done');
    expect(await charged()).toEqual(['3.00']);
  });

  it('is not one that Sluice has taken over, nor one that it has billed for a stated period', async () => {
    const own = { astbilling_subscriber_id: true };
    await at.bench.store.services.update([{ id: 'svc-1', ownRefs: own, updatedAt: '2026-11-20T12:00:00.000Z' }]);
    at.addCall('2026-10-10T09:00:00-03:00', '5.0000');
    at.addCall('2026-11-03T09:00:00-03:00', '2.0000');
    expect(await at.bill({ service: 'svc-1', period: '2026-10' })).toEqual(['svc-1 added 5.00']);
    expect((await errorOf(terminate({ finalInvoice: true })))?.code).toBe('bill_from_missing');
    expect(await charged()).toEqual(['5.00']);
  });
});
