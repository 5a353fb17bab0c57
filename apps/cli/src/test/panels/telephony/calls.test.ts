import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { startForEachTest } from '../../each-test.js';
import { startTelephonyBench } from './telephony-bench.js';

const OWN = 'allowHttp: true, token: "${env:TOKEN}"';
const at = startForEachTest(startTelephonyBench);
beforeEach(() => at.addService());

interface Bill {
  state: string;
  total: string | null;
  csv: string | null;
  calls: number;
  invoice: string | null;
  error: { code: string } | null;
}

async function bill(words = ''): Promise<{ exitCode: number; bills: Bill[] }> {
  const { exitCode, json } = await at.run(`call bill${words}`);
  return { exitCode, bills: json<{ bills: Bill[] }>().bills };
}

function listRows(file: string | null, delimiter = ';'): Record<string, string>[] {
  return parse(readFileSync(file ?? ''), { bom: true, columns: true, delimiter });
}

describe('call bill', () => {
  it('adds a month once, with a report whose cells do nothing in a spreadsheet', async () => {
    at.addCall('2026-10-05T09:00:00-03:00', '0.2320', { source: '=cmd|calc!A0', description: 'São Paulo; "móvel"' });
    at.addCall('2026-10-31T23:59:50-03:00', '0.8280');
    const planned = await bill(' --dry-run --detailed-exitcode');
    expect(planned).toMatchObject({ exitCode: 4, bills: [{ state: 'planned', calls: 2, total: '1.06', csv: null }] });
    const made = await bill();
    expect(made).toMatchObject({ exitCode: 0, bills: [{ state: 'added', calls: 2, total: '1.06' }] });
    const [{ csv, invoice }] = made.bills as [Bill];
    expect(path.dirname(csv ?? '')).toBe(at.bench.path('reports'));
    expect(listRows(csv).map((row) => [row['origem'], row['descricao'], row['valor']])).toEqual([
      ["'=cmd|calc!A0", 'São Paulo; "móvel"', '0,2320'],
      [expect.any(String), expect.any(String), '0,8280'],
      ['', '', '1,0600'],
    ]);
    expect(await bill()).toMatchObject({ exitCode: 0, bills: [{ state: 'already-added', csv }] });
    expect((await at.bench.sluice('call bill --quiet')).stdout).toBe('');
    const { invoices } = (await at.run('invoice list')).json<{ invoices: object[] }>();
    expect(invoices).toMatchObject([
      { id: invoice, client: '42', currency: 'BRL', total: '1.06', lines: [{ amount: '1.06' }] },
    ]);
  });

  it('says of a bill whose invoice was cancelled that nothing is charged, as the comparison does', async () => {
    at.addCall('2026-10-05T09:00:00-03:00', '0.2320');
    const [made] = (await bill()).bills;
    expect((await at.bench.sluice(`invoice cancel ${made?.invoice}`)).exitCode).toBe(0);
    expect(await bill()).toMatchObject({ bills: [{ state: 'already-added', reason: 'invoice-cancelled' }] });
    expect((await at.bench.sluice('call bill')).stdout).toContain('svc-1: its invoice was cancelled, so nothing is');
    expect((await at.bench.sluice('call bill --quiet')).stdout).toBe('');
    expect((await at.bench.sluice('call reconcile')).stderr).toContain(
      `invoice ${made?.invoice} of svc-1 was cancelled: the 0.2320 BRL that were billed on it are not charged`,
    );
  });

  it('says what it can not bill: one failed bill is 1, unrated calls are not free', async () => {
    at.addCall('2026-10-05T09:00:00-03:00', null);
    expect(await bill()).toMatchObject({ exitCode: 1, bills: [{ state: 'failed', error: { code: 'unrated' } }] });
    expect(await bill(' --allow-unrated')).toMatchObject({ exitCode: 0, bills: [{ state: 'nothing-to-bill' }] });
    expect(await bill(' --service svc-1 --period 2026-11')).toMatchObject({
      exitCode: 1,
      bills: [{ error: { code: 'period_open' } }],
    });
    for (const words of ['--final', '--csv-format xls', '--period soon --service svc-1']) {
      expect([words, (await at.run(`call bill ${words}`)).exitCode]).toEqual([words, 2]);
    }
  });

  it('says which calls are not in the total, where a person accepts that, and in the comparison', async () => {
    const unrated = at.addCall('2026-10-05T09:00:00-03:00', null);
    const made = await at.run('call bill --allow-unrated');
    const warnings = [{ code: 'without_charge', message: `1 of the calls, not in the total: ${unrated}` }];
    expect(made.json()).toMatchObject({ bills: [{ state: 'nothing-to-bill', warnings }] });
    const compared = await at.run('call reconcile');
    expect(compared.json()).toMatchObject({ bills: [{ now: { calls: 1, total: '0.0000', withoutCharge: 1 } }] });
    expect((await at.bench.sluice('call reconcile')).stdout).toContain('svc-1: without a known charge now: 1 call');
  });

  it('bills nothing of a list that keeps changing while it is read, and all of it once it is quiet', async () => {
    for (let day = 10; day < 16; day += 1) at.addCall(`2026-10-${day}T09:00:00-03:00`, '0.1000');
    const { quirks } = at.panel;
    quirks.mostRows = 2;
    quirks.shifting.add('cdrs');
    const failed = await bill();
    expect(failed).toMatchObject({ exitCode: 1, bills: [{ state: 'failed', csv: null }] });
    quirks.shifting.clear();
    const made = await bill();
    const calls = made.bills[0]?.calls ?? 0;
    expect(made).toMatchObject({ exitCode: 0, bills: [{ state: 'added', total: (calls / 10).toFixed(2) }] });
    expect(listRows(made.bills[0]?.csv ?? null)).toHaveLength(calls + 1);
  });

  it('bills the panels that name the first day beside one that does not, and names that', async () => {
    at.addCall('2026-10-05T09:00:00-03:00', '0.2320');
    const { panel, bench } = at;
    bench.edit(
      'products:',
      `  a-late: { kind: astbilling, url: "${panel.url}", ${OWN} }\nproducts:\n  late: { panel: a-late }`,
    );
    expect((await bench.sluice('service add a-1 panel=a-late product=late client=43 status=active')).exitCode).toBe(0);
    const { exitCode, stdout } = await bench.sluice('call bill');
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringMatching(
        /added[^]*Panel "a-late" has no billFrom: no job bills its calls, only a stated period and the final bills of lines that Sluice made\. Set/,
      ),
    ]);
    expect(await bill()).toMatchObject({ exitCode: 0, bills: [{ state: 'already-added', total: '0.23' }] });
    expect(await at.bench.sluice('call bill --quiet')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    bench.edit(', billFrom: 2026-10-01', '');
    const none = await bench.sluice('call bill');
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('has no billFrom')]);
  });

  it('leaves no report of a list that breaks off', async () => {
    for (let day = 10; day < 13; day += 1) at.addCall(`2026-10-${day}T09:00:00-03:00`, '0.1000');
    at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'status', status: 500 } });
    const failed = await bill();
    expect(failed).toMatchObject({ exitCode: 1, bills: [{ state: 'failed', csv: null }] });
    expect((await at.bench.sluice('call bill')).stdout).toContain('failed');
    const folder = at.bench.path('reports');
    expect(existsSync(folder) ? (await import('node:fs')).readdirSync(folder) : []).toEqual([]);
  });
});

