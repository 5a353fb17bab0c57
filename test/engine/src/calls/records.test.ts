import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallRecord, Rate } from '@sluice/quota-core/telephony';
import { call } from './telephony-panel.js';
import { openWorld, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await openWorld('ledger');
});
afterEach(() => world.close());

type Asked = Omit<Parameters<World['sluice']['calls']['records']>[0], 'onCall'>;

async function list(asked: Asked, reader?: string) {
  const seen: CallRecord[] = [];
  const onCall = (one: CallRecord): void => void seen.push(one);
  const report = await world.sluice.calls.records({ service: 'svc-1', ...asked, onCall }, { reader });
  return { ...report, seen };
}

describe('the calls of a month', () => {
  beforeEach(() => {
    world.exchange.calls = [
      call('2026-09-30T23:59:59-03:00', '9.0000'),
      call('2026-10-01T00:00:00-03:00', '0.2320', { destinationDescription: 'Brazil mobile' }),
      call('2026-10-01T23:59:59-03:00', '0.0000', { talkSeconds: 0, billedSeconds: 0, disposition: 'BUSY' }),
      call('2026-10-15T12:00:00-03:00', null, { destination: '+4930123456', destinationDescription: 'Germany' }),
      call('2026-10-15T13:00:00-03:00', '0.1000', { direction: 'inbound', source: 'anonymous', destination: '190' }),
      call('2026-11-01T00:00:00-03:00', '9.0000'),
    ];
  });

  it('are those of the billing zone, summed as a whole and by day', async () => {
    const { period, provisional, totals, whole, seen } = await list({ period: '2026-10', whole: true });
    expect(period).toEqual({ ...period, from: '2026-10-01T03:00:00.000Z', to: '2026-11-01T03:00:00.000Z' });
    expect([provisional, seen.length]).toEqual([false, 4]);
    expect(totals).toEqual({
      ...{ calls: 4, talkSeconds: 135, billedSeconds: 144, charge: '0.3320', withoutCharge: 1, currency: 'BRL' },
    });
    expect(whole?.totals).toEqual(totals);
    expect(whole?.days).toMatchObject([
      { day: '2026-10-01', calls: 2, charge: '0.2320', withoutCharge: 0 },
      { day: '2026-10-15', calls: 2, charge: '0.1000', withoutCharge: 1 },
    ]);
  });

  it.each<[Partial<Asked>, number, string]>([
    [{ search: '4930' }, 1, '0.0000'],
    [{ search: '+49 (30) 12-34' }, 1, '0.0000'],
    [{ search: '۴۹۳۰' }, 1, '0.0000'],
    [{ search: ' germ' }, 1, '0.0000'],
    [{ search: 'anonym' }, 1, '0.1000'],
    [{ search: 'nothing' }, 0, '0.0000'],
    [{ outcome: 'unanswered' }, 1, '0.0000'],
    [{ outcome: 'answered' }, 3, '0.3320'],
    [{ direction: 'inbound' }, 1, '0.1000'],
    [{ direction: 'outbound', outcome: 'answered', search: '987654' }, 1, '0.2320'],
  ])('found by %j are summed apart, and change nothing of the whole', async (asked, calls, charge) => {
    const { totals, whole, seen } = await list({ period: '2026-10', whole: true, ...asked });
    expect([totals.calls, totals.charge, seen.length]).toEqual([calls, charge, calls]);
    expect(whole?.totals).toMatchObject({ calls: 4, charge: '0.3320' });
    expect(whole?.days.map((day) => day.calls)).toEqual([2, 2]);
    expect((await list({ period: '2026-10', ...asked })).whole).toBeNull();
  });

  it('are refused with two times, or a month that is none', async () => {
    for (const asked of [{ day: '2026-10-01' }, { from: '2026-10-01' }, { to: '2026-10-01' }])
      await expect(list({ period: '2026-10', ...asked })).rejects.toMatchObject({ code: 'bad_option', kind: 'usage' });
    for (const period of ['2026-13', '2026-1', 'x', ''])
      await expect(list({ period })).rejects.toMatchObject({ code: 'invalid_period', kind: 'usage' });
  });

  it('are shown to their client alone', async () => {
    await expect(list({ period: '2026-10' }, 'other')).rejects.toMatchObject({ code: 'unknown_service' });
    expect((await list({ period: '2026-10' }, world.client)).seen).toHaveLength(4);
  });
});

const rate = (id: string, fields: Partial<Rate>): Rate => ({
  ...{ id, planId: '11', prefix: '55', description: 'Brazil', countryCode: 'BR', pricePerMinute: '0.290000' },
  ...{ connectionFee: '0.0000', initialIncrementSeconds: 30, incrementSeconds: 6, minimumSeconds: 0 },
  ...{ minChargeableSeconds: 3, validFrom: null, validTo: null, routeId: '31', status: 'active', extra: {} },
  ...fields,
});

