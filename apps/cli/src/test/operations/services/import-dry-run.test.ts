import { beforeEach, describe, expect, it } from '@jest/globals';
import { importKeys, type ImportReport, type ServiceDetail } from '@sluice/engine';
import { IMPORT_COLUMNS } from '../../../commands/import-columns.js';
import { KINDS } from '../../../kinds.js';
import { benchForEachTest } from '../../each-test.js';

const CONFIG = `timeZone: UTC
panels: { dcim: { kind: easydcim, url: "https://dcim.example.com", token: x } }
products:
  ded: { panel: dcim }
  fast: { panel: dcim }
  quiet: { panel: dcim, enforce: observe }
`;
const HEAD = 'id,panel,product,client,easydcim_service_id,status,protected_until';

const bench = benchForEachTest();
beforeEach(async () => {
  bench.write('sluice.yaml', CONFIG);
  bench.write('a.csv', `${HEAD}\nsvc-1,dcim,ded,7,501,,\nsvc-2,dcim,ded,8,502,,\nsvc-3,dcim,fast,8,503,,\n`);
  expect((await bench.sluice('service import a.csv')).exitCode).toBe(0);
});

const stored = async (): Promise<string> =>
  (await bench.sluice('service export')).stdout + (await bench.sluice('log list --json')).stdout;
it('the help of import, add and set lists every column', async () => {
  const named = IMPORT_COLUMNS.flatMap((words) => words.join(' ').match(/[a-z_]+/g) ?? []);
  expect(importKeys(KINDS).filter((key) => !named.includes(key))).toEqual([]);
  for (const command of ['import', 'add', 'set']) {
    const { stdout } = await bench.sluice(`service ${command} --help`);
    for (const key of importKeys(KINDS).slice(1)) expect(stdout).toContain(key);
    expect(stdout.split('\n').filter((line) => /^ {2}\w+_\w+ {2}/.test(line) && line.length > 80)).toEqual([]);
  }
});

describe('service import --dry-run', () => {
  const ROWS = [
    'svc-1,dcim,fast,,501,,',
    'svc-2,dcim,ded,8,502,,',
    'new-1,dcim,ded,9,601,,',
    'new-2,dcim,fast,9,602,suspended,2026-11-20',
    'new-3,dcim,ded,9,603,pending,',
    'new-4,dcim,ded,9,604,,2026-11-21',
    'new-5,dcim,quiet,9,605,,',
    'new-6,dcim,ded,9,606,terminated,',
  ];

  it('shows what would be stored and which new services are enforced, and stores nothing', async () => {
    bench.write('b.csv', [HEAD, ...ROWS].join('\n'));
    const before = await stored();
    const shown = await bench.sluice('service import b.csv --dry-run');
    expect([shown.exitCode, shown.stdout]).toEqual([
      0,
      expect.stringMatching(
        /^b\.csv was read .*\nservice +keys\nsvc-1 +changed +product: ded → fast, client: 7 → none\nnew-1 +new +panel: dcim, product: ded, [^]*\n8 rows \(dry run, nothing was stored\): 6 added, 1 changed, 1 unchanged\n2 of the new services are enforced from the next poll\n$/,
      ),
    ]);
    expect(shown.stdout.split('\n')).toHaveLength(12);
    const whole = (await bench.sluice('service import b.csv --dry-run --verbose')).stdout;
    expect(whole).toContain('svc-1:\n  product: ded → fast\n  client: 7 → none\nnew-1: new\n  panel: dcim\n');
    for (const COLUMNS of ['60', '140']) {
      bench.env['COLUMNS'] = COLUMNS;
      const { stdout } = await bench.sluice('service import b.csv --dry-run');
      const rows = stdout.split('\n').slice(1, 9);
      expect(rows.map((row) => row.length <= Number(COLUMNS) && /^(service|svc-1|new-\d)\b/.test(row))).toEqual(
        rows.map(() => true),
      );
    }
    delete bench.env['COLUMNS'];
    expect((await bench.sluice('service import b.csv --dry-run --detailed-exitcode')).exitCode).toBe(4);
    expect(await stored()).toBe(before);
    await bench.sluice('observe dcim');
    expect((await bench.sluice('service import b.csv --dry-run')).stdout).not.toContain('enforced from');
    expect((await bench.sluice('service import b.csv')).stdout).toContain('8 rows: 6 added, 1 changed, 1 unchanged');
    expect((await bench.sluice('service import b.csv --dry-run --detailed-exitcode')).exitCode).toBe(0);
  });

  it('exits 2 where the import would', async () => {
    bench.write('b.csv', `${HEAD}\nsvc-4,dcim,ded,,501,,\n`);
    const dry = await bench.sluice('service import b.csv --json --dry-run --detailed-exitcode');
    expect([dry.exitCode, dry.json<ImportReport>().problems.length]).toEqual([2, 1]);
  });
});

