import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { MINUTE } from '../bench/engine-bench.js';
import { addSystem } from './other-system.js';
import { FORMER, NEXT, startWhmcsLines } from './whmcs-lines.js';

const at = useBench(startWhmcsLines);

const DOUBT = 'whmcs-7 outcome_unknown 40.00';

/** Bills October; the answer to the line is lost before or after the change, and so are the reads that look for it. */
async function loseAnswer(when: 'before' | 'after'): Promise<void> {
  at.addCall('2026-10-15T09:00:00-03:00', '40.0000');
  at.whmcs.addInvoice({
    ...{ client: FORMER, status: 'Unpaid' },
    items: [{ service: 7, description: 'Line', amount: '9.00' }],
  });
  const { server } = at.whmcs;
  server.inject({ endpoint: 'UpdateInvoice', times: 1, when, fault: { kind: 'cut' } });
  const off = server.onCall(({ endpoint }) => {
    if (endpoint === 'UpdateInvoice') server.inject({ endpoint: /Get/, fault: { kind: 'cut' } });
  });
  expect(await at.bill()).toEqual([DOUBT]);
  off();
  server.clearFaults();
}

const setLine = (order: number, line: string): void => {
  at.whmcs.setField(order, 'astbilling_subscriber_id', line);
};

async function switchLine(): Promise<void> {
  at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
  setLine(7, '9002');
  await at.sync();
}

const changes: Record<string, () => Promise<unknown>> = {
  'names another line': switchLine,
  'names another line, and another client has its own': async () => {
    await switchLine();
    at.addOrder(8, NEXT);
    await at.sync();
  },
  'names no line': async () => {
    setLine(7, '');
    await at.sync();
  },
  'has another line and client': async () => {
    at.whmcs.service(7).clientId = NEXT;
    await switchLine();
  },
  'has ended with another line': async () => {
    await switchLine();
    at.whmcs.service(7).status = 'Terminated';
    await at.sync();
  },
  'is pending': () => at.sluice.services.set('whmcs-7', { status: 'pending' }),
  'is on a panel that is not in the config': () =>
    at.bench.edit(/ {2}voice: \{([^]*)panel: voice/, '  telco: {$1panel: telco'),
  'has a product that is not in the config': () => at.bench.edit('  line: {', '  line-2027: {'),
  'has moved to another system': async () => {
    const other = await addSystem(at);
    await at.bench.edit(
      'line2: { panel: voice2, astbilling: { planId: "11" } }',
      'line2: { panel: voice2, astbilling: { planId: "11" }, whmcs: { productIds: [20] } }',
    );
    await at.sluice.services.set('whmcs-7', { panel: 'voice2', product: 'line2', astbilling_subscriber_id: '77' });
    return other.close();
  },
};

describe.each(few(Object.entries(changes), 2))('a bill in doubt whose service %s', (_name, change) => {
  const ofSeven = async (options = {}): Promise<string[]> =>
    (await at.bill(options)).filter((line) => line.startsWith('whmcs-7') && !line.includes('nothing-to-bill'));

  it('is confirmed where its line is on the invoice', async () => {
    await loseAnswer('after');
    await change();
    expect(await ofSeven()).toContain('whmcs-7 already-added 40.00');
    expect([at.charged(), await at.bench.store.callBills.list({ states: ['unknown', 'sending'] })]).toEqual([
      ['501: 40.00'],
      [],
    ]);
  });

  it('is named until it is sent again to the client of then', async () => {
    await loseAnswer('before');
    await change();
    at.bench.clock.advance(11 * MINUTE);
    const { run, bills } = await at.sluice.calls.bill({});
    expect(run.outcome).not.toBe('done');
    expect(bills.filter(({ error }) => error?.code === 'outcome_unknown')).toMatchObject([
      { service: 'whmcs-7', state: 'failed', total: '40.00' },
    ]);
    expect(at.charged()).toEqual([]);
    expect(await ofSeven({ resend: true })).toContain('whmcs-7 added 40.00');
    await at.bill({ resend: true });
    expect(at.charged()).toEqual(['501: 40.00']);
  });
});

describe('a bill in doubt whose service names another line', () => {
  it.each([{ service: 'whmcs-7' }, { service: 'whmcs-7', period: '2026-10' }])(
    'is sent again by name: %j',
    async (named) => {
      await loseAnswer('before');
      await switchLine();
      at.bench.clock.advance(11 * MINUTE);
      expect(await at.bill(named)).toContain(DOUBT);
      expect(await at.bill({ ...named, resend: true })).toContain('whmcs-7 added 40.00');
      expect(at.charged()).toEqual(['501: 40.00']);
      expect((await at.sluice.notices.alarms()).alarms).toEqual([]);
      expect(await at.sluice.services.remove('whmcs-7')).toMatchObject({ id: 'whmcs-7' });
    },
  );

  it('is found on an old invoice that was made for it', async () => {
    at.addCall('2026-10-15T09:00:00-03:00', '40.0000');
    const { server } = at.whmcs;
    server.inject({ endpoint: 'CreateInvoice', times: 1, when: 'after', fault: { kind: 'cut' } });
    const off = server.onCall(({ endpoint }) => {
      if (endpoint === 'CreateInvoice') server.inject({ endpoint: /Get/, fault: { kind: 'cut' } });
    });
    expect(await at.bill()).toEqual([DOUBT]);
    off();
    server.clearFaults();
    await switchLine();
    for (const { id } of at.whmcs.invoices()) at.whmcs.pay(id);
    at.setTime('2027-04-20T12:00:00Z');
    expect(await at.bill({ resend: true })).toContain('whmcs-7 already-added 40.00');
    expect(at.charged()).toEqual(['501: 40.00']);
  });
});
