import { describe, expect, it } from '@jest/globals';
import { type EntryDetail, entryKey, type Moved, type PanelEntry, toPanelEntry } from '@sluice/panel-kind';
import type { BilledService, OldRow } from '@sluice/quota-core';
import { createOldTool } from './old-tool.js';

const tool = createOldTool('Astbilling modules');

const line = (id: string, name: string, state = 'active'): PanelEntry =>
  toPanelEntry(
    { object: 'line', id, refs: { astbilling_subscriber_id: id, astbilling_username: name } },
    { name, state },
  );
const did = (id: string, name: string, of: string | null): PanelEntry =>
  toPanelEntry({ object: 'did', id, refs: { astbilling_subscriber_id: of } }, { name });

const billed = (externalId: string, changes: Partial<BilledService> = {}): BilledService => ({
  ...{ id: `whmcs-${externalId}`, externalId, productId: '10', productName: 'Telefonia', client: '42' },
  ...{ clientName: null, clientEmail: null, status: 'active', billingCycle: 'Monthly', nextDueDate: null },
  ...{ username: null, domain: null, addresses: [], fields: {} },
  ...changes,
});

/** A row of the table: a line that somebody added to invoice 1001 of client 42, unless stated otherwise. */
function row(description: string, values: Record<string, string | null> = {}): Record<string, string | null> {
  const invoice = { invoiceid: '1001', userid: '42', relid: '0', type: null, date: '2026-11-01', status: 'Unpaid' };
  return { description, ...invoice, ...values };
}

interface Given {
  rows?: Record<string, string | null>[] | null;
  entries?: PanelEntry[];
  details?: Record<string, EntryDetail>;
  services?: BilledService[] | null;
  billFrom?: string;
}

const LINES = [line('9001', 'joao1042'), line('9002', 'ana1043')];
const SERVICES = [billed('311', { domain: 'joao1042' }), billed('312', { domain: 'ana1043', client: '43' })];

function read({ rows = [], entries = LINES, details = {}, services = SERVICES, billFrom }: Given): Moved {
  const table = rows?.map((values, index): OldRow => ({
    line: index + 2,
    values: { id: String(index + 1), ...values },
  }));
  return tool.read({
    panel: {
      ...{ name: 'voice', timeZone: 'America/Sao_Paulo', currency: 'BRL', products: {} },
      settings: { kind: 'astbilling', ...(billFrom === undefined ? {} : { billFrom }) } as never,
    },
    tables: new Map(table === undefined ? [] : [['invoice_lines', table]]),
    entries,
    details: new Map(Object.entries(details)),
    billed: services,
    now: '2026-11-05T12:00:00.000Z',
  });
}

const toWords = (moved: Moved, column: string): string[] =>
  (moved.undecided ?? [])
    .filter((one) => one.column === column)
    .map(({ object, value, state, reason }) => `${object} | ${value} | ${state} | ${reason}`);

const proposed = (given: Given): string => toWords(read(given), 'billFrom').join('\n');

const JOAO = row('Consumo de chamadas joao1042 01/10/2026 a 31/10/2026');
const ANA = row('Consumo de chamadas ana1043 01/10/2026 a 31/10/2026', { invoiceid: '1002', userid: '43' });

