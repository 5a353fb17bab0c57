import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LINE, startTelephonyBench, type TelephonyBench } from './telephony-bench.js';

let at: TelephonyBench;
beforeEach(async () => {
  at = await startTelephonyBench();
  await at.addService();
});
afterEach(() => at.close());

interface Bill {
  service: string;
  state: string;
  total: string | null;
  period: { from: string; to: string };
}

async function bill(words = ''): Promise<string[]> {
  const { bills } = (await at.run(`call bill${words}`)).json<{ bills: Bill[] }>();
  return bills.map(({ service, state, total }) => `${service} ${state} ${total ?? ''}`);
}

async function listTotals(): Promise<string[]> {
  const { invoices } = (await at.run('invoice list')).json<{ invoices: { client: string; total: string }[] }>();
  return invoices.map(({ client, total }) => `${client}: ${total}`).sort();
}

/** Gives the line to `svc-2` of client 43. */
async function passOn(): Promise<void> {
  const added = 'service add svc-2 panel=voice product=line client=43 status=active';
  expect((await at.run('service remove svc-1 --yes')).exitCode).toBe(0);
  expect((await at.run(`${added} astbilling_subscriber_id=${LINE}`)).exitCode).toBe(0);
}

describe('a line that passes to another service', () => {
  it('keeps what was billed of it', async () => {
    at.addCall('2026-10-05T09:00:00-03:00', '1.0000');
    expect(await bill()).toEqual(['svc-1 added 1.00']);
    await passOn();
    expect(await bill()).toEqual([]);
    expect(await bill(' --service svc-2 --period 2026-10')).toEqual(['svc-1 already-added 1.00']);
    expect(await listTotals()).toEqual(['42: 1.00']);
  });

  it('is billed from the end of what was billed', async () => {
    await bill();
    at.addCall('2026-11-10T09:00:00-03:00', '3.0000');
    at.bench.clock.set(Date.parse('2026-11-20T12:00:00Z'));
    expect(await bill(' --service svc-1 --final')).toEqual(['svc-1 added 3.00']);
    await passOn();
    at.addCall('2026-11-25T09:00:00-03:00', '4.0000');
    at.bench.clock.set(Date.parse('2026-12-02T12:00:00Z'));
    expect(await bill()).toEqual(['svc-2 added 4.00']);
    expect(await listTotals()).toEqual(['42: 3.00', '43: 4.00']);
  });
});
