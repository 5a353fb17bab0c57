import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import * as account from './account/index.js';
import * as client from './index.js';
import * as panel from './panel/index.js';
import { useWorld } from './test/world.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('the README', () => {
  const world = useWorld();

  it('has what each call of the manager returns', () => {
    const rows = readme.split('\n').filter((line) => line.startsWith('| `'));
    const calls = Object.getOwnPropertyNames(panel.AgentTrafficManager.prototype).filter(
      (name) => name !== 'constructor',
    );
    expect(calls.filter((name) => !rows.some((row) => row.includes(`\`${name}(`)))).toEqual([]);
  });

  it('shows code that runs', async () => {
    world.fake.addAgent(undefined, { name: 'north' });
    const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
    expect(blocks).toHaveLength(3);
    const code = blocks.join('\n').replace(/^import .*$/gm, '');
    const said: unknown[][] = [];
    const asked: string[] = [];
    const agents = new Proxy({} as panel.AgentEngine['agents'], {
      get: (_target, name: string) => (): Promise<unknown> => {
        asked.push(name);
        return Promise.resolve({ allowed: true, user: {}, totals: {}, remainingBytes: 0, exceeded: false });
      },
    });
    const { client: panelClient, clock, fake } = world;
    await runInNewContext(`(async () => {${code}})()`, {
      ...client,
      ...account,
      ...panel,
      sluice: { agents },
      createHiddifyClient: (options: client.HiddifyClientOptions) =>
        client.createHiddifyClient({ ...options, baseUrl: fake.link, allowHttp: true, clock }),
      console: { log: (...words: unknown[]) => said.push(words) },
    });
    expect(asked).toEqual(['limit', 'canCreateUser', 'createUser', 'check', 'show', 'show']);
    const { users } = await panelClient.users.list();
    expect(users.map(({ name }) => name).sort()).toEqual(['anna', 'svc-1']);
    expect(users.find(({ name }) => name === 'svc-1')).toMatchObject({ startDate: '2026-04-01', packageDays: 30 });
    expect(said.at(-1)).toEqual(['changed']);
  });

  it('names every code of the library and of the panel', () => {
    const source = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');
    const codes = [
      ...source('./errors.ts').matchAll(/^ {2}\| '([a-z_]+)'/gm),
      ...source('./client/refusal.ts').matchAll(/^ {2}\| '([a-z_]+)'/gm),
    ];
    expect(codes.length).toBeGreaterThan(30);
    for (const [, code = ''] of codes) expect(readme).toContain(`\`${code}\``);
  });
});
