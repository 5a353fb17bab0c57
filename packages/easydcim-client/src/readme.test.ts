import { expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { main } from './test/readme-example.js';
import { reply, token, usePanel } from './test/test-panel.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

const panel = usePanel();

it('the README shows an example that works', async () => {
  const [, example = 'missing'] =
    /\/\/ example\n([\s\S]*?)\/\/ end of example/.exec(read('./test/readme-example.ts')) ?? [];
  expect(read('../README.md')).toContain(example.trim().replace('../index.js', '@sluice/easydcim-client'));

  const up = new Set([9001, 9003]);
  const row = (id: number, name: string): object => ({ id, name, admin_state: up.has(id) ? 'up' : 'down' });
  panel.answer = ({ line }, response) => {
    if (line.endsWith('/bandwidth')) reply(response, { in: 300 * 1024 ** 3, out: 100 * 1024 ** 3 });
    else if (line.includes('/ports?'))
      reply(response, { data: [row(9001, 'eth0'), row(9002, 'eth1'), row(9003, 'iDRAC')], meta: { last_page: 1 } });
    else if (line.endsWith('/9001/disable')) reply(response, { ok: up.delete(9001) });
    else reply(response, { data: row(9001, 'eth0') });
  };
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  await main(panel.url, token);
  expect(log.mock.calls).toEqual([['switched off: 9001']]);
  expect(panel.lines).toEqual([
    'POST /api/v3/client/services/501/bandwidth',
    'GET /api/v3/client/services/501/ports?with_traffic=true',
    'POST /api/v3/admin/ports/9001/disable',
    'GET /api/v3/admin/ports/9001',
  ]);
  log.mockRestore();
});
