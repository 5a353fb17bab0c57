import { expect } from '@jest/globals';
import type { Bench, Outcome } from './harness.js';

/** A name that sets a terminal's title, clears it, colours it, turns text round, and forges lines in every way there is. */
export const HOSTILE =
  'Evil\u001b]0;pwned\u0007\u001b[2J\u001b[31mRED\u009b2J\r\nFAKE LINE\nFAKE LINE\u2028FAKE LINE\u0085FAKE LINE\u202eabc\u200d\u00ad\u{e0041}end';

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
/** Colours and weights that Sluice prints with. */
const OURS = [1, 2, 22, 31, 32, 33, 36, 39].map((code) => `\u001b[${code}m`);
const withoutOurs = (text: string): string => OURS.reduce((left, code) => left.replaceAll(code, ''), text);

/** Only line ends are left of control characters, and no line begins as the forged ones do. */
export function expectPlain(what: string, text: string): void {
  const lines = text.split('\n');
  expect([what, lines.filter((line) => UNPRINTABLE.test(line))]).toEqual([what, []]);
  expect([what, lines.filter((line) => /^\s*FAKE/.test(line))]).toEqual([what, []]);
}

/** Runs a command for people, in colours and for programs, and looks at all that it printed. */
export async function expectCleanOutput(bench: Bench, words: string | string[]): Promise<Outcome> {
  const list = typeof words === 'string' ? words.split(' ') : words;
  const what = JSON.stringify(list);
  const plain = await bench.sluice(list);
  expectPlain(what, plain.stdout);
  expectPlain(what, plain.stderr);
  bench.env['FORCE_COLOR'] = '1';
  const coloured = await bench.sluice([...list, '--verbose']);
  delete bench.env['FORCE_COLOR'];
  expect([what, coloured.stdout.includes('\u001b[31mRED')]).toEqual([what, false]);
  expectPlain(what, withoutOurs(coloured.stdout));
  expectPlain(what, withoutOurs(coloured.stderr));
  const json = await bench.sluice([...list, '--json']);
  expectPlain(what, json.stdout);
  expectPlain(what, json.stderr);
  return plain;
}

/** Every message that the store keeps is one clean line. */
export async function expectCleanStore(bench: Bench): Promise<void> {
  const messages = await bench.store(async (store) => {
    const page = { after: null, limit: 5000 };
    const [runs, actions, calls] = await Promise.all([
      store.runs.page(page),
      store.actions.page(page),
      store.apiCalls.page(page),
    ]);
    const services = await store.services.ids();
    return [
      ...(await store.notices.list({ limit: 5000 })).map(({ message }) => message),
      ...runs.records.map(({ error }) => error),
      ...actions.records.map(({ errorMessage }) => errorMessage),
      ...calls.records.flatMap(({ path, endpoint, message }) => [path, endpoint, message]),
      ...(await store.decisions.latest(services)).map(({ errorMessage }) => errorMessage),
    ];
  });
  expect(messages.filter((message) => message !== null && UNPRINTABLE.test(message))).toEqual([]);
}
