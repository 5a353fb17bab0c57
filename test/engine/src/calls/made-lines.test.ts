import { beforeEach, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { errorOf } from '../bench/engine-bench.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';
import { listUnbilled } from './other-system.js';

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

/** Makes the line of `svc-2` and returns its id. */
async function makeLine(): Promise<string> {
  const own = { panel: 'voice', product: 'line', client: '43', status: 'pending' };
  await at.sluice.services.add('svc-2', { ...own, ...PERSON });
  const made = await at.sluice.provision.create('svc-2');
  return made.service.refs['astbilling_subscriber_id'] ?? '';
}

/** Makes the line of `svc-2`, whose answer is lost with the panel. */
async function loseCreation(): Promise<void> {
  at.panel.server.inject({ endpoint: 'POST /subscribers', fault: { kind: 'cut' }, when: 'after', times: 1 });
  const isMade = (): boolean => at.panel.server.calls.some(({ endpoint }) => endpoint === 'POST /subscribers');
  at.panel.server.inject({
    match: ({ method, path }) => method === 'GET' && path.includes('subscribers') && isMade(),
    fault: { kind: 'status', status: 500 },
  });
  await at.sluice.provision.create('svc-2').catch(() => null);
}

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
  it.each(few([true, false], 2))('are reported: billFrom %s', async (withBillFrom) => {
    if (!withBillFrom) await at.bench.edit(', billFrom: 2026-10-01', '');
    const line = await makeLine();
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
    await loseCreation();
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
  const line = await makeLine();
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
  const line = await makeLine();
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

describe('calls of a prepaid line', () => {
  const own = { panel: 'voice', product: 'prepaid', client: '43', status: 'pending' };

  /** Runs as the timer does a day later, and returns what is reported. */
  async function listReported(): Promise<string[]> {
    at.bench.clock.advance(26 * HOUR);
    await at.bill();
    const { alarms } = await at.sluice.notices.alarms();
    const found = alarms.filter(({ code }) => code === 'calls_unbilled');
    return found.map(({ message }) => message.replace(/^.* of line (\d+) .*: /, '$1: '));
  }

  /** Makes a prepaid line that calls once. */
  async function make(): Promise<string> {
    await at.sluice.services.add('svc-2', { ...own, ...PERSON });
    const made = await at.sluice.provision.create('svc-2');
    const line = made.service.refs['astbilling_subscriber_id'] ?? '';
    Object.assign(at.panel.subscriber(line), { billingType: 'prepaid' });
    at.bench.clock.advance(HOUR);
    call(line, 10, '3.0000');
    return line;
  }

  async function end(service: string): Promise<void> {
    expect((await at.sluice.provision.terminate(service, { finalInvoice: true })).run.outcome).toBe('done');
  }

  beforeEach(async () => {
    const product = '  prepaid: { panel: voice, astbilling: { planId: "11", billingType: prepaid } }';
    await at.bench.edit(/^products:\n/m, `$&${product}\n`);
  });

  it.each(few([true, false], 2))(
    'are paid after its end too, also once its service is removed: billFrom %s',
    async (isSet) => {
      if (!isSet) await at.bench.edit(', billFrom: 2026-10-01', '');
      await addOther();
      await make();
      await end('svc-2');
      expect(await listReported()).toEqual([]);
      await at.sluice.services.remove('svc-2');
      expect(await listReported()).toEqual([]);
      expect(await charged()).toEqual([]);
      expect(await at.differences()).toEqual([]);
    },
  );

  it('are paid also where its service is back with another line, and those of that one are not', async () => {
    await addOther();
    await make();
    await end('svc-2');
    at.panel.addSubscriber({ id: '9003', username: 'ana1044', customer: '501', plan: '11' });
    await at.sluice.services.set('svc-2', { status: 'active', product: 'line', astbilling_subscriber_id: '9003' });
    expect(await listReported()).toEqual([]);
    call('9003', 10, '7.0000');
    await at.sluice.services.remove('svc-2');
    expect(await listReported()).toEqual(['9003: 7.0000 BRL']);
  });

  it('are not, where the service has the line again after another one', async () => {
    await addOther();
    const line = await make();
    await end('svc-2');
    Object.assign(at.panel.subscriber(line), { billingType: 'postpaid', status: 'active' });
    const next = { ...own, product: 'line', client: '44', status: 'active', astbilling_subscriber_id: line };
    await at.sluice.services.add('svc-3', next);
    at.bench.clock.advance(HOUR);
    await at.sluice.services.set('svc-3', { status: 'terminated' });
    await at.sluice.services.set('svc-2', { status: 'active', product: 'line' });
    at.bench.clock.advance(HOUR);
    call(line, 10, '7.0000');
    await at.sluice.services.remove('svc-2');
    expect(await listReported()).toEqual([`${line}: 7.0000 BRL`]);
  });

  describe('whose service ended without the command', () => {
    let line = '';

    beforeEach(async () => {
      await at.bench.edit(', billFrom: 2026-10-01', '');
      await addOther();
      line = await make();
      await at.sluice.services.set('svc-2', { status: 'terminated' });
    });

    it('are paid', async () => {
      expect(await listReported()).toEqual([]);
      call(line, 10, '5.0000');
      expect(await listReported()).toEqual([]);
    });

    it('are paid where a command ends the line after its service, which is removed then', async () => {
      at.bench.clock.advance(HOUR);
      await end('svc-2');
      expect(await listReported()).toEqual([]);
      await at.sluice.services.remove('svc-2');
      expect(await listReported()).toEqual([]);
    });

    it('are reported where the panel says otherwise, or the service is removed', async () => {
      Object.assign(at.panel.subscriber(line), { billingType: 'postpaid' });
      expect(await listReported()).toEqual([`${line}: 3.0000 BRL`]);
      Object.assign(at.panel.subscriber(line), { billingType: 'prepaid' });
      expect(await listReported()).toEqual([]);
      await at.sluice.services.remove('svc-2');
      expect(await listReported()).toEqual([`${line}: 3.0000 BRL`]);
    });
  });

  it('say nothing about the postpaid line that the service had before', async () => {
    await at.sluice.services.add('svc-2', { ...own, product: 'line', astbilling_subscriber_id: LINE });
    call(LINE, 10, '7.0000');
    at.bench.clock.advance(HOUR);
    at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
    Object.assign(at.panel.subscriber('9002'), { billingType: 'prepaid' });
    await at.sluice.services.set('svc-2', { status: 'active', product: 'prepaid', astbilling_subscriber_id: '9002' });
    at.bench.clock.advance(HOUR);
    call('9002', 10, '3.0000');
    await end('svc-2');
    expect(await listReported()).toEqual([`${LINE}: 7.0000 BRL`]);
    await at.sluice.services.remove('svc-2');
    expect(await listReported()).toEqual([`${LINE}: 7.0000 BRL`]);
  });
});

describe('a line that was not billed before the end of its second month', () => {
  beforeEach(() => {
    at.setTime('2026-11-05T12:00:00Z');
  });

  it('owes all its calls where Sluice made it', async () => {
    const line = await makeLine();
    at.addCall('2026-11-10T09:00:00-03:00', '5.0000', { subscriber: line });
    at.addCall('2026-12-10T09:00:00-03:00', '7.0000', { subscriber: line });
    at.setTime('2027-01-05T12:00:00Z');
    const due = ['svc-2 planned 5.00', 'svc-2 planned 7.00'];
    expect((await at.bill({ dryRun: true })).sort()).toEqual(due);
    expect((await at.bill()).sort()).toEqual(['svc-2 added 5.00', 'svc-2 added 7.00']);
    await at.bill();
    expect(await charged()).toEqual(['12.00']);
  });

  it('owes all its calls where its service got it after all lines of its panel were billed here', async () => {
    await at.sluice.services.add('svc-2', { panel: 'voice', product: 'line', client: '43', status: 'active' });
    await at.bill();
    at.setTime('2026-11-06T12:00:00Z');
    await at.addService();
    at.addCall('2026-11-06T08:00:00-03:00', '3.0000');
    at.addCall('2026-11-10T09:00:00-03:00', '5.0000');
    at.addCall('2026-12-10T09:00:00-03:00', '7.0000');
    at.setTime('2027-01-05T12:00:00Z');
    expect((await at.bill()).sort()).toEqual(['svc-1 added 7.00', 'svc-1 added 8.00']);
  });

  it('owes none of the time before its service got it, although that was stored long before', async () => {
    const own = { panel: 'voice', product: 'line', client: '43' };
    await at.sluice.services.add('svc-2', { ...own, status: 'active' });
    await at.bill();
    at.setTime('2026-11-06T12:00:00Z');
    await at.sluice.services.add('svc-3', { ...own, status: 'pending' });
    at.addCall('2026-11-10T09:00:00-03:00', '5.0000');
    at.addCall('2026-12-10T09:00:00-03:00', '7.0000');
    at.setTime('2027-01-20T12:00:00Z');
    await at.sluice.services.set('svc-3', { astbilling_subscriber_id: LINE, status: 'active' });
    at.addCall('2027-01-19T09:00:00-03:00', '11.0000');
    at.addCall('2027-01-21T09:00:00-03:00', '4.0000');
    expect(await at.bill()).toEqual([]);
    at.setTime('2027-02-05T12:00:00Z');
    expect(await at.bill()).toEqual(['svc-3 added 4.00']);
    // Nobody is known to have called before.
    expect(await listUnbilled(at)).toEqual([expect.stringContaining('on no invoice: 23.00')]);
  });

  it('shows and limits what was called since its service got it', async () => {
    await at.sluice.services.add('svc-3', { panel: 'voice', product: 'line', client: '43', status: 'active' });
    at.setTime('2026-11-20T12:00:00Z');
    at.addCall('2026-11-20T08:00:00-03:00', '25.0000');
    await at.sluice.services.set('svc-3', { astbilling_subscriber_id: LINE });
    at.setTime('2026-11-20T13:00:00Z');
    at.addCall('2026-11-20T09:30:00-03:00', '1.0000');
    const { totals } = await at.sluice.calls.records({ service: 'svc-3', from: '2026-11-01', onCall: () => undefined });
    expect(totals).toMatchObject({ calls: 1, charge: '1.0000' });
  });

  it.each([1, 30])('owes all where Sluice made it, also with a lost answer: ordered %d hours before', async (hours) => {
    const own = { panel: 'voice', product: 'line', client: '43', status: 'pending' };
    await at.sluice.services.add('svc-2', { ...own, ...PERSON });
    at.bench.clock.advance(hours * HOUR);
    await loseCreation();
    at.panel.server.clearFaults();
    const line = at.panel.subscribers().at(-1)?.id ?? '';
    at.bench.clock.advance(HOUR);
    call(line, 10, '4.0000');
    at.bench.clock.advance(20 * HOUR);
    await at.sluice.provision.create('svc-2');
    call(line, 10, '5.0000');
    at.setTime('2026-12-05T12:00:00Z');
    expect((await at.bill()).filter((bill) => bill.startsWith('svc-2'))).toEqual(['svc-2 added 9.00']);
  });

  it('is taken for one that its service had before where that was stored within a day', async () => {
    await at.sluice.services.add('svc-3', { panel: 'voice', product: 'line', client: '43', status: 'active' });
    at.addCall('2026-10-10T09:00:00-03:00', '7.0000');
    at.bench.clock.advance(20 * HOUR);
    await at.sluice.services.set('svc-3', { astbilling_subscriber_id: LINE });
    expect(await at.bill()).toEqual(['svc-3 added 7.00']);
  });

  it('owes those of the month that was just closed where another system may have billed it', async () => {
    await at.addService();
    at.addCall('2026-11-10T09:00:00-03:00', '5.0000');
    at.addCall('2026-12-10T09:00:00-03:00', '7.0000');
    at.setTime('2027-01-05T12:00:00Z');
    expect(await at.bill()).toEqual(['svc-1 added 7.00']);
    await at.bill();
    expect(await charged()).toEqual(['7.00']);
  });
});