describe('the first day to bill', () => {
  it('is the day after the newest period of all lines', () => {
    const september = row('Consumo de chamadas joao1042 01/09/2026 a 30/09/2026', {
      invoiceid: '990',
      date: '2026-10-01',
    });
    const moved = read({ rows: [JOAO, september, ANA] });
    expect(toWords(moved, 'billFrom')).toEqual([
      'panel voice | panels.voice.billFrom: 2026-11-01 | proposed | calls are billed until 2026-10-31, by invoice 1001 ("Consumo de chamadas joao1042 01/10/2026 a 31/10/2026")',
    ]);
    expect(toWords(moved, 'last billed').map((text) => text.split(' | ').slice(0, 3))).toEqual([
      ['line 9001 (joao1042)', '2026-10-01..2026-11-01', 'left-out'],
      ['line 9002 (ana1043)', '2026-10-01..2026-11-01', 'left-out'],
    ]);
  });

  it('is the latest where lines differ: of the others it is said how their days are billed', () => {
    const ana = row('Consumo ana1043 16/08/2026 a 15/09/2026', { invoiceid: '1002', userid: '43', date: '2026-09-16' });
    const moved = read({ rows: [JOAO, ana] });
    expect(toWords(moved, 'billFrom')[0]).toContain('panels.voice.billFrom: 2026-11-01 | proposed');
    expect(toWords(moved, 'last billed')[1]).toMatch(
      /^line 9002 \(ana1043\) \| 2026-08-16\.\.2026-09-16 \| undecided \| .* whmcs-312 from 2026-09-16 to 2026-11-01 .*\(2026-09-16\.\.2026-11-01\)$/,
    );
  });

  it('counts lines of invoices whose line is not known, too', () => {
    const moved = read({ rows: [JOAO, row('CDR 2026-11-01 to 2026-11-04', { userid: '99', date: '2026-11-05' })] });
    expect(toWords(moved, 'billFrom')[0]).toContain('billFrom: 2026-11-05 | proposed');
    expect(toWords(moved, 'last billed').at(-1)).toMatch(
      /^invoice 1001, line 2 \| 2026-11-01\.\.2026-11-05 \| left-out/,
    );
  });

  it.each<[string, Record<string, string | null>, RegExp]>([
    [
      'may be read in two ways',
      row('Calls ana1043 01/09/2026 - 01/10/2026'),
      /may be 2026-09-01 to 2026-09-30 or 2026-09-01 to 2026-10-01/,
    ],
    ['states no period', row('Consumo ana1043', { date: '2026-11-03' }), /"Consumo ana1043"\) states no period/],
    [
      'ends after its invoice',
      row('Consumo ana1043 novembro/2026'),
      /states a period until 2026-11-30, after its date 2026-11-01/,
    ],
    ['has no date at all', row('Consumo ana1043', { date: '0000-00-00' }), /states no period/],
  ])('is not proposed while a line %s and may reach farther', (_, ana, why) => {
    const september = row('Consumo joao1042 01/08/2026 a 31/08/2026', { date: '2026-09-01' });
    expect(proposed({ rows: [september, ana] })).toMatch(
      new RegExp(
        `^panel voice \\|  \\| undecided \\| calls are billed until 2026-08-31 at least; not clear: .*${why.source}`,
      ),
    );
  });

  it('is not held up by what surely ended before', () => {
    const [older, none] = [
      row('Calls joao1042 01/07/2026 - 01/08/2026', { date: '2026-08-01' }),
      row('Consumo ana1043', { date: '2026-10-15' }),
    ];
    expect(proposed({ rows: [JOAO, older, none] })).toContain('billFrom: 2026-11-01 | proposed');
  });

  it('knows from the next bill of a client that the last day is the first of the next period', () => {
    const [september, october, other] = [
      row('CDR 2026-09-01 to 2026-10-01', { invoiceid: '990', date: '2026-10-01' }),
      row('CDR 2026-10-01 to 2026-11-01'),
      row('CDR 2026-11-01 to 2026-11-02', { date: '2026-11-05' }),
    ];
    expect(proposed({ rows: [september, october] })).toContain(
      '| undecided | calls are billed until 2026-09-30 at least',
    );
    expect(proposed({ rows: [september, october, other] })).toContain('billFrom: 2026-11-03 | proposed');
  });

  it('says what the day of the config would do', () => {
    expect(proposed({ rows: [JOAO], billFrom: '2026-11-01' })).toBe('');
    expect(proposed({ rows: [JOAO], billFrom: '2026-10-01' })).toMatch(
      /undecided \| .*from 2026-10-01 on would be billed twice$/,
    );
    expect(proposed({ rows: [JOAO], billFrom: '2026-12-01' })).toMatch(
      /undecided \| .*from 2026-11-01 on would be on no invoice$/,
    );
  });

  it('is left to the operator without such lines, and without the table', () => {
    const others = [
      row('Telefonia Corporativa - plano (01/11/2026 - 30/11/2026)', { type: 'Hosting', relid: '311' }),
      row('Consumo 01/10/2026 a 31/10/2026 AB:7ee238035258'),
      row('Instalação 01/10/2026 a 31/10/2026'),
      row('Consumo de dados', { type: 'Item' }),
    ];
    expect(proposed({ rows: others })).toMatch(/undecided \| no invoice has a line of calls/);
    expect(proposed({ rows: null })).toMatch(/undecided \| no lines of invoices were read/);
  });

  it('accepts what a program has sorted, whatever the words', () => {
    expect(proposed({ rows: [row('Llamadas 2026-10-01 a 2026-10-31', { calls: 'yes' })] })).toContain('proposed');
    expect(proposed({ rows: [row('Consumo 2026-10-01 a 2026-10-31', { calls: 'no' })] })).toMatch(/no invoice has/);
  });
});