describe('the rates of a line', () => {
  beforeEach(() => {
    world.exchange.rates = [
      rate('5', { prefix: '5511', description: 'São Paulo' }),
      rate('1', {}),
      rate('2', { prefix: '49', description: null, countryCode: 'DE' }),
      rate('3', { prefix: '1', planId: '12' }),
      rate('4', { prefix: '351', status: 'inactive' }),
      rate('6', { prefix: '44', validTo: '2026-11-01' }),
      rate('7', { prefix: '33', pricePerMinute: 'free' }),
      rate('8', { prefix: '', description: null, countryCode: null, validFrom: '2027-01-01' }),
    ];
  });
  const find = async (search?: string): Promise<string[]> =>
    (await world.sluice.calls.rates('svc-1', { search })).rates.map(({ id }) => id);

  it('are those of its plan that are valid now or later, by prefix', async () => {
    const { rates, unusable, currency, plan } = await world.sluice.calls.rates('svc-1', { reader: world.client });
    expect(rates.map(({ id, prefix }) => [id, prefix])).toEqual([
      ['8', ''],
      ['2', '49'],
      ['1', '55'],
      ['5', '5511'],
    ]);
    expect([unusable, currency, plan]).toEqual([1, 'BRL', '11']);
    expect(JSON.stringify(rates)).not.toContain('route');
  });

  it.each([
    ['+55 11 98765-4321', ['8', '1', '5']],
    ['5', ['8', '1', '5']],
    ['49', ['8', '2']],
    ['são', ['5']],
    ['SAO  paulo', ['5']],
    ['ألمان', ['2']],
    ['germany', ['2']],
    ['آلمان', ['2']],
    ['Alemanha', ['2']],
    ['DE', ['2']],
    ['nothing', []],
  ])('are found by %s', async (search, ids) => {
    expect(await find(search)).toEqual(ids);
  });

  it('and what a call costs are shown to their client alone', async () => {
    const { calls } = world.sluice;
    await expect(calls.rates('svc-1', { reader: 'other' })).rejects.toMatchObject({ code: 'unknown_service' });
    const asked = { service: 'svc-1', destination: '+5511987654321', seconds: 61 };
    await expect(calls.simulate(asked, { reader: 'other' })).rejects.toMatchObject({ code: 'unknown_service' });
    const own = await calls.simulate(asked, { reader: world.client });
    expect([own.cost, own.notes.join().includes('Rate 7')]).toEqual(['0.3190', false]);
    expect((await calls.simulate(asked)).notes.join()).toContain('Rate 7');
  });
});

describe.each(['ledger', 'whmcs'] as const)('a bill in %s', (billing) => {
  beforeEach(async () => {
    await world.close();
    world = await openWorld(billing);
    world.exchange.calls = [call('2026-10-15T12:00:00-03:00', '0.2320')];
    await world.sluice.calls.bill({ reports: world.reports });
  });

  it('is shown with its invoice to its client, without what is for programs', async () => {
    const { sluice, client } = world;
    const [bill] = (await sluice.calls.bills()).bills;
    const { invoice } = await sluice.calls.showBill(bill?.id ?? '', { reader: client });
    const own = invoice?.lines.filter(({ isCalls }) => isCalls);
    expect(own).toEqual([{ description: 'Calls of joao1042, October 2026', amount: '0.23', isCalls: true }]);
    expect(invoice).toMatchObject({ id: bill?.invoice, currency: 'BRL', status: 'open' });
    const staff = await sluice.calls.showBill(bill?.id ?? '');
    expect(staff.invoice?.lines.some(({ description }) => description.includes('AB:'))).toBe(true);
    await expect(sluice.calls.showBill(bill?.id ?? '', { reader: 'other' })).rejects.toMatchObject({
      code: 'unknown_bill',
    });
    const sum = invoice?.lines.reduce((before, { amount }) => before + Number(amount), 0) ?? 0;
    expect(Number(invoice?.total)).toBeCloseTo(sum + Number(invoice?.tax));
    await expect(sluice.calls.showBill('none', { reader: client })).rejects.toMatchObject({ code: 'unknown_bill' });
  });
});

it('the tax of a bill is what the total of its invoice has beside the lines', async () => {
  await world.close();
  world = await openWorld('whmcs', { invoice: false });
  const { exchange, fake, sluice, client, reports } = world;
  if (fake === null) throw new Error('there is no WHMCS');
  exchange.calls = [call('2026-10-15T12:00:00-03:00', '10.0000')];
  await sluice.calls.bill({ reports });
  const [bill] = (await sluice.calls.bills()).bills;
  fake.quirks.taxRate = '20.000';
  for (const item of fake.world.invoices.get(Number(bill?.invoice))?.items ?? []) item.taxed = true;
  const { invoice } = await sluice.calls.showBill(bill?.id ?? '', { reader: client });
  expect(invoice).toMatchObject({ tax: '2.00', total: '12.00', lines: [{ amount: '10.00' }] });
  const none = await sluice.calls.showBill(bill?.id ?? '', { reader: client });
  expect(none.bill.invoiceStatus).toBeNull();
});
