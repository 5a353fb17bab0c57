import { beforeEach, describe, expect, it } from '@jest/globals';
import { benchForEachTest } from '../../each-test.js';
import { type Outcome } from '../../harness.js';
import { expectPlain, HOSTILE } from '../../hostile-text.js';
import type { ImportReport } from '@sluice/engine';

const CONFIG = `timeZone: UTC
panels:
  dcim: { kind: easydcim, url: "https://dcim.example.com", token: "\${env:TOKEN}" }
  vpn: { kind: hiddify, url: "https://vpn.example.com/path", apiKey: "\${env:TOKEN}" }
products:
  ded: { panel: dcim }
  net: { panel: vpn }
`;

const bench = benchForEachTest();
beforeEach(() => {
  bench.env['TOKEN'] = 'x';
  bench.write('sluice.yaml', CONFIG);
});

const importText = (file: string, text: string): Promise<Outcome> => {
  bench.write(file, text);
  return bench.sluice(`service import ${file} --json`);
};

/** Ten lists that each name the one before ten times. */
const bomb = (last: string): string =>
  [
    'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
    ...Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(', ')}]`),
    last,
  ].join('\n');
const deep = (key: string): string => `${key}: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`;

describe('ids', () => {
  it('that a number in JSON can not hold are refused, not rounded', async () => {
    const text = '[{ "id": "a", "panel": "dcim", "product": "ded", "easydcim_service_id": 9007199254740993 }]';
    const { exitCode, stderr, stdout } = await importText('a.json', text);
    expect(exitCode).toBe(2);
    expect(stdout + stderr).toContain('write it as text');
  });

  it('may be numbers in JSON', async () => {
    const row = { id: 'a', panel: 'dcim', product: 'ded', easydcim_service_id: 501, order_id: 17 };
    const { json, exitCode } = await importText('a.json', JSON.stringify([row]));
    expect([exitCode, json<ImportReport>().problems]).toEqual([0, []]);
  });
});

it('a name that every object has is no panel of a product', async () => {
  bench.write('odd.yaml', CONFIG.replace('net: { panel: vpn }', 'net: { panel: constructor }'));
  expect((await bench.sluice('config check --config odd.yaml')).stdout).toContain('there is no panel "constructor"');
});

describe('YAML that the parser gives up on', () => {
  it.each([
    ['aliases that multiply', bomb('timeZone: UTC'), 'its aliases (*name) expand to too many values'],
    ['endless nesting', deep('panels'), 'it is nested too deeply'],
    ['an unknown alias', 'panels: *nowhere\n', 'an alias (*name) has no anchor'],
  ])('as a config with %s is a problem of the file', async (_what, text, message) => {
    bench.write('odd.yaml', text);
    const checked = await bench.sluice('config check --config odd.yaml --json');
    expect(checked.exitCode).toBe(2);
    const { ok, problems } = checked.json<{ ok: boolean; problems: { severity: string; message: string }[] }>();
    expect(ok).toBe(false);
    expect(problems).toEqual([expect.objectContaining({ severity: 'error' })]);
    expect(problems[0]?.message).toContain(message);
    const used = await bench.sluice('service list --config odd.yaml --json');
    expect([used.exitCode, used.json<{ error: { code: string } }>().error.code]).toEqual([2, 'config_invalid']);
  });

  it.each([
    ['aliases that multiply', bomb('services: *a9'), 'its aliases (*name) expand to too many values'],
    ['endless nesting', deep('services'), 'it is nested too deeply'],
    ['an unknown alias', 'services: *nowhere\n', 'an alias (*name) has no anchor'],
    ['a list inside itself', 'services: &x\n  - *x\n', 'item 1 is not an object'],
  ])('as an import with %s is a problem of the file', async (_what, text, message) => {
    const { exitCode, json } = await importText('a.yaml', text);
    const { error } = json<{ error: { code: string; message: string } }>();
    expect([exitCode, error.code]).toEqual([2, 'bad_import']);
    expect(error.message).toContain(message);
  });
});

describe('an export for a spreadsheet', () => {
  it('puts an apostrophe before what would be run, and the default one does not', async () => {
    const row = {
      id: '@svc-1',
      panel: 'vpn',
      product: 'net',
      client: '-5',
      base_quota_override_gb: '1.5',
      first_name: '=HYPERLINK("http://x")',
      last_name: '+49 30 1',
      email: '-2+3',
      document: '＝1',
    };
    expect((await importText('a.json', JSON.stringify([row]))).exitCode).toBe(0);
    const lines = async (words: string): Promise<string> =>
      (await bench.sluice(`service export ${words}`.trim())).stdout.split('\n')[1] ?? '';
    expect(await lines('--spreadsheet')).toBe(
      `'@svc-1,vpn,net,-5,,,,,,,active,,1.5,,,,,,,,,,,,,,'＝1,,,'-2+3,"'=HYPERLINK(""http://x"")",'+49 30 1,`,
    );
    const plain = (await bench.sluice('service export')).stdout;
    expect((await importText('back.csv', plain)).json<ImportReport>().totals.unchanged).toBe(1);
    expect((await bench.sluice('service export --spreadsheet --format json')).exitCode).toBe(2);
  });
});

describe('an export of names with control characters', () => {
  const formats = ['csv', 'json', 'yaml'];

  beforeEach(async () => {
    const rows = [HOSTILE, 'a, "b"'].map((name, index) => ({
      ...{ id: `svc-${index + 1}`, panel: 'vpn', product: 'net' },
      ...{ client: name, first_name: name },
    }));
    expect((await importText('a.json', JSON.stringify(rows))).exitCode).toBe(0);
  });

  const exported = async (format: string, isTTY: boolean): Promise<string> => {
    let text = '';
    const stdout = { isTTY, write: (chunk: string) => (text += chunk) };
    expect((await bench.sluice(`service export --format ${format}`, { stdout })).exitCode).toBe(0);
    return text;
  };

  it.each(formats)('is cleaned on a terminal (%s)', async (format) => {
    const text = await exported(format, true);
    expect(text).toContain('svc-1');
    expectPlain(format, text);
  });

  it.each(formats)('gives a file or pipe what import reads again (%s)', async (format) => {
    const text = await exported(format, false);
    expect((await importText(`back.${format}`, text)).json<ImportReport>().totals).toMatchObject({ unchanged: 2 });
    if (format === 'csv') expect(text).toContain(HOSTILE);
  });
});