it('what was billed is compared with the records of now, by the report', async () => {
  const [first, second] = [
    at.addCall('2026-10-05T09:00:00-03:00', '0.2320'),
    at.addCall('2026-10-06T09:00:00-03:00', '0.8280'),
  ];
  await bill(' --csv-format rfc4180');
  const late = at.addCall('2026-10-07T09:00:00-03:00', '0.5000');
  at.panel.deleteCall(first);
  at.panel.changeCall(second, { charge: '0.9000' });
  const compared = await at.run('call reconcile --service svc-1');
  expect([compared.exitCode, compared.json()]).toMatchObject([
    0,
    {
      bills: [
        {
          service: 'svc-1',
          billed: { calls: 2, total: '1.0600' },
          now: { calls: 2, total: '1.4000' },
          difference: '0.3400',
          late: [late],
          missing: [first],
          changed: [second],
        },
      ],
    },
  ]);
  const { stdout } = await at.bench.sluice('call reconcile --verbose');
  expect(stdout).toMatch(new RegExp(`late: ${late}`));
});

it('what another system has billed is compared with the records of now; every bad row is named', async () => {
  at.addCall('2026-09-05T09:00:00-03:00', '0.2320');
  at.bench.write(
    'billed.csv',
    'service;from;to;total;currency\nsvc-1;2026-09-01;2026-10-01;0.23;BRL\nsvc-1;2026-08-01;2026-09-01;1.50;\n',
  );
  const compared = await at.run('call reconcile --with billed.csv');
  expect([compared.exitCode, compared.json()]).toMatchObject([
    0,
    {
      bills: [
        {
          bill: null,
          billed: { calls: null, total: '0.23' },
          now: { calls: 1, total: '0.2320' },
          difference: '0.0020',
        },
        { bill: null, billed: { total: '1.50' }, now: { calls: 0 }, difference: '-1.5000' },
      ],
    },
  ]);
  const { stdout } = await at.bench.sluice('call reconcile --with billed.csv --quiet');
  expect(stdout).toMatch(/1\.50/);
  expect(stdout).not.toMatch(/0\.23/);

  at.bench.write('bad.csv', 'service,from,to,total\nsvc-9,2026-09-01,2026-10-01,1\nsvc-1,2026-09-01,2026-10-01,\n');
  const refused = await at.bench.sluice('call reconcile --with bad.csv');
  expect([refused.exitCode, refused.stderr]).toEqual([
    2,
    expect.stringMatching(
      /bad\.csv: nothing was compared:\s+line 2: service: there is no service "svc-9"\s+line 3: total: is required/,
    ),
  ]);
  const both = await at.run('call reconcile --with billed.csv --service svc-1');
  expect([both.exitCode, both.json()]).toMatchObject([2, { error: { code: 'bad_option' } }]);
});

