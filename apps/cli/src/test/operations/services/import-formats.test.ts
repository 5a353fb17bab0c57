import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock } from '@sluice/fake-panels';
import { Bench, type Outcome } from '../../harness.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench(manualClock('2026-11-20T12:00:00Z'));
  bench.write(
    'sluice.yaml',
    `panels: { dcim: { kind: easydcim, url: "https://dcim.example.com", token: x } }
products: { ded: { panel: dcim } }
`,
  );
});
afterEach(() => {
  bench.close();
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
    for (const [readAs, bytes] of files) {
      const done = await imported(bytes);
      expect([done.exitCode, done.stdout + done.stderr]).toEqual([0, expect.stringContaining(readAs)]);
      const { services } = (await bench.sluice('service list --json')).json<{ services: { client: string }[] }>();
      expect(services.map(({ client }) => client)).toEqual(['M\u00fcller']);
    }
  });

  it('is refused with every row of a wrong length, an open quotation mark, and without rows', async () => {
    const files: [string, RegExp][] = [
      [
        'id,panel,product\na,dcim,ded\nb,dcim\n\nc,dcim,ded,x,y\n',
        /line 3: 2 cells, but the header has 3 cells[^]*line 5: 5 cells/,
      ],
      ['id,panel\na,"dcim\n', /line 2: the quotation mark that opens here is never closed/],
      ['', /it is empty/],
      ['id,panel,product\n', /a header but no rows/],
    ];
    for (const [text, message] of files) {
      const refused = await imported(Buffer.from(text));
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringMatching(message)]);
    }
    expect((await bench.sluice('service list')).stdout).toContain('No services');
  });
});

describe('service import --template', () => {
  it('prints the columns of the panels and a row for each product', async () => {
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
});
