import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallBillView } from '@sluice/engine';
import { call } from './telephony-panel.js';
import { addInvoice, openWorld, type World } from './world.js';

let world: World;
afterEach(() => world.close());

const ONE_LINE = [expect.stringMatching(/^Calls of joao1042, October 2026 AB:[0-9a-f]{12} 1\.06$/)];

function october(): void {
  const { exchange } = world;
  exchange.calls = [
    call('2026-10-31T23:59:59-03:00', '0.5985'),
    call('2026-10-01T00:00:00-03:00', '0.2320'),
    call('2026-10-15T12:00:00-03:00', '0.2320'),
    call('2026-10-15T12:00:00-03:00', '0.0000', { talkSeconds: 0, billedSeconds: 0, disposition: 'BUSY' }),
  ];
}

const bill = async (options: Parameters<World['sluice']['calls']['bill']>[0] = {}): Promise<CallBillView[]> =>
  (await world.sluice.calls.bill({ reports: world.reports, ...options })).bills;
const readState = async (options = {}): Promise<unknown[]> =>
  (await bill(options)).map(({ state, error }) => error?.code ?? state);

describe.each(['ledger', 'whmcs'] as const)('a bill in %s', (billing) => {
  beforeEach(async () => {
    world = await openWorld(billing);
    october();
  });

  it('is made once, with its report in order, and shown again as it is', async () => {
    const { exchange, files } = world;
    const planned = await bill({ dryRun: true });
    expect(planned).toMatchObject([{ state: 'planned', total: '1.06', calls: 4, csv: null }]);
    expect(await world.store.callBills.list()).toEqual([]);

    const [made] = await bill();
    expect(made).toMatchObject({
      service: 'svc-1',
      period: { from: '2026-10-01T03:00:00.000Z', to: '2026-11-01T03:00:00.000Z' },
      state: 'added',
      calls: 4,
      billedSeconds: 144,
      total: '1.06',
      currency: 'BRL',
      error: null,
      csv: expect.stringMatching(/^\/reports\/calls_9001_2026-10-01_2026-11-01_[0-9a-f]{12}\.csv$/),
    });
    expect(await world.lines()).toEqual(ONE_LINE);
    const [text = ''] = files.values();
    const rows = text.trim().split('\r\n');
    expect(rows.map((row) => row.split(',')[0])).toEqual([
      'data_hora',
      '2026-10-01T00:00:00-03:00',
      '2026-10-15T12:00:00-03:00',
      '2026-10-15T12:00:00-03:00',
      '2026-10-31T23:59:59-03:00',
      'TOTAL',
    ]);
    const reads = exchange.reads.length;
    expect(await bill()).toMatchObject([
      { state: 'already-added', total: '1.06', invoice: made?.invoice, csv: made?.csv },
    ]);
    expect(exchange.reads).toHaveLength(reads);
    files.clear();
    expect(await bill()).toMatchObject([{ state: 'already-added', csv: made?.csv, warnings: [] }]);
    expect([...files.values()]).toEqual([text]);

    exchange.calls.push(call('2026-10-20T12:00:00-03:00', '5.0000'));
    expect(await readState()).toEqual(['already-added']);
    const before = [...exchange.calls.slice(0, 4)];
    const billed = (): Promise<AsyncIterable<{ id: string; charge: string | null }>> =>
      Promise.resolve(
        (async function* () {
          await Promise.resolve();
          for (const { id, charge } of before) yield { id, charge };
        })(),
      );
    expect(await world.sluice.calls.reconcile({ billed })).toMatchObject({
      bills: [
        {
          billed: { calls: 4, total: '1.0625' },
          now: { calls: 5, total: '6.0625' },
          late: [exchange.calls[4]?.id],
          missing: [],
          changed: [],
          unread: [],
        },
      ],
    });
    expect(await world.lines()).toEqual(ONE_LINE);

    const [known] = exchange.calls;
    if (known === undefined) throw new Error('no call');
    const foreign = call('2026-10-21T12:00:00-03:00', '7.0000', { currency: 'USD' });
    exchange.calls = [{ ...known, currency: 'USD' }, ...exchange.calls.slice(1), foreign];
    expect((await world.sluice.calls.reconcile({ billed })).bills).toMatchObject([
      { now: { calls: 4 }, late: [exchange.calls[4]?.id], missing: [], changed: [], unread: [foreign.id, known.id] },
    ]);
  });

  it('is refused while its calls can not be billed, and made once they can', async () => {
    const { exchange } = world;
    const [first] = exchange.calls;
    const good = [...exchange.calls];
    if (first === undefined) throw new Error('no call');
    const wrong: [string, typeof exchange.calls][] = [
      ['conflicting_records', [...good, { ...first, charge: '9.0000' }]],
      ['other_currency', [...good, call('2026-10-02T12:00:00-03:00', '1.0000', { currency: 'USD' })]],
      ['unrated', [...good, call('2026-10-02T12:00:00-03:00', null)]],
      ['negative_total', [call('2026-10-02T12:00:00-03:00', '-1.0000')]],
    ];
    for (const [code, calls] of wrong) {
      exchange.calls = calls;
      expect([code, await readState()]).toEqual([code, [code]]);
      expect(await world.lines()).toEqual([]);
    }
    expect(world.files.size).toBe(0);
    expect(await world.store.callBills.list()).toMatchObject([
      { state: 'failed', note: expect.stringContaining('negative') },
    ]);
    exchange.calls = [...good, first, call('2026-10-02T12:00:00-03:00', null)];
    expect(await readState({ allowUnrated: true })).toEqual(['added']);
    expect(await world.lines()).toEqual(ONE_LINE);
  });

  it('leaves out what the panel was not asked for, and warns', async () => {
    const { exchange } = world;
    exchange.unasked = [
      call('2026-11-01T00:00:00-03:00', '9.0000', { id: 'late' }),
      call('2026-10-03T12:00:00-03:00', '50.0000', { id: 'other', subscriberId: '9002' }),
    ];
    expect(await bill()).toMatchObject([
      {
        state: 'added',
        total: '1.06',
        warnings: [
          { code: 'outside_period', message: '1 of the calls: late' },
          { code: 'other_subscriber', message: 'calls of other lines were left out: other' },
        ],
      },
    ]);
    expect(await world.lines()).toEqual(ONE_LINE);
  });

  it('of nothing and of a prepaid line adds no line', async () => {
    const { exchange, store } = world;
    exchange.calls = [call('2026-10-02T12:00:00-03:00', '0.0049')];
    expect(await bill()).toMatchObject([{ state: 'nothing-to-bill', reason: 'zero', total: '0.00', calls: 1 }]);
    expect(await bill()).toMatchObject([{ state: 'nothing-to-bill', reason: 'zero' }]);
    expect(world.files.size).toBe(1);
    exchange.sold = 'prepaid';
    exchange.subscriber = { ...exchange.subscriber, billingType: 'prepaid' };
    expect(await bill({ period: '2026-09' })).toMatchObject([{ state: 'nothing-to-bill', reason: 'prepaid' }]);
    expect(await world.lines()).toEqual([]);
    exchange.sold = 'postpaid';
    exchange.subscriber = { ...exchange.subscriber, billingType: 'postpaid' };
    expect(await readState({ period: '2026-08', zeroLine: true })).toEqual(['added']);
    expect(await world.lines()).toHaveLength(1);
    expect((await store.callBills.list()).map(({ state }) => state)).toEqual(['zero', 'zero', 'confirmed']);
  });

  it('waits for the grace, goes on month by month, and never bills a part twice', async () => {
    const { exchange, clock } = world;
    clock.set('2026-11-01T03:59:00Z');
    expect(await readState({ period: '2026-10' })).toEqual(['period_open']);
    exchange.calls.push(call('2026-09-15T12:00:00-03:00', '2.0000'), call('2026-11-15T12:00:00-03:00', '3.0000'));
    expect(await bill()).toMatchObject([
      { period: { from: '2026-09-01T03:00:00.000Z' }, state: 'added', total: '2.00' },
    ]);
    clock.set('2026-11-20T12:00:00Z');
    expect(await readState({ period: '2026-09-15..2026-10-15' })).toEqual(['period_overlaps']);
    expect(await bill({ service: 'svc-1', final: true })).toMatchObject([
      { period: { from: '2026-10-01T03:00:00.000Z', to: '2026-11-20T12:00:00.000Z' }, state: 'added', total: '4.06' },
    ]);
    expect(await bill({ service: 'svc-1', final: true })).toEqual([]);
    clock.set('2026-12-05T12:00:00Z');
    exchange.calls.push(call('2026-11-25T12:00:00-03:00', '0.5000'));
    expect((await bill()).map(({ state, total, period }) => [state, total, period.to])).toEqual([
      ['added', '0.50', '2026-12-01T03:00:00.000Z'],
      ['already-added', '4.06', '2026-11-20T12:00:00.000Z'],
      ['already-added', '2.00', '2026-10-01T03:00:00.000Z'],
    ]);
    expect(await world.lines()).toHaveLength(3);
  });

  it('is only shown under observe, unless its line is named', async () => {
    await world.sluice.panels.observe('tel');
    const shown = await world.sluice.calls.bill({ reports: world.reports });
    expect(shown).toMatchObject({ run: { observing: ['tel'] }, bills: [{ state: 'planned', total: '1.06' }] });
    expect(await world.lines()).toEqual([]);
    expect(await bill({ service: 'svc-1' })).toMatchObject([{ state: 'added' }]);
  });

  it('of each month follows after a long pause, the oldest first', async () => {
    const { clock, exchange } = world;
    await bill();
    clock.set('2027-03-05T12:00:00Z');
    for (const month of ['2026-11', '2026-12', '2027-01', '2027-02'])
      exchange.calls.push(call(`${month}-15T12:00:00-03:00`, '1.0000'));
    const months = (views: CallBillView[]): string[] =>
      views.filter((view) => view.state === 'added').map(({ period }) => period.from.slice(0, 7));
    expect(months(await bill())).toEqual(['2027-01', '2026-12', '2026-11']);
    expect(months(await bill())).toEqual(['2027-02']);
    expect(months(await bill())).toEqual([]);
  });

  it('of a line that another system billed begins where Sluice may bill', async () => {
    world.exchange.calls.push(call('2026-07-15T12:00:00-03:00', '9.0000'));
    const [last] = await bill({ service: 'svc-1', final: true });
    expect(last).toMatchObject({ period: { from: '2026-08-01T03:00:00.000Z' } });
  });

  it('is made once by two at once, and after the store is lost', async () => {
    const [one, two] = await Promise.all([bill(), bill()]);
    // The one that waits in vain leaves the line to the other.
    const states = [...one, ...two].map(({ state }) => state);
    expect(states.filter((state) => state !== 'already-added')).toEqual(['added']);
    expect(await world.lines()).toEqual(ONE_LINE);
    if (billing === 'ledger') return;
    const other = await world.withLostStore();
    expect((await other.calls.bill()).bills).toMatchObject([{ state: 'already-added', total: '1.06' }]);
    expect(await world.lines()).toEqual(ONE_LINE);
  });
});

