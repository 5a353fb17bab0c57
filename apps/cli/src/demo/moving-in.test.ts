import { mkdirSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { benchForEachTest } from '../test/each-test.js';
import type { DemoStep } from './stage.js';

const bench = benchForEachTest();
const before = process.env['TMPDIR'];

beforeEach(() => {
  bench.env['NO_COLOR'] = '1';
  mkdirSync(bench.path('tmp'));
  process.env['TMPDIR'] = bench.path('tmp');
});
afterEach(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
});

/** Runs the demo on a terminal with so many columns. */
async function play(columns: number): Promise<string> {
  let printed = '';
  const stdout = { write: (text: string) => (printed += text), isTTY: true, columns };
  const { exitCode, stderr } = await bench.sluice('demo --moving-in', { stdout });
  expect([exitCode, stderr, readdirSync(bench.path('tmp'))]).toEqual([0, '', []]);
  return printed;
}

describe('demo --moving-in', () => {
  it('changes nothing until the next cycle, in which exactly the ten come back, and leaves nothing behind', async () => {
    const printed = (await play(140)).replaceAll(/\n {2}(?=\S)/g, ' ');
    expect(printed).toMatch(/^dcim from easydcim-bw: 300 services, .* 10 holds\. Nothing was changed\.$/m);
    expect(printed.match(/^holds\.csv,whmcs-\d+/gm)).toEqual(['holds.csv,whmcs-1237', 'holds.csv,whmcs-1260']);
    expect(printed).toContain('The first run on dcim would change nothing.');
    expect(printed).toContain('# Changes on the panel by Sluice so far: 0. Servers that are off: 12\n');
    expect(printed).toMatch(
      /^# On again: 10 \(whmcs-1007, .*\)\. Adopted were 10\. .* off: 2 \(whmcs-1237, whmcs-1260\)$/m,
    );
  });

  it('shortens what commands print, and fits a narrow terminal', async () => {
    const printed = await play(60);
    expect(printed).toMatch(/^… \d+ more lines$/m);
    expect(printed).toMatch(/^poll: 300 services, 300 read, 11 held$/m);
    const copied = /^(\$ | {2}sh )/;
    const wide = printed.split('\n').filter((line) => line.length > 60 && !copied.test(line));
    expect(wide).toEqual([]);
  });

  it('names its commands with --json', async () => {
    const outcome = await bench.sluice('demo --moving-in --json');
    const { steps } = outcome.json<{ steps: DemoStep[] }>();
    expect(steps.filter(({ asExpected }) => !asExpected)).toEqual([]);
    expect(steps.map(({ command }) => command.split(' ')[0])).toEqual([
      'init',
      'adopt',
      'adopt',
      'adopt',
      'plan',
      'enforce',
      'poll',
      'poll',
      'explain',
    ]);
  });
});
