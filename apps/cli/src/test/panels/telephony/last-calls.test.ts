import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LINE, startTelephonyBench, type TelephonyBench } from './telephony-bench.js';

let at: TelephonyBench;
beforeEach(async () => {
  at = await startTelephonyBench();
  await at.addService();
  at.bench.clock.advance(3_600_000);
});
afterEach(() => at.close());

async function terminate(words = ''): Promise<unknown[]> {
  const { exitCode, json } = await at.run(`provision terminate svc-1 --yes${words}`);
  const { error } = json<{ error?: { code: string; message: string } }>();
  return [exitCode, error?.code, error?.message];
}

const addLast = (): string => at.addCall('2026-11-05T09:10:00-03:00', '2.0000');

describe('a line whose last calls can not be summed', () => {
  it('is not ended', async () => {
    at.panel.changeCall(addLast(), { currency: 'USD' });
    const message = expect.stringContaining(`"svc-1" has 1 unbilled call that can't be summed since`);
    expect(await terminate()).toEqual([1, 'unbilled_calls', message]);
    addLast();
    const both = expect.stringContaining(`1 unbilled call (2.0000 BRL) and 1 unbilled call that can't be summed since`);
    expect(await terminate()).toEqual([1, 'unbilled_calls', both]);
    const why = expect.stringContaining('another currency');
    expect(await terminate(' --final-invoice')).toEqual([1, 'final_bill_failed', why]);
    expect(at.panel.subscriber(LINE).status).toBe('active');
  });

  it.each([500, 403, 404])('is not ended where their list answers %i, unless they are given up', async (status) => {
    addLast();
    at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'status', status } });
    for (const words of ['', ' --final-invoice'])
      expect(await terminate(words)).toEqual([1, 'calls_unread', expect.stringContaining(`HTTP ${status}`)]);
    const { stderr } = await at.bench.sluice('provision terminate svc-1 --yes');
    expect(stderr).toContain('sluice provision terminate svc-1 --forfeit-unbilled');
    expect(at.panel.subscriber(LINE).status).toBe('active');
    expect((await terminate(' --forfeit-unbilled'))[0]).toBe(0);
  });
});

describe('a line that was deleted on the panel', () => {
  beforeEach(() => {
    addLast();
    at.panel.server.inject({ endpoint: /^GET \/subscribers\/[^/]+$/, fault: { kind: 'status', status: 404 } });
  });

  it('is billed while the panel lists its calls', async () => {
    at.bench.clock.set(Date.parse('2026-12-02T12:00:00Z'));
    const { exitCode, json } = await at.run('call bill');
    expect([exitCode, json()]).toMatchObject([0, { bills: [{ state: 'added', total: '2.00' }] }]);
  });

  it('does not end without its last calls', async () => {
    expect((await terminate()).slice(0, 2)).toEqual([1, 'unbilled_calls']);
    expect(at.panel.server.calls.some(({ fault }) => fault !== null)).toBe(true);
  });
});
