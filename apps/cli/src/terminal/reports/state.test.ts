import { expect, it } from '@jest/globals';
import type { Because, Explanation } from '@sluice/engine';
import { Terminal } from '../terminal.js';
import { explainState } from './state.js';

const NOW = '2026-11-20T13:00:00.000Z';
const stdout = { write: () => true };
const host = {
  ...{ stdout, stderr: stdout, env: {}, clock: { now: () => Date.parse(NOW) } },
  randomBytes: (count: number) => new Uint8Array(count),
};
const { times } = new Terminal(host, {}, { timeZone: 'UTC', panels: {} });

/** Returns what is printed of a reason. */
function print(code: Because['code'], text: string, details: Because['details'] = {}, more: object = {}): string {
  const service = { ...{ id: 'svc-1', panel: 'vpn', product: 'vpn 50', error: null }, ...more };
  const found = { because: [{ code, text, details }], service } as unknown as Explanation;
  return explainState(found, times).join('\n');
}

it('a command follows the sentence, with its names as words of a shell', () => {
  expect(print('end_next_run', 'It has room again.')).toBe('It has room again: sluice poll --service svc-1.');
  expect(print('exceeded_observed', 'It is under observe.')).toBe(
    "It is under observe. To restrict it from the next run on: sluice enforce vpn --only 'vpn 50'.",
  );
  expect(print('ended', 'svc-1 is terminated.')).toBe('svc-1 is terminated.');
});

it('the first text whose details are known is used, one command for each of several names', () => {
  const says = (details: Because['details']): string => print('until_agent', 'It is released.', details);
  expect(says({ suspended: ['top'], limited: ['north', 'it s'] })).toBe(
    "It is released: sluice agent unsuspend top --panel vpn; sluice agent limit north --gb N --panel vpn; sluice agent limit 'it s' --gb N --panel vpn.",
  );
  expect(says({ checks: 'north' })).toBe('It is released: sluice agent check --all --panel vpn.');
  expect(says({ barred: ['west'] })).toBe('It is released.');
});

it('times are those of the terminal: the end of a cycle as a date, a reading by its age', () => {
  const details = { cycleEnd: '2026-12-15T00:00:00.000Z', readAt: '2026-11-20T12:30:00.000Z' };
  const text = `Held since ${NOW} until ${details.cycleEnd}. The figures were read ${details.readAt}.`;
  expect(print('below_allowance', text, details)).toBe(
    'Held since 20 Nov 2026 13:00 until 15 Dec 2026. The figures were read 30 min ago.',
  );
});

it('the error of a run is followed by its own remedy', () => {
  const error = { code: 'change_reversed', message: 'it was reversed by something else.' };
  const text = 'The last run could not finish: it was reversed by something else. The figures are old.';
  expect(print('run_failed', text, { error: error.code }, { error })).toMatch(
    /^The last run could not finish: it was reversed by something else\. \S.* The figures are old\.$/,
  );
});
