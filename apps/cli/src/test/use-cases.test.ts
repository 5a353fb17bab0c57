import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findInput, METHODS, onlyReads, USE_CASES, type UseCase } from '@sluice/contract';
import { ENDPOINTS } from '@sluice/contract/endpoints';
import { listNodes } from '../terminal/completion/script.js';
import { wholeProgram } from '../cli.js';

const ROOT = path.resolve(import.meta.dirname, '../../../..');

/** What the command line does by itself: it asks no use case, or it puts several together. */
const OWN = [
  ...['init', 'demo', 'completion', 'version', 'serve', 'worker', 'config check', 'config schema', 'profile check'],
  ...['db check', 'db migrate', 'db backup', 'db restore', 'db copy', 'schedule show', 'schedule install'],
];

/** What the log has no run of, in which a note would stand. */
const UNLOGGED = /^(plan|metrics|access\..*|notices\.(send|test))$/;

const nodes = new Map(
  listNodes(wholeProgram('0'))
    .filter(({ words }) => words.length > 0 && words.at(-1) !== 'help')
    .map(({ words, options, subcommands }) => [
      words.join(' '),
      { flags: options.flatMap(({ names }) => names), subcommands },
    ]),
);

const offered = (Object.keys(USE_CASES) as UseCase[]).flatMap((useCase) =>
  [USE_CASES[useCase].command ?? []].flat().map((command) => {
    const [words = '', option] = command.split(/ (?=--)/);
    return { useCase, words, option };
  }),
);

/** Returns the keys of the options that a use case accepts. */
function listOptions(useCase: UseCase): string[] {
  interface Shape {
    _zod: { def: { items?: Shape[]; innerType?: Shape; shape?: object } };
  }
  const { items = [] } = (findInput(useCase)?.args as unknown as Shape | undefined)?._zod.def ?? {};
  return items.flatMap(({ _zod: { def } }) => Object.keys((def.innerType?._zod.def ?? def).shape ?? {}));
}

describe('commands and use cases', () => {
  it('has a command for each that the list of use cases names', () => {
    const lacking = offered.filter(({ words, option }) => {
      const node = nodes.get(words);
      return node === undefined || (option !== undefined && !node.flags.includes(option));
    });
    expect(lacking).toEqual([]);
  });

  it('lists each command with its use case', () => {
    const known = new Set([...offered.map(({ words }) => words), ...OWN]);
    const leaves = [...nodes].filter(([, { subcommands }]) => subcommands.length === 0).map(([words]) => words);
    expect(leaves.filter((words) => !known.has(words))).toEqual([]);
    expect(OWN.filter((words) => !leaves.includes(words) || offered.some((each) => each.words === words))).toEqual([]);
  });

  const changing = offered.filter(({ useCase }) => !onlyReads(useCase) && !UNLOGGED.test(useCase));

  it.each([
    ['note', '--note'],
    ['actor', '--actor'],
    ['dryRun', '--dry-run'],
    ['waitMs', '--wait-lock'],
  ])('offers %s as %s where the use case accepts it', (key, flag) => {
    const lacking = changing.filter(
      ({ useCase, words }) => listOptions(useCase).includes(key) && !nodes.get(words)?.flags.includes(flag),
    );
    expect(lacking.map(({ useCase, words }) => `${words} (${useCase})`)).toEqual([]);
  });

  it('are what docs/use-cases.md was written from', async () => {
    const script = path.join(ROOT, 'scripts', 'use-case-docs.mjs');
    const { useCaseDocs } = (await import(script)) as { useCaseDocs: (lists: object) => Promise<string> };
    const written = readFileSync(path.join(ROOT, 'docs', 'use-cases.md'), 'utf8');
    expect(written).toBe(await useCaseDocs({ useCases: USE_CASES, endpoints: ENDPOINTS, methods: METHODS }));
  });
});
