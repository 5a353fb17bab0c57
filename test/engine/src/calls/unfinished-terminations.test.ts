import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TerminateOptions } from '@sluice/engine/options';
import { useBench } from '../bench/each-test.js';
import { codeOf } from '../bench/engine-bench.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);
const charged = async (): Promise<string[]> => (await at.invoices()).map(({ total }) => total);

async function terminate(how?: TerminateOptions): Promise<string | undefined> {
  return (await at.sluice.provision.terminate('svc-1', how)).run.outcome;
}

/** Begins a termination that the panel does not finish. */
async function begin(how: TerminateOptions): Promise<void> {
  at.panel.server.inject({ endpoint: /^DELETE \/subscribers/, times: 1, fault: { kind: 'cut' } });
  expect(await terminate(how)).toBe('partial');
  expect((await at.bench.store.services.get('svc-1'))?.status).toBe('active');
}

/** Bills what is due weeks later. */
async function billLater(): Promise<string[]> {
  at.setTime('2026-12-02T12:00:00Z');
  await at.bill();
  return charged();
}

beforeEach(async () => {
  await at.addService();
  Object.assign(at.panel.subscriber(LINE), { createdAt: Date.parse('2026-10-20T12:00:00Z') });
  at.addCall('2026-11-05T08:30:00-03:00', '2.0000');
});

describe('an unfinished termination with a final bill', () => {
  beforeEach(async () => {
    await begin({ finalInvoice: true });
    at.addCall('2026-11-05T10:00:00-03:00', '50.0000');
    at.setTime('2026-11-05T15:00:00Z');
  });

  it('bills no calls that its repeat gives up', async () => {
    expect(await terminate({ forfeitUnbilled: true })).toBe('done');
    expect(await billLater()).toEqual(['2.00']);
    expect(await at.differences()).toMatchObject([{ service: 'svc-1', bill: null, difference: '50.0000' }]);
  });

  it('bills no calls that a repeat gives up that is not finished either', async () => {
    await begin({ forfeitUnbilled: true });
    expect(await codeOf(at.sluice.provision.terminate('svc-1', { finalInvoice: true }))).toBe('calls_given_up');
    at.bench.clock.advance(3_600_000);
    await at.sluice.reconcile();
    expect((await at.bench.store.services.get('svc-1'))?.status).toBe('terminated');
    expect(await billLater()).toEqual(['2.00']);
  });

  it('stays one where giving up the calls is only previewed', async () => {
    await terminate({ forfeitUnbilled: true, dryRun: true });
    at.bench.clock.advance(3_600_000);
    await at.sluice.reconcile();
    expect((await at.bench.store.services.get('svc-1'))?.status).toBe('terminated');
    expect(await billLater()).toEqual(['52.00']);
  });

  it.each<TerminateOptions>([{}, { finalInvoice: true }])(
    'bills the calls since where it is repeated: %j',
    async (how) => {
      expect(await terminate(how)).toBe('done');
      expect(await billLater()).toEqual(['52.00']);
    },
  );

  it('stays unfinished where a repeat that gives up the calls is refused', async () => {
    Object.assign(at.panel.subscriber(LINE), { externalRef: 'whmcs:service:77' });
    await terminate({ forfeitUnbilled: true });
    expect(await at.sluice.services.show('svc-1')).toMatchObject({ termination: { by: expect.any(String) } });
  });
});

describe('an unfinished termination whose calls are given up', () => {
  beforeEach(async () => {
    await begin({ forfeitUnbilled: true });
    at.setTime('2026-11-05T15:00:00Z');
  });

  it.each<TerminateOptions>([{ finalInvoice: true }, { finalInvoice: true, dryRun: true }])(
    'makes no final bill: %j',
    async (how) => {
      expect(await codeOf(at.sluice.provision.terminate('svc-1', how))).toBe('calls_given_up');
      expect(at.panel.subscriber(LINE).status).toBe('active');
      expect(await charged()).toEqual([]);
    },
  );

  it('is finished by a repeat that states nothing, and then takes a request for a final bill for a repeat', async () => {
    expect(await terminate()).toBe('done');
    expect(await terminate({ finalInvoice: true })).toBe('done');
    expect(await billLater()).toEqual([]);
  });

  it.each(['active', 'terminated'])('leaves nothing to bill while the service is %s', async (status) => {
    await at.sluice.services.set('svc-1', { status });
    expect(await billLater()).toEqual([]);
    expect((await at.sluice.notices.alarms()).alarms.filter(({ code }) => code === 'calls_unbilled')).toEqual([]);
    expect(await at.bill({ service: 'svc-1', period: '2026-11-01..2026-11-06' })).toEqual(['svc-1 added 2.00']);
  });
});
