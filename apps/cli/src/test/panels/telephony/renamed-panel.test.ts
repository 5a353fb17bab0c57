import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTelephonyBench, type TelephonyBench } from './telephony-bench.js';

let at: TelephonyBench;
beforeEach(async () => {
  at = await startTelephonyBench();
  await at.addService();
  at.addCall('2026-10-10T09:00:00-03:00', '3.0000');
});
afterEach(() => at.close());

async function bill(): Promise<unknown[]> {
  const { bills } = (await at.run('call bill')).json<{
    bills: { state: string; total: string; error: { code: string } | null }[];
  }>();
  return bills.map(({ state, total, error }) => `${error?.code ?? state} ${total}`);
}

async function rename(): Promise<void> {
  const config = at.bench.read('sluice.yaml');
  at.bench.write('sluice.yaml', config.replace('  voice: {', '  telco: {').replace('panel: voice', 'panel: telco'));
  expect((await at.run('service set svc-1 panel=telco')).exitCode).toBe(0);
}

describe('a telephony panel whose name in the config changed', () => {
  it('bills no period a second time', async () => {
    expect(await bill()).toEqual(['added 3.00']);
    await rename();
    expect(await bill()).toEqual(['already-added 3.00']);
    at.addCall('2026-11-10T09:00:00-03:00', '4.0000');
    at.bench.clock.set(Date.parse('2026-12-02T12:00:00Z'));
    expect(await bill()).toEqual(['added 4.00', 'already-added 3.00']);
    expect((await at.run('invoice list')).json()).toMatchObject({ invoices: [{ total: '7.00' }] });
  });

  it('goes on with a bill in doubt', async () => {
    expect(await bill()).toEqual(['added 3.00']);
    await at.bench.store(async (store) => {
      const [stored] = await store.callBills.list({});
      await store.callBills.update(stored!.id, { ...stored!, state: 'unknown' });
    });
    await rename();
    expect(await bill()).toEqual(['already-added 3.00']);
    expect((await at.run('invoice list')).json()).toMatchObject({ invoices: [{ total: '3.00' }] });
  });
});
