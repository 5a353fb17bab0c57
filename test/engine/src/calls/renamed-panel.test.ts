import { beforeEach, describe, expect, it } from '@jest/globals';
import { during } from '../bench/during.js';
import { useBench } from '../bench/each-test.js';
import { codeOf } from '../bench/engine-bench.js';
import { startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);
beforeEach(async () => {
  await at.addService();
  at.addCall('2026-10-10T09:00:00-03:00', '3.0000');
});

const editName = () => at.bench.edit(/ {2}voice: \{([^]*)panel: voice/, '  telco: {$1panel: telco');

async function rename(): Promise<void> {
  await editName();
  await at.sluice.services.set('svc-1', { panel: 'telco' });
}

describe('a telephony panel whose name in the config changed', () => {
  it('bills no period a second time', async () => {
    expect(await at.bill()).toEqual(['svc-1 added 3.00']);
    await rename();
    expect(await at.bill()).toEqual(['svc-1 already-added 3.00']);
    at.addCall('2026-11-10T09:00:00-03:00', '4.0000');
    at.setTime('2026-12-02T12:00:00Z');
    expect(await at.bill()).toEqual(['svc-1 added 4.00', 'svc-1 already-added 3.00']);
    expect(await at.sluice.invoices.list()).toMatchObject({ invoices: [{ total: '7.00' }] });
  });

  it('goes on with a bill in doubt', async () => {
    expect(await at.bill()).toEqual(['svc-1 added 3.00']);
    const { store } = at.bench;
    const [stored] = await store.callBills.list({});
    await store.callBills.update(stored!.id, { ...stored!, state: 'unknown' });
    await rename();
    expect(await at.bill()).toEqual(['svc-1 already-added 3.00']);
    expect(await at.sluice.invoices.list()).toMatchObject({ invoices: [{ total: '3.00' }] });
  });

  it('is warned of while its services have the old name: their bills can not be compared', async () => {
    expect(await at.bill()).toEqual(['svc-1 added 3.00']);
    expect((await at.sluice.calls.reconcile()).warnings).toEqual([]);
    await at.bench.edit('//127.0.0.1:', '//localhost:');
    await editName();
    const message = expect.stringContaining(
      '1 bill of panel "voice", which is not in the config, can\'t be compared with',
    );
    expect(await at.sluice.calls.reconcile()).toEqual({ bills: [], warnings: [{ code: 'unknown_panel', message }] });
    expect((await at.sluice.calls.reconcile({ period: '2026-09' })).warnings).toEqual([]);
    await at.sluice.services.set('svc-1', { panel: 'telco' });
    expect(await at.sluice.calls.reconcile()).toMatchObject({ bills: [{ difference: '0.0000' }], warnings: [] });
  });
});

describe('a telephony panel whose name in the config changes while its calls are read', () => {
  async function whileBilled(work: () => Promise<unknown>) {
    const former = await at.bench.start();
    await at.sluice.reconcile();
    const reads = ({ endpoint }: { endpoint: string }): boolean => endpoint === 'GET /cdrs';
    const { bills } = await during(at.panel.server, reads, () => former.calls.bill(), work);
    return bills.map(({ state, error }) => error?.code ?? state);
  }
  const totals = async () => (await at.invoices()).map(({ total }) => total);

  it.each(['', 'installation: voice, '])('gets it once they are billed (%s)', async (installation) => {
    if (installation !== '') await at.bench.edit('billFrom:', `${installation}billFrom:`);
    let refused: string | null = null;
    const former = await whileBilled(async () => {
      await editName();
      refused = await codeOf(at.sluice.reconcile());
    });
    expect([former, refused]).toEqual([['added'], 'lease_held']);
    await at.sluice.reconcile();
    expect(await at.bill()).toEqual(['svc-1 already-added 3.00']);
    expect(await totals()).toEqual(['3.00']);
  });

  it('is billed once where its service is moved to it by hand', async () => {
    const former = await whileBilled(async () => {
      await at.bench.edit('//127.0.0.1:', '//localhost:');
      await rename();
    });
    expect(former).toEqual(['lease_held']);
    expect(await at.bill()).toEqual(['svc-1 added 3.00']);
    expect(await totals()).toEqual(['3.00']);
  });
});
