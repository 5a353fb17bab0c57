import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);
const create = (name: string, dryRun = false) =>
  at.sluice.agents.createUser({ agent: 'north', name, limitBytes: GB, dryRun });
const names = (): string[] => at.panel.listUsers(at.north).map(({ name }) => name);

describe('the name of a new user', () => {
  it.each([
    ['a NUL', 'an\0na', 'U+0000'],
    ['an escape sequence', '\u001B[31manna', 'U+001B'],
    ['a line end', 'anna\nbela', 'U+000A'],
    ['a control character of C1', 'an\u009Bna', 'U+009B'],
    ['an override of the direction', 'anna\u202Egpj.exe', 'U+202E'],
    ['an isolate', 'an\u2067na', 'U+2067'],
    ['a space without width', 'an\u200Bna', 'U+200B'],
    ['a part of a character', 'an\uD800na', 'U+D800'],
  ])('is refused with %s, before the panel is called', async (_what, name, character) => {
    for (const dryRun of [true, false])
      await expect(create(name, dryRun)).rejects.toMatchObject({
        ...{ kind: 'usage', code: 'bad_value', details: { field: 'name' } },
        message: expect.stringContaining(character) as unknown,
      });
    expect(at.panel.server.calls).toEqual([]);
    expect(await at.bench.store.runs.list()).toEqual([]);
  });

  it.each([
    ['empty', '  '],
    ['longer than 100 characters', 'x'.repeat(101)],
  ])('is refused where it is %s', async (_what, name) => {
    await expect(create(name)).rejects.toMatchObject({ code: 'bad_value', details: { field: 'name' } });
    expect(at.panel.server.calls).toEqual([]);
  });

  it('may be in any script, with joiners, and is without blanks at its ends', async () => {
    const long = '😀'.repeat(100);
    for (const name of ['علی\u200Cرضا', '  王小明 ', 'O’Brien <b>&"', long]) await create(name);
    expect(names().sort()).toEqual(['علی\u200Cرضا', '王小明', 'O’Brien <b>&"', long].sort());
  });
});
