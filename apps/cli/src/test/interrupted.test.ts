import { beforeEach, expect, it } from '@jest/globals';
import { startForEachTest } from './each-test.js';
import { startEasyDcimBench } from './easydcim-bench.js';
import type { Outcome } from './harness.js';

const at = startForEachTest(() => startEasyDcimBench('', ', concurrency: 1'));
beforeEach(async () => {
  for (const number of [1, 2, 3, 4]) await at.addService(number);
});

/** Runs a command that gets the signal at its call number `nth` of an endpoint, which never ends. */
async function interrupted(words: string, [endpoint, nth]: [RegExp, number], signal: string): Promise<Outcome> {
  const control = new AbortController();
  let seen = 0;
  const match = (): boolean => {
    if (++seen === nth) control.abort(signal);
    return seen === nth;
  };
  at.panel.server.inject({ endpoint, fault: { kind: 'hang' }, match });
  const ended = await at.bench.sluice(words, { signal: control.signal });
  at.panel.server.clearFaults();
  return ended;
}

const MESSAGE = 'Interrupted: 2 of 4 services read, nothing changed';

it('a run that gets a signal exits by the signal, and says how far it came', async () => {
  const document = await interrupted('poll --json', [/bandwidth/, 3], 'SIGTERM');
  expect(document.exitCode).toBe(143);
  expect(document.json()).toMatchObject({ error: { code: 'interrupted', message: MESSAGE } });
  const text = await interrupted('poll', [/bandwidth/, 3], 'SIGINT');
  expect([text.exitCode, text.stderr]).toEqual([130, `sluice: ${MESSAGE}\n`]);
  const { entries } = (await at.bench.sluice('log list --runs --limit 2 --json')).json<{
    entries: { exitCode: number }[];
  }>();
  expect(entries.map(({ exitCode }) => exitCode)).toEqual([130, 143]);
});

it.each(['provision suspend svc-1', 'enforce dcim --yes'])(
  '%s exits 130 as interrupted, not as a bug',
  async (words) => {
    await at.bench.sluice('observe dcim');
    const ended = await interrupted(`${words} --json`, [/bandwidth|orders|ports/, 1], 'SIGINT');
    expect(ended.exitCode).toBe(130);
    expect(ended.json()).toMatchObject({ error: { code: 'interrupted' } });
  },
);
