import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { errorOf } from '../bench/engine-bench.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);
const HOUR = 3_600_000;
const charged = async (): Promise<string[]> => (await at.invoices()).map(({ total }) => total);
const PERSON = {
  order_id: '1042',
  first_name: 'Ana',
  last_name: 'Lima',
  document: '98765432100',
  ddd: '11',
  channels: '2',
};

/** Adds a panel with billFrom, so that the calls of lines are billed by a job. */
async function addOther(): Promise<void> {
  const url = at.panel.url.replace('127.0.0.1', 'localhost');
  const settings = `kind: astbilling, url: "${url}", retries: 0, allowHttp: true, token: ${JSON.stringify(at.panel.token)}`;
  await at.bench.edit('products:', `  other: { ${settings}, billFrom: 2026-10-01 }\nproducts:`);
}

function call(line: string, minutesAgo: number, charge: string): void {
  at.addCall(new Date(at.bench.clock.now() - minutesAgo * 60_000).toISOString(), charge, { subscriber: line });
}

describe('calls that come after the final bill of a line that Sluice made', () => {
  it.each([true, false])('are reported: billFrom %s', async (withBillFrom) => {
    if (!withBillFrom) await at.bench.edit(', billFrom: 2026-10-01', '');
    const own = { panel: 'voice', product: 'line', client: '43', status: 'pending' };
    await at.sluice.services.add('svc-2', { ...own, ...PERSON });
    const made = await at.sluice.provision.create('svc-2');
    const line = made.service.refs['astbilling_subscriber_id'] ?? '';
    await addOther();
    at.bench.clock.advance(HOUR);
    call(line, 10, '3.0000');
    expect((await at.sluice.provision.terminate('svc-2', { finalInvoice: true })).run.outcome).toBe('done');
    expect(await charged()).toEqual(['3.00']);
    // A call that was in progress at the final bill.
    call(line, 5, '70.0000');
    at.bench.clock.advance(26 * HOUR);
    await at.bill();
    at.bench.clock.advance(26 * HOUR);
    await at.bill();
    const notices = await at.bench.store.notices.list({});
    const shown = notices.filter(({ code }) => code === 'calls_unbilled').map(({ message }) => message);
    expect({ charged: await charged(), reported: shown.length }).toEqual({ charged: ['3.00'], reported: 1 });
  });
});

it.each([true, false])(
  'a line whose creation was not answered is one that Sluice made, resolved as done: %s',
  async (done) => {
    await at.bench.edit(', billFrom: 2026-10-01', '');
    await at.sluice.services.add('svc-2', {
      panel: 'voice',
      product: 'line',
      client: '43',
      status: 'pending',
      ...PERSON,
    });
    at.panel.server.inject({ endpoint: 'POST /subscribers', fault: { kind: 'cut' }, when: 'after', times: 1 });
    const isMade = (): boolean => at.panel.server.calls.some(({ endpoint }) => endpoint === 'POST /subscribers');
    at.panel.server.inject({
      match: ({ method, path }) => method === 'GET' && path.includes('subscribers') && isMade(),
      fault: { kind: 'status', status: 500 },
    });
    await at.sluice.provision.create('svc-2').catch(() => null);
    const left = await at.bench.store.actions.unresolved();
    const inDoubt = left.find(({ type }) => type === 'create-subscriber');
    expect(inDoubt ?? left).toMatchObject({ type: 'create-subscriber', state: 'in-doubt' });
    at.panel.server.clearFaults();
    await at.sluice.log.resolve(inDoubt?.id ?? '', { done });
    const made = await at.sluice.provision.create('svc-2');
    const line = made.service.refs['astbilling_subscriber_id'] ?? '';
    at.bench.clock.advance(HOUR);
    call(line, 10, '3.0000');
    expect((await at.sluice.provision.terminate('svc-2', { finalInvoice: true })).run.outcome).toBe('done');
    expect(await charged()).toEqual(['3.00']);
  },
);