describe('the line that a line of an invoice is of', () => {
  const lastBilled = (given: Given): string[] =>
    toWords(read(given), 'last billed').map((text) => text.split(' | ').slice(0, 2).join(': '));
  const october = 'Consumo 01/10/2026 a 31/10/2026';
  const of9002 = ['line 9001 (joao1042): ', 'line 9002 (ana1043): 2026-10-01..2026-11-01'];

  it.each<[string, Record<string, string | null>[], Partial<Given>]>([
    ['the service that it names', [row(october, { relid: '312', userid: '43' })], {}],
    ['the username in its text', [row(`${october} ana1043.`, { userid: '43' })], {}],
    ['a number in its text', [row(`${october} (11) 4000-5678`, { userid: '43' })], {}],
    [
      'what else its invoice charges',
      [row(october), row('Plano', { type: 'Hosting', relid: '312' })],
      {
        services: [SERVICES[0]!, billed('312', { domain: 'ana1043' })],
      },
    ],
    ['its client', [row(october, { userid: '43' })], {}],
    ['its text alone, without services', [row(`${october} ana1043`)], { services: null }],
  ])('follows from %s', (_, rows, given) => {
    const entries = [...LINES, did('72', '+551140005678', '9002')];
    expect(lastBilled({ rows, entries, ...given })).toEqual(of9002);
  });

  it('is not known where two fit, or where it names another service', () => {
    const services = [SERVICES[0]!, billed('312', { domain: 'ana1043' })];
    const unknown = ['line 9001 (joao1042): ', 'line 9002 (ana1043): ', 'invoice 1001, line 1: 2026-10-01..2026-11-01'];
    expect(lastBilled({ rows: [row(october)], services })).toEqual(unknown);
    expect(lastBilled({ rows: [row(october, { relid: '999', userid: '43' })] })).toEqual(unknown);
  });

  it('is said to be charged nothing where its invoice was cancelled', () => {
    const moved = read({ rows: [{ ...JOAO, status: 'Cancelled' }] });
    expect(toWords(moved, 'last billed')[0]).toMatch(/undecided \| .*was cancelled: its calls are not charged/);
  });
});

describe('what is taken over', () => {
  const key = (id: string): string => entryKey({ object: 'line', id });
  const section = { planId: '11', billingType: 'postpaid' };
  const details: Record<string, EntryDetail> = {
    [key('9001')]: { section, columns: { status: 'active', channels: '2' } },
    [key('9002')]: { section: { billingType: 'postpaid', planId: '11' }, notes: ['it has 0 channels\u001b[2J'] },
    [key('9003')]: { section: { ...section, creditLimit: '10.5' } },
    [key('9004')]: { section: { ...section, billingType: 'prepaid' }, billingId: '312' },
    [key('9005')]: { section: {} },
  };
  const entries = [
    ...LINES,
    ...[line('9003', 'joao1042'), line('9004', 'x', 'suspended'), line('9005', 'y')],
    ...[did('71', '+551140001234', '9001'), did('72', '+551140005678', null)],
  ];

  it('is a service for each line, with a product for each set of settings, and no service for a number', () => {
    const services = [billed('311', { username: 'y' }), billed('312'), billed('313', { domain: 'ana1043' })];
    const moved = read({
      entries,
      details,
      services: [...services, billed('314', { domain: 'ana1043', status: 'terminated' })],
    });
    expect(moved.services).toEqual([
      {
        ...{ billingId: null, product: 'line-11' },
        columns: { astbilling_subscriber_id: '9001', astbilling_username: 'joao1042', status: 'active', channels: '2' },
      },
      { billingId: '313', product: 'line-11', columns: expect.objectContaining({ astbilling_subscriber_id: '9002' }) },
      { billingId: null, product: 'line-11-credit-10.5', columns: expect.anything() },
      { billingId: '312', product: 'line-11-prepaid', columns: expect.anything() },
      { billingId: '311', product: null, columns: expect.anything() },
    ]);
    expect(moved.products).toEqual([
      { name: 'line-11', settings: { astbilling: section }, notes: [] },
      { name: 'line-11-credit-10.5', settings: { astbilling: { ...section, creditLimit: '10.5' } }, notes: [] },
      { name: 'line-11-prepaid', settings: { astbilling: { ...section, billingType: 'prepaid' } }, notes: [] },
    ]);
  });

  it('names what an operator decides, and numbers', () => {
    const moved = read({ entries, details });
    const rows = (moved.undecided ?? []).filter(({ file }) => file === 'services.csv');
    expect(rows.map(({ object, state, reason }) => `${object} | ${state} | ${reason}`)).toEqual([
      'line 9002 (ana1043) | undecided | it has 0 channels [2J',
      expect.stringMatching(/^line 9004 \(x\) \| undecided \| it is suspended .* by force once it is to work again$/),
      'line 9005 (y) | undecided | the panel shows no plan of it',
      'number +551140001234 | left-out | it belongs to line 9001 (joao1042), whose service has it',
      'number +551140005678 | undecided | it is in use, and belongs to no line that the panel lists',
    ]);
  });

  it('gives no service to two lines', () => {
    const twins = [line('1', 'same'), line('2', 'same')];
    expect(read({ entries: twins, services: [billed('5', { domain: 'same' })] }).services).toMatchObject([
      { billingId: null },
      { billingId: null },
    ]);
  });
});

it('comes through hostile rows', () => {
  const hostile = [
    { description: null },
    {},
    row('\u001b[2Jconsumo "刘洋",\n=1+1 \u202e 2026-10-01 a 2026-10-31 '.repeat(2000), { userid: null }),
    row(`consumo ${' '.repeat(20_000)}1${' '.repeat(20_000)}`, { relid: 'x', date: '2026-13-45' }),
    row('consumo 99/99/2026 a 31/02/2026', { invoiceid: null }),
  ];
  const moved = read({ rows: hostile, entries: [] });
  expect(JSON.stringify(moved)).not.toMatch(/\\u001b|\u202e/);
  expect(toWords(moved, 'billFrom')[0]).toMatch(/undecided/);
});
