import { chmodSync, existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ProcessEnd, runCommand } from './command-process.js';
import { importServices, type KillBench, startKillBench } from './kill/kill-bench.js';

let at: KillBench;

/** A file that is always full. */
const full = existsSync('/dev/full') ? it : it.skip;

beforeAll(async () => {
  at = await startKillBench('a file');
  await importServices(at, [{ number: 1, product: 'both' }]);
});

afterAll(() => at.close());

/** Runs the built command in a shell's line, where `"$@"` stands for it. */
function inShell(line: string, words: string): Promise<ProcessEnd> {
  const through = ['/bin/bash', '-c', `set -o pipefail; ${line}`, 'bash'];
  return runCommand(words.split(' '), { cwd: at.bench.folder, env: at.env, through });
}

describe('standard output that can not be written', () => {
  full('is a failure that is named, also where the command itself was done (needs /dev/full)', async () => {
    const { exitCode, stderr } = await inShell('"$@" > /dev/full', 'service export');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^sluice: the output was not written: .*ENOSPC/);
  });
});

describe('standard output that nobody reads', () => {
  it.each([
    ['service list', 0],
    ['service show nosuch --json', 1],
    ['service show', 2],
  ])('does not change how "%s" ends', async (words, expected) => {
    const { exitCode, stderr } = await inShell('"$@" | true', words);
    expect([exitCode, stderr.includes('EPIPE')]).toEqual([expected, false]);
  });

  it('ends a log that is followed', async () => {
    const { exitCode } = await at.bench.sluice('log list --follow', { readerGone: AbortSignal.abort() });
    expect(exitCode).toBe(0);
  });
});

describe('standard error that can not be written', () => {
  full('does not stop a run (needs /dev/full)', async () => {
    const token = at.env['DCIM_TOKEN'] ?? '';
    at.bench.write('open.yaml', at.bench.read('sluice.yaml').replace('${env:DCIM_TOKEN}', token));
    chmodSync(at.bench.path('open.yaml'), 0o644);
    const warned = await inShell('"$@"', '--config open.yaml service list');
    expect(warned.stderr).toContain('every user of this machine can read');
    const { exitCode, stdout } = await inShell('"$@" 2> /dev/full', '--config open.yaml service list');
    expect([exitCode, stdout]).toEqual([0, warned.stdout]);
  });
});