describe('with WHMCS', () => {
  it.each([true, false])(
    'a process that died before it sent the line needs no request (invoice: %s)',
    async (invoice) => {
      for (let moment = 1; ; moment += 1) {
        world = await openWorld('whmcs', { invoice });
        october();
        if (!(await world.killedAt(moment, (sluice) => sluice.calls.bill({ reports: world.reports })))) break;
        const wasSent = world.fake?.server.calls.some(({ changing }) => changing);
        expect([moment, wasSent, await readState()]).toEqual([
          moment,
          wasSent,
          [wasSent ? expect.any(String) : 'added'],
        ]);
        await world.close();
      }
    },
  );

  it('a line that may have been sent is sent again only on request and late enough', async () => {
    world = await openWorld('whmcs');
    october();
    world.fake?.server.inject({ endpoint: 'UpdateInvoice', times: 1, when: 'before', fault: { kind: 'cut' } });
    expect(await readState()).toEqual(['outcome_unknown']);
    expect(await world.store.callBills.list()).toMatchObject([{ state: 'unknown' }]);
    expect(await readState()).toEqual(['outcome_unknown']);
    expect(await readState({ resend: true })).toEqual(['outcome_unknown']);
    world.clock.advance(10 * 60_000);
    expect(await readState()).toEqual(['outcome_unknown']);
    expect(await world.lines()).toEqual([]);
    expect(await readState({ resend: true })).toEqual(['added']);
    expect(await world.lines()).toEqual(ONE_LINE);
  });

  it('an invoice that is paid, cancelled or of another is left alone', async () => {
    world = await openWorld('whmcs');
    october();
    const { fake, client } = world;
    if (fake === null) throw new Error('no WHMCS');
    const [first] = fake.invoices();
    const id = first?.id ?? 0;
    const other = fake.addInvoice({ client: fake.addClient({ currency: 'BRL' }), status: 'Unpaid', items: [] });
    expect(await readState({ service: 'svc-1', invoice: String(other), period: '2026-10' })).toEqual(['wrong_invoice']);
    await expect(bill({ invoice: String(other) })).rejects.toMatchObject({ code: 'wrong_invoice' });
    fake.setInvoiceCurrency(id, 'USD');
    expect(await readState()).toEqual(['currency_mismatch']);
    fake.setInvoiceCurrency(id, 'BRL');
    fake.setInvoiceStatus(id, 'Paid');
    expect(await readState({ invoice: String(id) })).toEqual(['invoice_closed']);
    fake.setInvoiceStatus(id, 'Unpaid');
    fake.addInvoice({ client: Number(client), status: 'Unpaid', items: [] });
    expect(await bill()).toMatchObject([{ state: 'added', invoice: String(id) }]);

    // Merged: the line stands on another invoice, and the old one is cancelled.
    const lost = await world.withLostStore();
    const { lines } = fake.invoice(id);
    const merged = addInvoice(fake, Number(client), Number(world.service));
    fake.setInvoiceStatus(id, 'Cancelled');
    expect((await lost.calls.bill()).bills).toMatchObject([{ error: { code: 'invoice_closed' } }]);
    // As versions wrote it that named no line.
    const line = (lines.at(-1)?.description ?? '').replace(' of joao1042', '');
    const copy = fake.addInvoice({
      client: Number(client),
      status: 'Unpaid',
      items: [{ description: line, amount: '1.06' }],
    });
    expect((await lost.calls.bill()).bills).toMatchObject([{ state: 'already-added', invoice: String(copy) }]);
    expect(fake.invoice(merged).lines).toHaveLength(1);
    expect(await readState()).toEqual(['already-added']);
  });

  it('nothing is added beside consumption of another writer, nor over another amount or a double', async () => {
    world = await openWorld('whmcs');
    october();
    const { fake, client } = world;
    if (fake === null) throw new Error('no WHMCS');
    const service = Number(world.service);
    const old = fake.invoices()[0]?.id ?? 0;
    fake.setInvoiceStatus(old, 'Paid');
    const seed = fake.addInvoice({
      client: Number(client),
      status: 'Unpaid',
      items: [
        { service, description: 'Telefonia', amount: '99.00' },
        { description: 'Ligações de outubro', amount: '1.06' },
      ],
    });
    expect(await readState()).toEqual(['other_writer']);
    fake.setInvoiceStatus(seed, 'Cancelled');
    expect(await readState()).toEqual(['added']);
    const lost = await world.withLostStore();
    world.exchange.calls.push(call('2026-10-20T12:00:00-03:00', '5.0000'));
    expect((await lost.calls.bill()).bills).toMatchObject([{ error: { code: 'amount_differs' } }]);
    world.exchange.calls.pop();
    const line = fake
      .invoices()
      .flatMap(({ lines }) => lines)
      .find(({ description }) => description.includes('AB:'));
    const items = [{ description: line?.description ?? '', amount: '1.06' }];
    fake.addInvoice({ client: Number(client), status: 'Unpaid', items });
    expect((await lost.calls.bill()).bills).toMatchObject([{ error: { code: 'bill_doubled' } }]);
  });
});

