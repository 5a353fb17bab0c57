import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);
beforeEach(async () => {
  await at.addService();
});

async function listTotals(): Promise<string[]> {
  return (await at.invoices()).map(({ client, total }) => `${client}: ${total}`).sort();
}

/** Gives the line to `svc-2` of client 43. */
async function passOn(): Promise<void> {
  const own = { panel: 'voice', product: 'line', client: '43', status: 'active', astbilling_subscriber_id: LINE };
  await at.sluice.services.remove('svc-1');
  await at.sluice.services.add('svc-2', own);
}

describe('a line that passes to another service', () => {
  it('keeps what was billed of it', async () => {
    at.addCall('2026-10-05T09:00:00-03:00', '1.0000');
    expect(await at.bill()).toEqual(['svc-1 added 1.00']);
    await passOn();
    expect(await at.bill()).toEqual([]);
    expect(await at.bill({ service: 'svc-2', period: '2026-10' })).toEqual(['svc-1 already-added 1.00']);
    expect(await listTotals()).toEqual(['42: 1.00']);
  });

  it('is billed from the end of what was billed', async () => {
    await at.bill();
    at.addCall('2026-11-10T09:00:00-03:00', '3.0000');
    at.setTime('2026-11-20T12:00:00Z');
    expect(await at.bill({ service: 'svc-1', final: true })).toEqual(['svc-1 added 3.00']);
    await passOn();
    at.addCall('2026-11-25T09:00:00-03:00', '4.0000');
    at.setTime('2026-12-02T12:00:00Z');
    expect(await at.bill()).toEqual(['svc-2 added 4.00']);
    expect(await listTotals()).toEqual(['42: 3.00', '43: 4.00']);
  });

  it('keeps its service while a bill may be on an invoice', async () => {
    at.addCall('2026-10-05T09:00:00-03:00', '1.0000');
    expect(await at.bill()).toEqual(['svc-1 added 1.00']);
    const { store } = at.bench;
    const [stored] = await store.callBills.list({});
    for (const state of ['sending', 'unknown'] as const) {
      await store.callBills.update(stored!.id, { ...stored!, state });
      const refusal = { code: 'outcome_unknown', details: { service: 'svc-1', bill: stored!.id } };
      await expect(at.sluice.services.remove('svc-1')).rejects.toMatchObject(refusal);
    }
    expect(await at.bill()).toEqual(['svc-1 already-added 1.00']);
    await passOn();
  });
});

describe('a month whose bill failed', () => {
  /** September fails, since one of its calls has no charge; October is billed. */
  async function failSeptember(): Promise<string> {
    await at.bench.edit('billFrom: 2026-10-01', 'billFrom: 2026-09-01');
    at.setTime('2026-10-02T12:00:00Z');
    const unrated = at.addCall('2026-09-10T09:00:00-03:00', null);
    at.addCall('2026-10-10T09:00:00-03:00', '1.0000');
    expect(await at.bill()).toEqual(['svc-1 unrated']);
    at.setTime('2026-11-05T12:00:00Z');
    expect(await at.bill()).toEqual(['svc-1 added 1.00', 'svc-1 unrated']);
    return unrated;
  }

  it('is billed once it can be, after later ones', async () => {
    const unrated = await failSeptember();
    at.panel.changeCall(unrated, { charge: '5.0000' });
    expect(await at.bill()).toEqual(['svc-1 already-added 1.00', 'svc-1 added 5.00']);
    expect(await listTotals()).toEqual(['42: 6.00']);
  });

  it('is billed when the line ends', async () => {
    const unrated = await failSeptember();
    at.panel.changeCall(unrated, { charge: '5.0000' });
    at.addCall('2026-11-05T08:00:00-03:00', '2.0000');
    await expect(at.sluice.provision.terminate('svc-1')).rejects.toThrow(
      '2 unbilled calls (7.0000 BRL) since 2026-09-01 (America/Sao_Paulo)',
    );
    expect((await at.sluice.provision.terminate('svc-1', { finalInvoice: true })).run.outcome).toBe('done');
    expect(await listTotals()).toEqual(['42: 8.00']);
  });

  it('keeps the line while it can not be billed', async () => {
    await failSeptember();
    const ended = at.sluice.provision.terminate('svc-1', { finalInvoice: true });
    await expect(ended).rejects.toMatchObject({ code: 'final_bill_failed' });
    expect(at.panel.subscriber(LINE).status).toBe('active');
  });

  it('does not stop later ones, however many fail', async () => {
    await failSeptember();
    at.setTime('2027-06-05T12:00:00Z');
    for (const month of ['2026-11', '2026-12', '2027-01', '2027-02']) at.addCall(`${month}-10T09:00:00-03:00`, null);
    at.addCall('2027-05-10T09:00:00-03:00', '9.0000');
    const added: string[] = [];
    for (let run = 0; run < 3; run += 1) added.push(...(await at.bill()).filter((line) => line.includes(' added ')));
    expect(added).toEqual(['svc-1 added 9.00']);
  });
});
