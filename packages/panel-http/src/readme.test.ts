import { describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { defaults } from './transport.js';
import { portState } from './test/readme-example.js';
import { json, startServer } from './test/test-server.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const readme = read('../README.md');

describe('the README', () => {
  it('shows an example that works', async () => {
    const [, example = 'missing'] =
      /\/\/ example\n([\s\S]*?)\/\/ end of example/.exec(read('./test/readme-example.ts')) ?? [];
    expect(readme).toContain(example.trim().replace('../index.js', '@sluice/panel-http'));
    const server = await startServer((seen, response) => {
      if (seen.url.endsWith('/9001')) json(response, { data: { id: 9001, admin_state: 'up' } });
      else json(response, {}, 404);
    });
    const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    expect(await portState(`${server.url}/`, 'a-token', 9001)).toBe('up');
    expect(await portState(server.url, 'a-token', 9002)).toBe('gone');
    expect(log.mock.calls.map(([line]) => (line as string).slice(25))).toEqual([
      'GET /api/v3/admin/ports/{id} 200 ',
      expect.stringMatching(/^GET \/api\/v3\/admin\/ports\/\{id\} 404 Panel "dcim1" did not find the object/),
    ]);
    log.mockRestore();
    await server.close();
  });

  it.each([
    ['timeouts.connectMs', defaults.connectMs],
    ['timeouts.attemptMs', defaults.attemptMs],
    ['timeouts.totalMs', defaults.totalMs],
    ['retry.attempts', defaults.retry.attempts],
    ['retry.baseDelayMs', defaults.retry.baseDelayMs],
    ['retry.maxDelayMs', defaults.retry.maxDelayMs],
    ['retry.maxRetryAfterMs', defaults.retry.maxRetryAfterMs],
    ['concurrency', defaults.concurrency],
    ['breaker.cooldownMs', defaults.cooldownMs],
    ['maxBodyBytes', defaults.maxBodyBytes],
  ])('states the default of %s', (option, value) => {
    expect(readme).toMatch(new RegExp(`\\| \`${option.replace('.', '\\.')}\` +\\| ${value} +\\|`));
  });
});