it('a line that Sluice made is one also once its panel has another name and address', async () => {
  await at.bench.edit(', billFrom: 2026-10-01', '');
  const own = { panel: 'voice', product: 'line', client: '43', status: 'pending' };
  await at.sluice.services.add('svc-2', { ...own, ...PERSON });
  const made = await at.sluice.provision.create('svc-2');
  const line = made.service.refs['astbilling_subscriber_id'] ?? '';
  await at.bench.edit('//127.0.0.1:', '//localhost:');
  await at.bench.edit(/ {2}voice: \{([^]*)panel: voice/, '  voip: {$1panel: voip');
  await at.sluice.services.set('svc-2', { panel: 'voip' });
  at.bench.clock.advance(HOUR);
  call(line, 10, '3.0000');
  const refused = await errorOf(at.sluice.provision.terminate('svc-2', { finalInvoice: true }));
  expect(refused?.message ?? 'done').not.toMatch(/Sluice has not made the line/);
});

it('a final bill of a line that Sluice made has its calls since it was made', async () => {
  await at.bench.edit(', billFrom: 2026-10-01', '');
  const own = { panel: 'voice', product: 'line', client: '43', status: 'pending' };
  await at.sluice.services.add('svc-2', { ...own, ...PERSON });
  const made = await at.sluice.provision.create('svc-2');
  const line = made.service.refs['astbilling_subscriber_id'] ?? '';
  at.bench.clock.advance(HOUR);
  call(line, 10, '100.0000');
  at.setTime('2027-01-05T12:00:00Z');
  at.addCall('2026-12-10T09:00:00-03:00', '7.0000', { subscriber: line });
  expect(await at.bill({ service: 'svc-2', period: '2026-12' })).toEqual(['svc-2 added 7.00']);
  const ended = await errorOf(at.sluice.provision.terminate('svc-2', { finalInvoice: true }));
  // Refused, or billed: not lost.
  expect([ended?.code ?? 'done', await charged()]).not.toEqual(['done', ['7.00']]);
});

it('calls that were reported stay so once their panel has no billFrom any more', async () => {
  await addOther();
  await at.addService();
  at.bench.clock.advance(HOUR);
  call(LINE, 10, '3.0000');
  expect((await at.sluice.provision.terminate('svc-1', { finalInvoice: true })).run.outcome).toBe('done');
  call(LINE, 5, '70.0000');
  const alarms = async (): Promise<string[]> => {
    for (let runs = 0; runs < 2; runs++) {
      at.bench.clock.advance(26 * HOUR);
      await at.bill();
    }
    const found = await at.sluice.notices.alarms();
    return found.alarms.filter(({ code }) => code === 'calls_unbilled').map(({ service }) => service ?? '');
  };
  expect(await alarms()).toEqual(['svc-1']);
  await at.bench.edit(', billFrom: 2026-10-01', '');
  expect(await alarms()).toEqual(['svc-1']);
});

it('calls of a prepaid line that Sluice made are paid, also after its end', async () => {
  await at.bench.edit(', billFrom: 2026-10-01', '');
  const product = '  prepaid: { panel: voice, astbilling: { planId: "11", billingType: prepaid } }';
  await at.bench.edit(/^products:\n/m, `$&${product}\n`);
  await at.sluice.services.add('svc-2', {
    panel: 'voice',
    product: 'prepaid',
    client: '43',
    status: 'pending',
    ...PERSON,
  });
  const made = await at.sluice.provision.create('svc-2');
  const line = made.service.refs['astbilling_subscriber_id'] ?? '';
  Object.assign(at.panel.subscriber(line), { billingType: 'prepaid' });
  await addOther();
  at.bench.clock.advance(HOUR);
  call(line, 10, '3.0000');
  expect((await at.sluice.provision.terminate('svc-2', { finalInvoice: true })).run.outcome).toBe('done');
  at.bench.clock.advance(26 * HOUR);
  await at.bill();
  const notices = await at.bench.store.notices.list({});
  expect([await charged(), notices.filter(({ code }) => code === 'calls_unbilled')]).toEqual([[], []]);
});