describe('call records', () => {
  it('says how many calls are not in the sum', async () => {
    at.addCall('2026-11-05T08:00:00-03:00', '0.2320');
    at.addCall('2026-11-05T08:10:00-03:00', null);
    const unrated = await at.run('call records --service svc-1');
    expect(unrated.json()).toMatchObject({ totals: { calls: 2, charge: '0.2320', withoutCharge: 1 } });
    const { stdout } = await at.bench.sluice('call records --service svc-1');
    expect(stdout).toMatch(/2 calls, .* and 1 without a known/);
    // The limit in money counts only calls in the currency of the panel.
    expect(stdout).toMatch(/ 0\.2320 BRL .*\n/);
  });

  it('lists what is searched for in a month, and sums all of it by day', async () => {
    at.addCall('2026-11-04T08:00:00-03:00', '0.2320');
    at.addCall('2026-11-05T08:00:00-03:00', '0.1000');
    const asked = 'call records --service svc-1 --period 2026-11 --whole';
    expect((await at.run(`${asked} --search 00000000`)).json()).toMatchObject({
      records: [],
      totals: { calls: 0 },
      whole: { totals: { calls: 2, charge: '0.3320' }, days: [{ day: '2026-11-04' }, { day: '2026-11-05' }] },
    });
    const { stdout, stderr } = await at.bench.sluice(`${asked} --outcome answered`);
    expect(stdout + stderr).toMatch(
      /All calls of this time: 2 calls, 0\.3320 BRL\n {2}2026-11-04: 1 call, 0\.2320 BRL\n/,
    );
    for (const wrong of ['--outcome busy', '--day today', '--from 2026-11-01'])
      expect((await at.bench.sluice(`${asked} ${wrong}`)).exitCode).toBe(2);
  });

  it('lists the calls of a day, provisional while it lasts, or writes them as CSV', async () => {
    const today = at.addCall('2026-11-05T08:00:00-03:00', '0.2320');
    at.addCall('2026-11-04T23:59:59-03:00', '0.1000');
    const records = await at.run('call records --service svc-1');
    expect(records.json()).toMatchObject({
      period: { from: '2026-11-05T03:00:00.000Z', to: '2026-11-06T03:00:00.000Z' },
      provisional: true,
      totals: { calls: 1, charge: '0.2320', currency: 'BRL' },
      records: [{ id: today, charge: '0.2320', talk_seconds: 45, started_at: '2026-11-05T11:00:00.000Z' }],
    });
    const yesterday = await at.run('call records --day yesterday');
    expect(yesterday.json()).toMatchObject({
      provisional: false,
      totals: { calls: 1, charge: '0.1000', withoutCharge: 0 },
    });
    expect((await at.bench.sluice('call records --from 2026-11-04')).stdout).toContain('Provisional');
    const words = 'call records --from 2026-11-04 --csv calls.csv --csv-format rfc4180';
    expect((await at.bench.sluice(words)).exitCode).toBe(0);
    expect(listRows(at.bench.path('calls.csv'), ',').map(({ valor }) => valor)).toEqual(['0.1000', '0.2320']);
    expect((await at.bench.sluice(words)).exitCode).toBe(0);
    at.addCall('2026-11-05T08:30:00-03:00', '0.0100');
    const other = await at.bench.sluice(words);
    expect([other.exitCode, other.stderr]).toEqual([2, expect.stringContaining('--force')]);
    expect((await at.bench.sluice(`${words} --force`)).exitCode).toBe(0);
    symlinkSync('calls.csv', at.bench.path('link.csv'));
    const link = await at.bench.sluice('call records --from 2026-11-04 --force --csv link.csv');
    expect([link.exitCode, link.stderr]).toEqual([2, expect.stringContaining('it is a symbolic link')]);
    const { stdout } = await at.bench.sluice('call records --csv - --did 1140001234');
    expect(stdout).toMatch(/^\uFEFFdata_hora;/);
  });

  it('has the times of the telephony system on every surface, and names its zone', async () => {
    const config = readFileSync(at.bench.path('sluice.yaml'), 'utf8');
    const zones = config
      .replace('America/Sao_Paulo', 'Asia/Tokyo')
      .replace('{ kind:', '{ timeZone: America/Sao_Paulo, kind:');
    at.bench.write('sluice.yaml', zones);
    at.addCall('2026-11-04T23:59:59-03:00', '0.1000');
    const listed = await at.bench.sluice('call records --service svc-1 --day yesterday');
    expect(listed.stdout).toMatch(/4 Nov 2026 23:59 -03:00/);
    expect(listed.stdout + listed.stderr).toContain('(America/Sao_Paulo)');
    expect(listed.stdout + listed.stderr).not.toContain('nothing of it is billed');
    const written = await at.bench.sluice(
      'call records --service svc-1 --day yesterday --csv one.csv --csv-format rfc4180',
    );
    expect(written.stdout + written.stderr).toContain('1 call, times in America/Sao_Paulo');
    expect(listRows(at.bench.path('one.csv'), ',')).toMatchObject([{ data_hora: '2026-11-04T23:59:59-03:00' }]);
  });
});

