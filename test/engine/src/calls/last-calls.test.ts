import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TerminateOptions } from '@sluice/engine/options';
import { useBench } from '../bench/each-test.js';
import { errorOf } from '../bench/engine-bench.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);
beforeEach(async () => {
  await at.addService();
  at.bench.clock.advance(3_600_000);
});

async function terminate(how?: TerminateOptions): Promise<unknown[]> {
  const error = await errorOf(at.sluice.provision.terminate('svc-1', how));
  return error === null ? ['done'] : [error.code, error.message];
}

const addLast = (): string => at.addCall('2026-11-05T09:10:00-03:00', '2.0000');

describe('a line whose last calls can not be summed', () => {
  it('is not ended', async () => {
    at.panel.changeCall(addLast(), { currency: 'USD' });
    const message = expect.stringContaining(`"svc-1" has 1 unbilled call that can't be summed since`);
    expect(await terminate()).toEqual(['unbilled_calls', message]);
    addLast();
    const both = expect.stringContaining(`1 unbilled call (2.0000 BRL) and 1 unbilled call that can't be summed since`);
    expect(await terminate()).toEqual(['unbilled_calls', both]);
    const why = expect.stringMatching(
      /^The final bill of "svc-1" failed, and its line was not removed: .*another currency/,
    );
    expect(await terminate({ finalInvoice: true })).toEqual(['final_bill_failed', why]);
    expect(at.panel.subscriber(LINE).status).toBe('active');
  });

  it('is not ended for calls without a charge, and their number is in the sum', async () => {
    addLast();
    at.panel.changeCall(addLast(), { charge: null });
    const message = expect.stringContaining('2 unbilled calls (2.0000 BRL and 1 without a known charge) since');
    expect(await terminate()).toEqual(['unbilled_calls', message]);
  });

  it('is not ended where their list is cut while they are billed, which is said in whole sentences', async () => {
    addLast();
    at.panel.server.inject({ endpoint: 'GET /cdrs', skip: 1, fault: { kind: 'cut' } });
    const [code, message] = await terminate({ finalInvoice: true });
    expect([code, message]).toEqual(['final_bill_failed', expect.stringMatching(/not removed: .*any proxy$/)]);
    expect(at.panel.subscriber(LINE).status).toBe('active');
  });

  it.each([500, 403, 404])('is not ended where their list answers %i, unless they are given up', async (status) => {
    addLast();
    at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'status', status } });
    for (const finalInvoice of [false, true])
      expect(await terminate({ finalInvoice })).toEqual(['calls_unread', expect.stringContaining(`HTTP ${status}`)]);
    expect(at.panel.subscriber(LINE).status).toBe('active');
    expect(await terminate({ forfeitUnbilled: true })).toEqual(['done']);
  });
});

describe('a line that was deleted on the panel', () => {
  beforeEach(() => {
    addLast();
    const body = { error: { code: 'not_found', message: 'no such subscriber' } };
    at.panel.server.inject({ endpoint: /^GET \/subscribers\/[^/]+$/, fault: { kind: 'status', status: 404, body } });
  });

  it('is billed while the panel lists its calls', async () => {
    at.setTime('2026-12-02T12:00:00Z');
    expect(await at.bill()).toEqual(['svc-1 added 2.00']);
  });

  it('does not end without its last calls', async () => {
    expect((await terminate())[0]).toBe('unbilled_calls');
    expect(at.panel.server.calls.some(({ fault }) => fault !== null)).toBe(true);
  });
});