describe('service set --where', () => {
  it('changes every service that matches all of them', async () => {
    const before = await stored();
    const dry = await bench.sluice('service set --where product=ded product=fast --dry-run --detailed-exitcode');
    expect([dry.exitCode, dry.stdout]).toEqual([
      4,
      expect.stringMatching(
        /^service +keys\nsvc-1 +changed +product: ded → fast\nsvc-2 +changed +product: ded → fast\n2 services match \(dry run\): 2 would be changed, nothing was stored\n$/,
      ),
    ]);
    expect((await bench.sluice('service set svc-1 product=fast --dry-run')).stdout).toBe(
      'svc-1:\n  product: ded → fast\n',
    );
    expect(await stored()).toBe(before);
    const set = await bench.sluice('service set --where product=ded --where client=8 product=fast');
    expect([set.exitCode, set.stdout]).toEqual([
      0,
      'svc-2: product fast (was ded)\n1 service matches: 1 changed, 0 unchanged\n',
    ]);
    const again = await bench.sluice('service set --where panel=dcim --where client=8 product=fast');
    expect(again.stdout).toBe('2 services match: 0 changed, 2 unchanged\n');
  });

  it('and one service print one line of what changed', async () => {
    const run = async (words: string): Promise<string> =>
      (await bench.sluice(words)).stdout.replace(/^.* was read as .*\n/, '');
    expect(await run('service set svc-1 product=fast client= traffic_mode=in')).toBe(
      'svc-1: product fast (was ded), client none (was 7), traffic_mode IN (was none)\n',
    );
    expect(await run('service set svc-1 product=fast')).toBe('svc-1: nothing had to be changed\n');
    expect(await run('service set svc-1 product=fast --quiet')).toBe('');
    const verbose = await run('service set svc-1 client=9 --verbose');
    expect(verbose).toMatch(/^svc-1: client 9 \(was none\)\nsvc-1\n {2}panel +dcim\n/);
    const json = (await bench.sluice('service set svc-1 client=8 --json')).json<ServiceDetail>();
    const { because: _, ...shown } = (await bench.sluice('service show svc-1 --json')).json<ServiceDetail>();
    expect(json).toEqual(shown);
    const keys = 'panel=dcim product=ded easydcim_service_id=509';
    expect(await run(`service add svc-9 ${keys}`)).toBe('svc-9: added to panel dcim, product ded\n');
    bench.write('one.csv', 'id,product\nsvc-9,fast\n');
    expect(await run('service import one.csv')).toBe(
      'svc-9: product fast (was ded)\n1 row: 0 added, 1 changed, 0 unchanged\n',
    );
    bench.write('two.csv', 'id,product\nsvc-9,ded\nsvc-1,fast\n');
    expect(await run('service import two.csv')).toBe('2 rows: 0 added, 1 changed, 1 unchanged\n');
    bench.write('two.csv', 'id,product\nsvc-9,fast\nsvc-1,ded\n');
    expect(await run('service import two.csv --verbose')).toBe(
      'svc-9: product fast (was ded)\nsvc-1: product ded (was fast)\n2 rows: 0 added, 2 changed, 0 unchanged\n',
    );
    expect((await bench.sluice('service import two.csv --json')).json()).not.toHaveProperty('changes');
  });

  it('changes none if one is refused', async () => {
    const before = await stored();
    const refused: [string, number, string][] = [
      ['--where client=8 easydcim_service_id=900', 1, 'svc-3: easydcim_service_id 900 is already that of'],
      ['--where client=8 product=gone', 2, 'svc-3: there is no product "gone"'],
      ['--where client=99 product=fast', 2, 'No service has client=99'],
      ['--where client=8 svc-1 product=fast', 2, 'Use either "svc-1" or --where'],
      ['--where client=8', 2, 'at least one KEY=VALUE'],
      ['svc-1', 2, 'at least one KEY=VALUE'],
      ['--where client product=fast', 2, '"client" is not KEY=VALUE'],
    ];
    for (const [words, exitCode, message] of refused) {
      const outcome = await bench.sluice(`service set ${words}`);
      expect([words, outcome.exitCode, outcome.stderr]).toEqual([words, exitCode, expect.stringContaining(message)]);
    }
    expect(await stored()).toBe(before);
  });
});
