import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import * as z from 'zod/mini';
import type { PanelDependencies, PanelToOpen } from './index.js';
import { example } from './test/readme-example.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('the README shows an example that works', async () => {
  const [, code = 'missing'] =
    /\/\/ example\n([\s\S]*?)\/\/ end of example/.exec(read('./test/readme-example.ts')) ?? [];
  expect(read('../README.md')).toContain(code.trim().replace('../index.js', '@sluice/panel-kind'));

  const schema = z.object(example.panelShape);
  expect(schema.parse({ token: '${env:TOKEN}' })).toEqual({ token: '${env:TOKEN}' });
  expect(schema.safeParse({ token: '' }).success).toBe(false);
  const panel = { name: 'one', settings: { adaptive: false, retries: 1, timeout: 1000 } } as unknown as PanelToOpen;
  const opened = await example.open(panel, {} as PanelDependencies);
  expect(opened).toMatchObject({
    name: 'one',
    transport: { concurrency: 8, retry: { attempts: 2 }, timeouts: { attemptMs: 1000, totalMs: 4000 } },
  });
});