describe('a request', () => {
  it('without what the config has to state is refused as a whole', async () => {
    world = await openWorld('ledger', { billFrom: null });
    october();
    await expect(bill()).rejects.toMatchObject({ kind: 'usage', code: 'bill_from_missing' });
    await expect(bill({ period: '2026-13' })).rejects.toMatchObject({ kind: 'usage' });
    expect(await readState({ period: 'previous-month' })).toEqual(['added']);
  });

  it('for a final bill names one service, and no period', async () => {
    world = await openWorld('ledger');
    october();
    for (const how of [{}, { invoice: '1' }, { service: 'svc-1', period: '2026-10' }])
      await expect(bill({ final: true, ...how })).rejects.toMatchObject({ kind: 'usage', code: 'bad_option' });
    expect(await world.lines()).toEqual([]);
  });

  it('reads a window in parts where it does not fit, and simulates by the rates', async () => {
    world = await openWorld('ledger');
    const { exchange, sluice } = world;
    october();
    const seen: string[] = [];
    const today = call('2026-11-05T08:00:00-03:00', '0.1000');
    exchange.calls.push(today);
    const report = await sluice.calls.records({ service: 'svc-1', onCall: ({ id }) => void seen.push(id) });
    expect([seen, report.provisional, report.totals.charge]).toEqual([[today.id], true, '0.1000']);
    exchange.rates = [
      {
        id: '703',
        planId: '11',
        prefix: '5511',
        description: 'Celular',
        countryCode: null,
        pricePerMinute: '0.290000',
        connectionFee: '0.0000',
        initialIncrementSeconds: 30,
        incrementSeconds: 6,
        minimumSeconds: 0,
        minChargeableSeconds: 3,
        validFrom: null,
        validTo: null,
        routeId: null,
        status: 'active',
        extra: {},
      },
    ];
    const priced = await sluice.calls.simulate({ service: 'svc-1', destination: '98765-4321', seconds: 45 });
    expect(priced).toMatchObject({ source: 'local', destination: '+5511987654321', billedSeconds: 48, cost: '0.2320' });
    expect(priced.notes).toHaveLength(1);
    await expect(
      sluice.calls.simulate({ service: 'svc-1', destination: '+351912345678', seconds: 1 }),
    ).rejects.toMatchObject({ code: 'no_rate' });
    const [made] = await bill({ verifyRating: true });
    expect(made).toMatchObject({ state: 'added', differences: [expect.objectContaining({ kind: 'charge' })] });
    const { reports } = await sluice.calls.report({ client: '42' }, { period: '2026-10', reports: world.reports });
    expect(reports).toMatchObject([{ service: 'svc-1', total: '1.06' }]);
    const remote = { period: '2026-10', reports: world.reports, remote: true };
    await expect(sluice.calls.report({ client: '42' }, remote)).rejects.toMatchObject({ code: 'unsupported' });
    const job = { id: 'rep-1', rows: 1, totalCharge: '1.06' };
    const states = ['running', 'ready', 'queued', 'expired'] as const;
    let asked = 0;
    exchange.reports = {
      create: () => Promise.resolve({ ...job, status: 'queued' }),
      get: () => Promise.resolve({ ...job, status: states[asked++] ?? 'failed' }),
      download: async (_id, onChunk) => {
        for (const byte of Buffer.from('\uFEFFção\r\n')) await onChunk(Uint8Array.of(byte));
      },
    };
    const [copied] = (await sluice.calls.report({ client: '42' }, remote)).reports;
    expect(copied).toMatchObject({ calls: 1, billedSeconds: null, total: '1.06' });
    expect([...world.files.values()].at(-1)).toBe('\uFEFFção\r\n');
    await expect(sluice.calls.report({ client: '42' }, remote)).rejects.toMatchObject({ code: 'report_failed' });
  });
});
