import { describe, expect, it } from '@jest/globals';
import { type EntryDetail, type OldToolInput, toPanelEntry, type Undecided } from '@sluice/panel-kind';
import type { BilledService } from '@sluice/quota-core';
import { flvx } from '../kind.js';

const GB = 1024 ** 3;

const userOf = (id: number, name = `user-${id}`) =>
  toPanelEntry({ object: 'user', id: String(id), refs: { flvx_user_id: String(id) } }, { name, limitBytes: 100 * GB });

function serviceOf(id: number, fields: BilledService['fields'], more: Partial<BilledService> = {}): BilledService {
  const service: Partial<BilledService> = {
    ...{
      id: `whmcs-${id}`,
      externalId: String(id),
      productId: '9',
      productName: 'Relay',
      client: null,
      clientName: null,
    },
    ...{ clientEmail: null, status: 'active', billingCycle: 'monthly', nextDueDate: '2026-12-14', username: null },
    ...{ domain: null, addresses: [], fields },
    ...more,
  };
  return service as BilledService;
}

const detail = (due: string | null, resetDay = 14, more: EntryDetail = {}): EntryDetail => ({
  columns: {
    ...(resetDay > 0 && { billing_cycle: 'monthly' }),
    ...(due !== null && { next_due_date: due }),
  },
  section: { tunnelId: 1, maxForwards: 10, resetDay },
  ...more,
});

async function read(input: Partial<OldToolInput>): Promise<Undecided[]> {
  const tool = await flvx.oldTools?.['flvx']?.();
  const given = { tables: new Map(), entries: [], details: new Map(), billed: null, now: '2026-11-20T12:00:00.000Z' };
  const moved = tool?.read({ panel: {} as OldToolInput['panel'], ...given, ...input });
  expect(Object.keys(moved ?? {})).toEqual(['undecided']);
  return [...(moved?.undecided ?? [])];
}

const toWords = ({ object, column, value, state }: Undecided) => [object, column, value, state].join(' | ');

describe('without a billing system', () => {
  it('states the cycle once where the panel does not show it, and once where it begins on another day', async () => {
    const entries = [1, 2, 3, 4, 5, 6, 7, 8].map((id) => userOf(id));
    const dates = [
      '2026-12-14',
      '2026-12-15',
      '2027-02-28',
      null,
      '2026-12-03',
      '2026-12-04',
      '2026-12-05',
      '2026-12-06',
    ];
    const days = [14, 14, 31, 14, 0, 0, 0, 0];
    const details = new Map(dates.map((due, index) => [`user:${index + 1}`, detail(due, days[index])]));
    const found = await read({ entries, details });
    expect(found.map(toWords)).toEqual([
      'users 5 (user-5), 6 (user-6), 7 (user-7), … 4 in all | billing_cycle |  | undecided',
      'users 2 (user-2) | billing_cycle | monthly | proposed',
    ]);
  });

  it('says nothing where nothing is open, of 20,000 users either', async () => {
    const entries = Array.from({ length: 20_000 }, (_, id) => userOf(id + 1));
    const details = new Map(entries.map(({ id }) => [`user:${id}`, detail('2026-12-14')]));
    expect(await read({ entries, details })).toEqual([]);
  });
});

describe('the fields of the billing system', () => {
  const entries = [userOf(1), userOf(2, 'anna\u001b[2J')];
  const details = new Map([1, 2].map((id) => [`user:${id}`, detail('2026-12-14')]));

  it('that name a user once, with his name and tunnel, are right', async () => {
    const billed = [
      serviceOf(11, { flvx_user_id: ' 1 ', flvx_username: 'user-1', flvx_tunnel_id: '1' }),
      serviceOf(12, {}),
    ];
    expect(await read({ entries, details, billed })).toEqual([]);
  });

  it.each<[string, BilledService['fields'], string]>([
    ['a user that is gone', { flvx_user_id: '7' }, 'service 12 | flvx_user_id | 7 | undecided'],
    ['a text', { flvx_user_id: 'x,"1' }, 'service 12 | flvx_user_id | x,"1 | undecided'],
    ['the user of another service', { flvx_user_id: '1' }, 'service 12 | flvx_user_id | 1 | undecided'],
    ['another name', { flvx_user_id: '2', flvx_username: '刘洋' }, 'service 12 | flvx_username | 刘洋 | undecided'],
    ['another tunnel', { flvx_user_id: '2', flvx_tunnel_id: '3' }, 'service 12 | flvx_tunnel_id | 3 | left-out'],
  ])('that name %s are named', async (_what, fields, words) => {
    const found = await read({
      entries,
      details,
      billed: [serviceOf(11, { flvx_user_id: '1' }), serviceOf(12, fields)],
    });
    expect(found.map(toWords)).toEqual([words]);
    expect(found[0]?.reason).not.toMatch(/\p{Cc}/u);
  });

  it('of services that have ended do not count, and passwords are counted and never shown', async () => {
    const fields = { flvx_user_id: '1', flvx_password: 'Hunter-2' };
    const ended = serviceOf(12, fields, { status: 'terminated' });
    const found = await read({ entries, details, billed: [serviceOf(11, fields), ended] });
    expect(found.map(toWords)).toEqual(['field flvx_password (services that have it: 1) |  |  | left-out']);
    expect(JSON.stringify(found)).not.toContain('Hunter');
  });

  it('whose due dates are not the expiries of the panel are named once', async () => {
    const billed = [1, 2].map((id) => serviceOf(10 + id, { flvx_user_id: String(id) }, { nextDueDate: '2027-01-01' }));
    const found = await read({ entries, details, billed });
    expect(found.map(toWords)).toEqual(['users 1 (user-1), 2 (anna [2J) | next_due_date |  | proposed']);
  });
});

it('a quota that is not the one that was sold is named, by the exported products', async () => {
  const row = (id: string | null, gb: string | null) => ({ line: 2, values: { id, quota_gb: gb } });
  const tables = new Map([['flvx_products', [row('9', '200'), row(null, '5'), row('8', 'many'), row('7', '100')]]]);
  const services = ['9', '8', '7', null].map((productId, index) =>
    serviceOf(index + 1, { flvx_user_id: String(index + 1) }, { productId }),
  );
  const entries = [1, 2, 3, 4].map((id) => userOf(id));
  const details = new Map(entries.map(({ id }) => [`user:${id}`, detail('2026-12-14')]));
  const found = await read({ entries, details, billed: services, tables });
  expect(found.map(toWords)).toEqual(['service 1 | product |  | undecided']);
  expect(found[0]?.reason).toMatch(/sells 200 GB, and the panel has 100 GB/);
});
