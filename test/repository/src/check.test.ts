import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { makeSmallTree, type SmallTree } from './test/small-tree.js';

const library = (name: string) => ({
  name,
  type: 'module',
  exports: { '.': { '@sluice/source': './src/index.ts', default: './dist/index.js' } },
});
const usesA = "import { top } from '@sluice/a';\ntop();\n";

const files = {
  'package.json': { private: true },
  'packages/a/package.json': library('@sluice/a'),
  'packages/a/src/index.ts': "export { top } from './top.js';\nexport type { Shape } from './shape.js';\n",
  'packages/a/src/shape.ts': 'export interface Shape {\n  size: number;\n}\n',
  'packages/a/src/top.ts': "import { brake } from './brake.js';\n\nexport const top = () => brake();\n",
  'packages/a/src/brake.ts':
    "import type { Shape } from './shape.js';\n\nexport const brake = (): Shape => ({ size: 1 });\nexport const lazy = () => import('./rare.js');\n",
  'packages/a/src/rare.ts': 'export const rare = 1;\n',
  'packages/a/src/rare.test.ts': "import { rare } from './rare.js';\nrare;\n",
  'packages/b/package.json': library('@sluice/b'),
  'packages/b/src/index.ts': 'export const b = 1;\n',
  'packages/b/src/first.test.ts': usesA,
  'packages/b/src/braked.test.ts': usesA,
  'packages/b/src/second.test.ts': usesA,
  'packages/b/src/third.test.ts': usesA,
  'packages/b/src/real.panel.test.ts': usesA,
  'packages/b/src/shape.test.ts': "import type { Shape } from '@sluice/a';\nexport type One = Shape;\n",
  'packages/contract/src/use-cases/holds.ts': 'export const holds = 1;\n',
  'packages/engine/src/readme.test.ts': '',
  'test/repository/src/tool.test.ts': "export const script = 'tool.mjs';\n",
  'scripts/tool.mjs': '',
};
const scripts = ['check.mjs', 'ensure-installed.mjs', 'check/imports.mjs', 'check/select.mjs', 'check/history.mjs'];

let tree: SmallTree;
beforeAll(async () => {
  tree = await makeSmallTree(files, [...scripts, 'jest/command.mjs']);
});
afterAll(async () => {
  await tree[Symbol.asyncDispose]();
});

/** What is checked and tested for a path, without the folder of the packages. */
async function list(...paths: string[]): Promise<{ check: string[]; test: string[] }> {
  const { code, out } = await tree.run('check.mjs', ['--list', ...paths], { INIT_CWD: tree.folder });
  expect([code, out]).toEqual([0, expect.stringContaining('check ')]);
  const named = (kind: string) =>
    [...out.matchAll(new RegExp(`^${kind} (?:packages/)?(.+)$`, 'gm'))].map(([, file]) => file ?? '');
  return { check: named('check'), test: named('test') };
}

it('of a use case the tests that ask for its places are the nearest', async () => {
  expect(await list('packages/contract/src/use-cases/holds.ts')).toEqual({
    check: ['contract/src/use-cases/holds.ts'],
    test: ['engine/src/readme.test.ts'],
  });
});

it('the test beside a file is its nearest', async () => {
  expect(await list('packages/a/src/rare.ts')).toEqual({
    check: ['a/src/brake.ts', 'a/src/rare.test.ts', 'a/src/rare.ts'],
    test: ['a/src/rare.test.ts'],
  });
});

it('else three tests that import it, also through the entry of its package, with its words in their path first', async () => {
  const { test } = await list('packages/a/src/brake.ts');
  expect(test).toEqual(['b/src/braked.test.ts', 'b/src/first.test.ts', 'b/src/second.test.ts']);
});

it('types and lint are checked of what imports the file or its types, by name', async () => {
  expect(await list('packages/a/src/shape.ts')).toEqual({
    check: ['a/src/brake.ts', 'a/src/index.ts', 'a/src/shape.ts', 'b/src/shape.test.ts'],
    test: [],
  });
  expect((await list('packages/a/src/top.ts')).check).toEqual([
    'a/src/index.ts',
    'a/src/top.ts',
    ...['braked', 'first', 'real.panel', 'second', 'third'].map((name) => `b/src/${name}.test.ts`),
  ]);
});

it('a test itself, the tests of a folder, and those that name a script', async () => {
  expect((await list('packages/b/src/third.test.ts')).test).toEqual(['b/src/third.test.ts']);
  const own = ['braked', 'first', 'second', 'shape', 'third'].map((name) => `b/src/${name}.test.ts`);
  expect((await list('packages/b')).test).toEqual(own);
  expect(await list('scripts/tool.mjs')).toEqual({
    check: ['scripts/tool.mjs'],
    test: ['test/repository/src/tool.test.ts'],
  });
});

it('tests that changed together with the file come first, also when it had another name', async () => {
  await tree.write({ 'packages/a/src/brake.ts': `${await tree.read('packages/a/src/brake.ts')}// More.\n` });
  await tree.write({ 'packages/b/src/third.test.ts': `${usesA}// More.\n` });
  await tree.git('commit', '--quiet', '--all', '--message', 'Both');
  expect((await list('packages/a/src/brake.ts')).test).toContain('b/src/third.test.ts');
  await tree.git('mv', 'packages/a/src/brake.ts', 'packages/a/src/halt.ts');
  await tree.write({
    'packages/a/src/top.ts': "import { brake } from './halt.js';\n\nexport const top = () => brake();\n",
  });
  await tree.git('commit', '--quiet', '--all', '--message', 'Rename');
  expect((await list('packages/a/src/halt.ts')).test).toContain('b/src/third.test.ts');
});

it('a path that does not exist is refused', async () => {
  const { code, out } = await tree.run('check.mjs', ['packages/none.ts'], { INIT_CWD: tree.folder });
  expect([code, out]).toEqual([2, 'There is no packages/none.ts.\n']);
});
