import { mkdtempSync, rmdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { displayWidth } from '../terminal/layout.js';
import { listNodes } from '../terminal/completion/script.js';
import { wholeProgram } from '../cli.js';
import { DAY, GB, HOUR, toIds, startEasyDcimBench, type EasyDcimBench } from './easydcim-bench.js';

/** What people see, read and approved: `-u` writes the screens again. */
let at: EasyDcimBench;
let drawn = 0;
/** Where lines are broken depends on the length of paths: this one is as long as the one that is shown. */
let link: string;

const COLOURS: Record<string, string> = {
  '1': 'bold',
  '2': 'dim',
  '22': '/',
  '31': 'red',
  '32': 'green',
  '33': 'yellow',
  '36': 'cyan',
  '39': '/',
};
const CODE = new RegExp(`${String.fromCharCode(27)}\\[(\\d+)m`, 'g');

/** Returns what a command prints on a terminal of so many columns. */
async function screen(words: string, columns: number, color: boolean): Promise<string> {
  let text = '';
  let calls = 0;
  const output = { write: (part: string) => (text += part), isTTY: true, columns };
  await at.bench.sluice(words, {
    stdout: output,
    stderr: output,
    cwd: link,
    // Ids are the same each time, and differ from each other.
    randomBytes: (count) => Uint8Array.of(drawn, calls++, ...new Uint8Array(count)).subarray(0, count),
    random: () => 0.5,
    env: { ...at.bench.env, HOME: link, ...(color ? {} : { NO_COLOR: '1' }) },
  });
  drawn++;
  return text
    .replaceAll(link, '/srv/sluice-000000')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:40000')
    .replaceAll(CODE, (_, code: string) => `<${COLOURS[code] ?? code}>`);
}

beforeAll(async () => {
  at = await startEasyDcimBench();
  link = mkdtempSync('/tmp/sluice-');
  rmdirSync(link);
  symlinkSync(at.bench.folder, link);
  await at.addService(2, { values: ['client=4711'] });
  await at.addService(10, { values: ['client=日本語の会社'] });
  await at.addService(1, { product: 'order' });
  await at.addService(3, { product: 'free' });
  at.panel.addTraffic(toIds(1).service, { in: 50 * GB, out: 3 * GB, at: at.bench.clock.now() - DAY });
  at.panel.addTraffic(toIds(2).service, { in: 85 * GB, out: 0 });
  at.panel.addTraffic(toIds(10).service, { in: 80 * GB, out: 40 * GB });
  at.bench.clock.advance(HOUR);
});
afterAll(async () => {
  unlinkSync(link);
  await at.close();
});

describe('the screen of', () => {
  it('a first run', async () => {
    expect(await screen('plan', 80, false)).toMatchSnapshot();
    expect(await screen('poll', 80, false)).toMatchSnapshot();
    at.bench.clock.advance(12 * 60_000);
    // A port that staff opened again.
    at.panel.staffEnablePort(toIds(10).port(1));
  });

  it.each([
    ['poll', 'poll --verbose --dry-run'],
    ['usage', 'usage'],
    ['explain', 'explain svc-10'],
    ['doctor', 'doctor'],
    ['plan', 'plan'],
    ['init', 'init other.yaml --force --panel name=dcim,kind=easydcim,url=URL,token-env=DCIM_TOKEN,allow-http=true'],
  ])('%s', async (_name, words) => {
    const line = words.replace('URL', at.panel.url);
    for (const columns of [60, 80, 140]) {
      const plain = await screen(line, columns, false);
      expect(plain).toMatchSnapshot(`${columns} columns`);
      expect(await screen(line, columns, true)).toMatchSnapshot(`${columns} columns, coloured`);
      // Commands, files and addresses are never cut.
      const rows = plain.split('\n').filter((row) => !/sluice |\/srv\/|http:/.test(row));
      expect(rows.filter((row) => displayWidth(row) > columns)).toEqual([]);
    }
  });

  it('the help of each command', async () => {
    const commands = listNodes(wholeProgram('1.0.0')).map(({ words }) => words.join(' '));
    const texts = await Promise.all(commands.map((words) => screen(`${words} --help`, 60, false)));
    // Examples are copied as they are, and paths are never cut.
    const rows = texts.flatMap((text) =>
      text.split('\n').filter((row) => !/sluice /.test(row) && !/^ +\S+$/.test(row)),
    );
    expect(rows.filter((row) => displayWidth(row) > 60)).toEqual([]);
  });
});
