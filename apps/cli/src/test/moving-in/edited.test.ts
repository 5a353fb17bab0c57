import { renameSync, rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ADOPT, dumpStore, type MovingBench, startMovingBench, succeed } from './moving-bench.js';

let at: MovingBench;
let goBack: () => void;

beforeAll(async () => {
  at = await startMovingBench();
  await succeed(at, ADOPT, 3);
  goBack = at.keep();
});

afterEach(() => {
  goBack();
});

afterAll(() => at.close());

const APPLY = 'adopt apply adopted';

/** Changes a file of the folder, which has to have this part. */
function edit(file: string, part: string | RegExp, text: string): void {
  const before = at.bench.read(`adopted/${file}`);
  const after = before.replace(part, text);
  if (after === before) throw new Error(`${file} has no ${String(part)}`);
  at.bench.write(`adopted/${file}`, after);
}

const dump = (): ReturnType<typeof dumpStore> => dumpStore(at.bench.path('sluice.db'));

describe('a folder that was edited by hand', () => {
  it('is taken as it is: a product with another name, a row less, another due date, an override less', async () => {
    for (const file of ['products.yaml', 'services.csv']) edit(file, /\bdedicated-1tb-11\b/g, 'one-terabyte');
    edit('services.csv', /^whmcs-1300,.*\n/m, '');
    edit('services.csv', /^(whmcs-1299,(?:[^,]*,){7})[^,]*/m, '$12027-01-09');
    edit('overrides.csv', /^whmcs-1003,.*\n/m, '');
    const applied = await succeed(at, APPLY);
    expect(applied.stderr).toBe('');
    const services = dump()['services']!.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(services).toHaveLength(299);
    expect(services.filter(({ product }) => product === 'one-terabyte').length).toBeGreaterThan(10);
    expect(services.find(({ id }) => id === 'whmcs-1300')).toBeUndefined();
    expect(services.find(({ id }) => id === 'whmcs-1299')).toMatchObject({ next_due_date: '2027-01-09' });
    expect(dump()['service_overrides']).toHaveLength(24);
  });

  it('and saved by a spreadsheet stores the same', async () => {
    await succeed(at, APPLY);
    const whole = dump();
    goBack();
    for (const file of ['services', 'overrides', 'preferences', 'purchases', 'holds']) {
      const rows = at.bench.read(`adopted/${file}.csv`);
      expect([file, /[";]/.test(rows)]).toEqual([file, false]);
      at.bench.write(`adopted/${file}.csv`, `\uFEFF${rows.replaceAll(',', ';').replaceAll('\n', '\r\n')}`);
    }
    await succeed(at, APPLY);
    expect(dump()).toEqual(whole);
  });
});

it('is adopted once more into another folder, and applied once more, with nothing added', async () => {
  await succeed(at, APPLY);
  const whole = { store: dump(), config: at.bench.read('sluice.yaml') };
  const again = await succeed(at, ADOPT.replace('adopted', 'again'), 3);
  expect(again.stdout).not.toContain('new product');
  expect(again.stdout).not.toContain('new package');
  for (const file of ['services', 'overrides', 'preferences', 'purchases', 'holds'])
    expect(at.bench.read(`again/${file}.csv`)).toBe(at.bench.read(`adopted/${file}.csv`));
  const applied = await succeed(at, 'adopt apply again');
  expect(applied.stdout).not.toMatch(/[1-9]\d* (added|changed)/);
  expect({ store: dump(), config: at.bench.read('sluice.yaml') }).toEqual(whole);
});

it('is applied once more without the services that were removed since', async () => {
  await succeed(at, APPLY);
  at.bench.clock.advance(60_000);
  await succeed(at, 'service remove whmcs-1003 --yes');
  at.bench.clock.advance(60_000);
  const applied = await succeed(at, APPLY);
  expect(applied.stdout).toMatch(/left as it is: line \d+, whmcs-1003: it was removed since/);
  expect(applied.stdout).not.toMatch(/[1-9]\d* (added|changed)/);
  expect(at.bench.read('adopted/overrides.csv')).toContain('whmcs-1003,');
  expect(dump()['services']).toHaveLength(299);
});

/** Expects that applying is refused, names these, and leaves store and config as they were. */
async function expectRefused(...named: (string | RegExp)[]): Promise<void> {
  const before = { store: dump(), config: at.bench.read('sluice.yaml') };
  const { exitCode, stdout, stderr } = await at.sluice(APPLY);
  const text = stdout + stderr;
  for (const each of named) expect(text).toMatch(each);
  expect([exitCode, text]).toEqual([2, text]);
  expect({ store: dump(), config: at.bench.read('sluice.yaml') }).toEqual(before);
  const json = await at.sluice(`${APPLY} --json`);
  expect(json.exitCode).toBe(2);
  expect(json.json()).toBeDefined();
}

describe('a mistake', () => {
  const CASES: [string, [file: string, part: string | RegExp, text: string], (string | RegExp)[]][] = [
    [
      'a due date',
      ['services.csv', /^(whmcs-1002,(?:[^,]*,){7})[^,]*/m, '$12026-02-30'],
      [/services\.csv/, /line 3, whmcs-1002/, /next_due_date/],
    ],
    [
      'a product',
      ['services.csv', /^(whmcs-1002,dcim,)[^,]*/m, '$1procuct'],
      [/services\.csv/, /line 3, whmcs-1002/, /procuct/],
    ],
    ['an id twice', ['services.csv', 'whmcs-1002,', 'whmcs-1001,'], [/services\.csv/, /line 3, whmcs-1001.*line 2/]],
    [
      'a column',
      ['services.csv', 'traffic_mode', 'trafic_mode'],
      [/services\.csv/, /line 1: .*trafic_mode.*traffic_mode/],
    ],
    [
      'a prototype as a column',
      ['services.csv', 'traffic_mode', '__proto__'],
      [/services\.csv/, /line 1: .*__proto__/],
    ],
    [
      'a prototype as a product',
      ['services.csv', /^(whmcs-1002,dcim,)[^,]*/m, '$1constructor'],
      [/services\.csv/, /line 3, whmcs-1002/, /constructor/],
    ],
    [
      'a prototype as a panel',
      ['services.csv', /^whmcs-1002,dcim,/m, 'whmcs-1002,__proto__,'],
      [/services\.csv/, /line 3, whmcs-1002/, /__proto__/],
    ],
    [
      'a cell too many',
      ['services.csv', /^(whmcs-1002,.*)$/m, '$1,'],
      [/services\.csv/, /line 3: 16 cells, but the header has 15/],
    ],
    [
      'an open quotation mark',
      ['services.csv', /^whmcs-1002,/m, '"whmcs-1002,'],
      [/services\.csv/, /line 3: the quotation mark/],
    ],
    [
      'a quota',
      ['overrides.csv', /^whmcs-1013,[^,]*/m, 'whmcs-1013,3 TB'],
      [/overrides\.csv/, /line 3, whmcs-1013: .*quota_gb/],
    ],
    [
      'an override of nobody',
      ['overrides.csv', /^whmcs-1013,/m, 'whmcs-9,'],
      [/overrides\.csv/, /line 3, whmcs-9: there is no service/],
    ],
    ['a package', ['preferences.csv', /,extra-[^,]*/, ',__proto__'], [/preferences\.csv/, /line \d+.*: .*__proto__/]],
    [
      'a price',
      ['purchases.csv', /^(whmcs-1007,[^,]*,[^,]*,)[^,]*/m, '$1free'],
      [/purchases\.csv/, /line 3, whmcs-1007: .*price|line 3, whmcs-1007: .*free/],
    ],
    [
      'bytes as a float',
      ['purchases.csv', /^(whmcs-1007,[^,]*,)[^,]*/m, '$15.3687e10'],
      [/purchases\.csv/, /line 3, whmcs-1007: .*5\.3687e10/],
    ],
    ['a port of another', ['holds.csv', '20071 20072', '20071 20082'], [/holds\.csv/, /line 2, whmcs-1007: .*20082/]],
    ['a reason', ['holds.csv', 'whmcs-1007,quota', 'whmcs-1007,qouta'], [/holds\.csv/, /line 2, whmcs-1007: .*qouta/]],
    ['a quota in products.yaml', ['products.yaml', '1000GB', '1000GBB'], [/products\.yaml/, /line \d+/, /1000GBB/]],
    ['no YAML', ['products.yaml', 'quota:\n', 'quota: [\n'], [/products\.yaml/, /line \d+/]],
    [
      'traffic in packages.yaml',
      ['packages.yaml', 'traffic: 50GB', 'traffic: lots'],
      [/packages\.yaml/, /line \d+/, /lots/],
    ],
    [
      'a prototype as a product in products.yaml',
      ['products.yaml', 'dedicated-1tb-11:', '__proto__:'],
      [/products\.yaml|services\.csv/, /__proto__|dedicated-1tb-11/],
    ],
  ];
  it.each(CASES)('in %s names file and line, and stores nothing', async (_, change, named) => {
    edit(...change);
    await expectRefused(...named);
  });

  it('in limits of agents names file and line, too', async () => {
    const rows = ['dcim,a,1,', 'nowhere,a,1,', 'dcim,,1,', 'dcim,a,much,', 'dcim,a'];
    at.bench.write('adopted/agents.csv', ['panel,agent,limit_gb,opening_gb', ...rows, ''].join('\n'));
    await expectRefused(/agents\.csv has 3 problems/, /line 4: agent is required/, /line 5: .*much/, /line 6: 2 cells/);
    at.bench.write('adopted/agents.csv', ['panel,agent,limit_gb,opening_gb', ...rows.slice(0, 2), ''].join('\n'));
    await expectRefused(/agents\.csv has 2 problems/, /line 2: .*"dcim"/, /line 3: .*"nowhere"/);
  });

  it('in each of several files is named in one go', async () => {
    edit('services.csv', /^(whmcs-1002,(?:[^,]*,){7})[^,]*/m, '$12026-02-30');
    edit('overrides.csv', /^whmcs-1013,[^,]*/m, 'whmcs-1013,3 TB');
    edit('preferences.csv', /,extra-[^,]*/, ',nothing');
    edit('purchases.csv', /^(whmcs-1007,[^,]*,)[^,]*/m, '$15.3687e10');
    edit('holds.csv', 'whmcs-1007,quota', 'whmcs-1007,qouta');
    await expectRefused(/2026-02-30/, /3 TB/, /nothing/, /5\.3687e10/, /qouta/);
  });

  it('in files that are no CSV, and in products, is named in one go', async () => {
    edit('services.csv', /^whmcs-1002,/m, '"whmcs-1002,');
    edit('overrides.csv', 'whmcs-1013,', 'whmcs-"1013,');
    edit('products.yaml', '1000GB', '1000GBB');
    await expectRefused(/services\.csv: line 3/, /overrides\.csv: line 3/, /1000GBB/);
  });
});

describe('applying is refused, and nothing is stored', () => {
  it('where a port of a hold was enabled meanwhile', async () => {
    at.shop.panel.staffEnablePort(20_071);
    await expectRefused(/holds\.csv/, /line 2, whmcs-1007: .*20071/);
    at.shop.panel.staffDisablePort(20_071);
  });

  it('where the panel does not answer', async () => {
    const before = { store: dump(), config: at.bench.read('sluice.yaml') };
    const clear = at.shop.panel.server.inject({ fault: { kind: 'cut' } });
    const { exitCode } = await at.sluice(APPLY);
    clear();
    expect(exitCode).not.toBe(0);
    expect({ store: dump(), config: at.bench.read('sluice.yaml') }).toEqual(before);
  });

  it('where the folder is none of an adoption, or does not exist', async () => {
    renameSync(at.bench.path('adopted'), at.bench.path('kept'));
    await expectRefused(/adopted is not a folder/);
    renameSync(at.bench.path('old'), at.bench.path('adopted'));
    await expectRefused(/adopted has none of the files/);
    rmSync(at.bench.path('adopted'), { recursive: true });
    at.bench.write('adopted', '');
    await expectRefused(/adopted is not a folder/);
  });
});
