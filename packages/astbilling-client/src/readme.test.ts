import { expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { toAnswer, openPanel } from './test/panel.js';
import { main } from './test/readme-example.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('the README shows an example that works', async () => {
  const [, example = 'missing'] =
    /\/\/ example\n([\s\S]*?)\/\/ end of example/.exec(read('./test/readme-example.ts')) ?? [];
  expect(read('../README.md')).toContain(example.trim().replace('../index.js', '@sluice/astbilling-client'));

  const panel = await openPanel(({ path }) =>
    toAnswer(path.endsWith('/cdrs') ? 'cdrs.outside-period' : 'subscribers.find.one'),
  );
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  await main(panel.url, 'demo-token-1');
  expect(log.mock.calls).toEqual([['joao1042 active, reference whmcs:service:311']]);
  log.mockRestore();
  await panel.close();
});
