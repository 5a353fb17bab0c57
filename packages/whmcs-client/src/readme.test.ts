import { expect, it, jest } from '@jest/globals';
import { startFakeWhmcs } from '@sluice/fake-panels';
import { readFileSync } from 'node:fs';
import { main } from './test/readme-example.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('the README shows an example that works', async () => {
  const [, example = 'missing'] =
    /\/\/ example\n([\s\S]*?)\/\/ end of example/.exec(read('./test/readme-example.ts')) ?? [];
  expect(read('../README.md')).toContain(example.trim().replace('../index.js', '@sluice/whmcs-client'));

  const fake = await startFakeWhmcs();
  const client = fake.addClient({ id: 77, credit: '12.50' });
  fake.addService({ id: 311, client, product: fake.addProduct(), nextDueDate: '2026-12-03' });
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  await main(fake.url, fake.identifier, fake.secret);
  expect(log.mock.calls).toEqual([['311 Active, due on 2026-12-03'], ['credit: 12.50 EUR']]);
  log.mockRestore();
  await fake.close();
});
