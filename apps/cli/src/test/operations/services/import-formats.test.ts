import { writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { benchForEachTest } from '../../each-test.js';
import { type Outcome } from '../../harness.js';

const bench = benchForEachTest();
beforeEach(() => {
  bench.write(
    'sluice.yaml',
    `panels: { dcim: { kind: easydcim, url: "https://dcim.example.com", token: x } }
products: { ded: { panel: dcim } }
`,
  );
});

const ROWS = [
  ['id', 'panel', 'product', 'client', 'easydcim_service_id'],
  ['svc-1', 'dcim', 'ded', 'M\u00fcller', '501'],
];
const table = (separator: string): string => ROWS.map((row) => row.join(separator)).join('\r\n');
async function imported(bytes: Uint8Array): Promise<Outcome> {
  writeFileSync(bench.path('services.csv'), bytes);
  return bench.sluice('service import services.csv');
}

describe('a CSV file', () => {
  it('is read in each encoding and with each separator, which are named', async () => {
    const swapped = Buffer.from(table('|'), 'utf16le').swap16();
    const files: [string, Uint8Array][] = [
      ['UTF-8, separated by commas', Buffer.from(table(','))],
      ['UTF-8, separated by semicolons', Buffer.from(`\uFEFF${table(';')}`)],
      ['Windows-1252, separated by semicolons', Buffer.from(table(';'), 'latin1')],
      ['UTF-16 LE, separated by tabs', Buffer.from(`\uFEFF${table('\t')}`, 'utf16le')],
      ['UTF-16 BE, separated by pipes', swapped],
    ];
    const expectStored = async ({ exitCode, stdout, stderr }: Outcome, readAs: string, name = 'M\u00fcller') => {
      expect([exitCode, stdout + stderr]).toEqual([0, expect.stringContaining(readAs)]);
      const { services } = (await bench.sluice('service list --json')).json<{ services: { client: string }[] }>();
      expect(services.map(({ client }) => client)).toEqual([name]);
    };
    for (const [readAs, bytes] of files) {
      await expectStored(await imported(bytes), readAs);
      await bench.sluice('service set svc-1 client=');
      const piped = await bench.sluice('service import -', { readStdin: () => Promise.resolve(bytes) });
      await expectStored(piped, readAs);
    }
    const quoted = Buffer.from(table(',').replace('M\u00fcller', 'M\u00fcller @\x80 \x93x\x94 \x8a'), 'latin1');
    await expectStored(await imported(quoted), 'Windows-1252', 'M\u00fcller @\u20ac \u201cx\u201d \u0160');
  });

  it('is refused with every row of a wrong length, an open quotation mark, and without rows', async () => {
    const files: [string, RegExp][] = [
      [
        'id,panel,product\na,dcim,ded\nb,dcim\n\nc,dcim,ded,x,y\nd,nope,ded\na,dcim,ded\n',
        /line 3: 2 cells, but the header has 3 cells[^]*line 5: 5 cells[^]*line 6, d: there is no panel "nope"[^]*line 7, a: "a" is repeated/,
      ],
      [
        'id,panel,client,product,client,\na,dcim,c,ded,d,\n',
        /line 1: column "client" is repeated\n.*column 6 has no name/,
      ],
      ['id,PANEL,product\na,dcim,ded\n', /line 1: unknown column "PANEL"; did you mean "panel"\?/],
      ['id,panel\na,"dcim\n', /line 2: the quotation mark that opens here is never closed/],
      [
        'id,panel\n"a","dc""im\nb"\nc , "dcim\nd,"",dcim\n',
        /line 4: the quotation mark that opens here is never closed/,
      ],
      ['', /it is empty/],
      ['id,panel,product\n', /a header but no rows/],
    ];
    for (const [text, message] of files) {
      const refused = await imported(Buffer.from(text));
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringMatching(message)]);
    }
    const { problems } = (await bench.sluice('service import services.csv --json')).json<{ problems?: unknown[] }>();
    expect(problems).toBeUndefined();
    bench.write('services.csv', 'id,panel,product\nb,dcim\nd,nope,ded\n');
    const report = (await bench.sluice('service import services.csv --json')).json<{ problems: { line: number }[] }>();
    expect(report.problems.map(({ line }) => line)).toEqual([2, 3]);
    bench.write('services.json', '[{"id":"a","panel":"dcim","product":"ded"},\n{"id":"b","client":"c","client":"d"}]');
    const json = await bench.sluice('service import services.json');
    expect([json.exitCode, json.stderr]).toEqual([2, expect.stringContaining('a key is repeated in line 2')]);
    expect((await bench.sluice('service list')).stdout).toContain('No services');
  });
});

it('service import --template prints the columns of the panels and a row for each product', async () => {
  const { exitCode, stdout } = await bench.sluice('service import --template');
  const [header = '', row = '', ...more] = stdout.split('\n');
  expect([exitCode, header.split(',')]).toEqual([
    0,
    expect.arrayContaining(['id', 'panel', 'product', 'billing_cycle', 'easydcim_service_id', 'protected_until']),
  ]);
  expect(header).not.toContain('flvx');
  expect([row, more]).toEqual([expect.stringMatching(/^svc-1,dcim,ded,/), ['']]);
  expect((await bench.sluice('service import')).exitCode).toBe(2);
});
