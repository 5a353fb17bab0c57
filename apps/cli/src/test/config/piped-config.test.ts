import { describe, expect, it } from '@jest/globals';
import { runCommand } from '../command-process.js';
import { benchForEachTest } from '../each-test.js';

const bench = benchForEachTest();

/** Runs the built command with a config that the shell writes into a pipe. */
const run = (words: string) =>
  runCommand(words.split(' '), {
    cwd: bench.folder,
    env: {},
    through: ['/bin/bash', '-c', `"$@" --config <(echo '{ panels: {}, state: ${bench.path('sluice.db')} }')`, 'bash'],
  });

describe('a config from a pipe of the shell', () => {
  it('is enough for one command, and refused where it is read again', async () => {
    const checked = await run('config check');
    expect([checked.exitCode, checked.stderr]).toEqual([0, '']);
    const released = await run('hold release --all --yes');
    expect([released.exitCode, released.stderr]).toEqual([0, '']);
    const served = await run('serve');
    expect([served.exitCode, served.stderr]).toEqual([
      2,
      expect.stringMatching(/\/dev\/fd\/\d+: it is a pipe or a device, not a file/),
    ]);
  });
});