describe('call simulate and report', () => {
  it('say how many calls are not in the total of a report', async () => {
    at.addCall('2026-10-05T09:00:00-03:00', '0.2320');
    at.addCall('2026-10-05T09:10:00-03:00', null);
    const words = 'call report --service svc-1 --period 2026-10';
    expect((await at.run(words)).json()).toMatchObject({ report: { calls: 2, total: '0.23', withoutCharge: 1 } });
    const { stdout } = await at.bench.sluice(words);
    expect(stdout).toMatch(/svc-1: 2 calls, 0\.23 BRL and 1 without a known charge: /);
    const printed = await at.bench.sluice(`${words} --csv -`);
    expect(printed.stderr).toContain('svc-1: not in the total, without a known charge: 1 call');
    const remote = await at.run('call report --client 42 --period 2026-10 --remote --csv theirs.csv');
    expect(remote.json()).toMatchObject({ reports: [{ calls: 2, withoutCharge: null }] });
  });

  it('price a call by the panel or by the rates', async () => {
    const words = 'call simulate 11987654321 --seconds 45';
    const byPanel = await at.run(`${words} --service svc-1`);
    expect(byPanel.json()).toMatchObject({ destination: '+5511987654321', prefix: '5511', source: 'panel', notes: [] });
    const local = await at.run(`${words} --plan 11 --local`);
    expect(local.json()).toMatchObject({ source: 'local', currency: 'BRL', rate: { id: '701' } });
    expect(local.json<{ cost: string }>().cost).toBe(byPanel.json<{ cost: string }>().cost);
    expect((await at.bench.sluice(`${words} --plan 11 --local`)).stdout).toContain('number portability');
    const after = await at.run(`${words} --plan 11 --increment-base after-initial`);
    expect(after.exitCode).toBe(0);
    const none = await at.run('call simulate +351912345678 --seconds 1 --plan 11 --local');
    expect([none.exitCode, none.json()]).toMatchObject([1, { error: { code: 'no_rate' } }]);
    expect((await at.run(words)).exitCode).toBe(2);
  });

  it('write a period that is not billed, by Sluice or by the panel', async () => {
    at.addCall('2026-10-05T09:00:00-03:00', '0.2320');
    const own = await at.run('call report --service svc-1 --period 2026-10');
    expect(own.json()).toMatchObject({ report: { service: 'svc-1', calls: 1, total: '0.23', currency: 'BRL' } });
    const printed = await at.bench.sluice('call report --service svc-1 --period 2026-10 --csv -');
    expect(printed.stdout).toMatch(/^\uFEFFdata_hora;.*\r\n.*\r\n$/s);
    expect((await at.run('call report --service svc-1 --csv -')).exitCode).toBe(2);
    const remote = await at.run('call report --client 42 --period 2026-10 --remote --csv theirs.csv');
    expect(remote.json()).toMatchObject({ reports: [{ calls: 1, csv: at.bench.path('theirs.csv') }] });
    expect(at.bench.read('theirs.csv')).not.toBe('');
    expect((await at.run('invoice list')).json()).toEqual({ invoices: [] });
  });
});

