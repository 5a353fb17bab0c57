import { expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { makeSmallTree } from './test/small-tree.js';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const CONFIG = 'dependency-cruiser.config.mjs';
const { scripts } = JSON.parse(read('package.json')) as { scripts: { floors: string } };

/** Runs `npm run floors` in a folder; returns whether it fails, and what it refuses. */
async function findRefused(folder: string): Promise<{ failed: boolean; refused: string[] }> {
  const [program = '', ...args] = scripts.floors.split(' ');
  return new Promise((resolve) => {
    execFile(path.join(root, 'node_modules/.bin', program), args, { cwd: folder }, (error, stdout) => {
      const text = stdout.replaceAll(/ → *\n +/g, ' → ').replaceAll('apps/dashboard/src', '.');
      const refused = [...text.matchAll(/^ *error (.+)$/gm)].map(([, line]) => line ?? '');
      resolve({ failed: error !== null, refused: refused.sort() });
    });
  });
}

it('imports upwards, beside, in a circle and of a folder without a floor are refused; those of tests are not', async () => {
  const dashboard = 'apps/dashboard/src';
  const files = {
    [CONFIG]: read(CONFIG),
    [`${dashboard}/index.ts`]: "export { serve } from './api/serve.js';\nexport { extra } from './extra/extra.js';\n",
    [`${dashboard}/api/serve.ts`]:
      "import type { Task } from '../requests/tasks.js';\nexport const serve = (task: Task) => task;\n",
    [`${dashboard}/api/handlers/handler.ts`]: "export { serve } from '../serve.js';\n",
    [`${dashboard}/visits/page.ts`]: "export { serve } from '../api/serve.js';\n",
    [`${dashboard}/requests/tasks.ts`]:
      "import type { serve } from '../api/serve.js';\nexport type Task = typeof serve;\n",
    [`${dashboard}/server/options.ts`]: "export const read = () => import('../layout/html.js');\n",
    [`${dashboard}/server/options.test.ts`]: "import { serve } from '../api/serve.js';\nserve;\n",
    [`${dashboard}/layout/html.ts`]: 'export const html = 1;\n',
    [`${dashboard}/extra/extra.ts`]: 'export const extra = 1;\n',
    'packages/a/src/one.ts': "export { two } from './two.js';\nexport const one = 1;\n",
    'packages/a/src/two.ts': "import { one } from './one.js';\nexport const two = one;\n",
  };
  await using tree = await makeSmallTree(files, []);
  expect(await findRefused(tree.folder)).toEqual({
    failed: true,
    refused: [
      './api/handlers imports only from floors below: ./api/handlers/handler.ts → ./api/serve.ts',
      './requests imports only from floors below: ./requests/tasks.ts → ./api/serve.ts',
      './server imports only from floors below: ./server/options.ts → ./layout/html.ts',
      './visits imports only from floors below: ./visits/page.ts → ./api/serve.ts',
      'each folder of . has a floor: ./index.ts → ./extra/extra.ts',
      'no circles between files: ./api/serve.ts → ./requests/tasks.ts → ./api/serve.ts',
      'no circles between files: packages/a/src/one.ts → packages/a/src/two.ts → packages/a/src/one.ts',
      'no circles between folders of .: ./api → ./requests → ./api',
      'no circles between folders of .: ./requests → ./api → ./requests',
    ],
  });
});