it('explain names what was spent of the cap that holds a line', async () => {
  const cap = 'limits: [{ id: spend, window: day, allowance: "0.50", action: suspend }]';
  at.bench.edit('planId: "11" }', `planId: "11" }, ${cap}`);
  at.addCall('2026-11-05T08:00:00-03:00', '0.7500');
  expect((await at.run('poll')).exitCode).toBe(0);
  const explain = async (): Promise<string> => (await at.bench.sluice('explain svc-1')).stdout;
  expect(await explain()).toContain('it has exceeded the limit "spend": 0.75 of 0.50 BRL are spent.');
  await at.run('hold release svc-1 --until 2026-12-01');
  expect(await explain()).toContain('svc-1 is not held, although 0.75 of 0.50 BRL are spent.');
});

it('explain never claims that a line is within its limits while a call has no charge', async () => {
  const cap = 'limits: [{ id: spend, window: day, allowance: "0.50", action: suspend }]';
  at.bench.edit('planId: "11" }', `planId: "11" }, ${cap}`);
  at.addCall('2026-11-05T08:00:00-03:00', '0.2500');
  await at.run('poll');
  const explain = async (): Promise<string> => (await at.bench.sluice('explain svc-1')).stdout;
  expect(await explain()).toContain('svc-1 is not held: it is within its limits.');
  at.addCall('2026-11-05T08:00:00-03:00', null);
  await at.run('poll');
  const said = await explain();
  expect(said).toContain('svc-1 is not held: whether it is within its limits is not known.');
  expect(said).toContain('Of its limit "spend", at least 0.25 of 0.50 BRL are spent');
});
