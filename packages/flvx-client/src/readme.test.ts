import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { customerAndNeighbour } from './test/customers.js';
import { planTerminate } from './account/index.js';
import { carryOut, type Journal } from './test/carry-out.js';
import { drift, provision } from './test/readme-example.js';
import { sell } from './test/readme-first.js';
import { name, password, startWorld, type World } from './test/world.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const readme = read('../README.md');
const source =
  ['first', 'example'].map((name) => read(`./test/readme-${name}.ts`)).join('') + read('./test/carry-out.ts');

const lines: string[] = [];
const journal: Journal = {
  planned: ({ id }) => Promise.resolve(void lines.push(`planned ${id}`)),
  ended: ({ id }, { state }) => Promise.resolve(void lines.push(`${state} ${id}`)),
};

let world: World;
beforeEach(async () => {
  lines.length = 0;
  world = await startWorld();
});
afterEach(async () => {
  await world.close();
});

/** A part of the file of examples, as the manual shows it. */
function shown(part: string): string {
  const [, text = 'missing'] = new RegExp(`// ${part}\\n([\\s\\S]*?)// end of ${part}`).exec(source) ?? [];
  return text
    .trim()
    .replace('../account/index.js', '@sluice/flvx-client/account')
    .replace('../index.js', '@sluice/flvx-client');
}

describe('the README', () => {
  it.each(['first', 'example', 'loop', 'poll'])('shows what is tested here: %s', (part) => {
    expect(readme).toContain(shown(part));
  });

  it('begins with an account in at most 20 lines', async () => {
    expect(shown('first').split('\n').length).toBeLessThanOrEqual(20);
    expect(readme.indexOf(shown('first'))).toBe(readme.indexOf('```ts') + '```ts\n'.length);
    const tunnel = world.flvx.addTunnel();
    const options = { panel: 'relay', baseUrl: world.flvx.url, allowHttp: true, username: 'admin_user' };
    const { id } = await sell({ ...options, password: 'admin_user' }, name, password, tunnel);
    expect(world.flvx.user(id)).toMatchObject({ user: name, flow: 100, num: 10, status: 1 });
    expect(world.flvx.permission(id, tunnel)).toMatchObject({ status: 1 });
  });

  it('provisions an account with a speed of its own', async () => {
    const tunnel = world.flvx.addTunnel();
    const options = { panel: 'relay', baseUrl: world.flvx.url, allowHttp: true, username: 'admin_user' };
    const id = await provision({ ...options, password: 'admin_user' }, journal, { name, password, tunnelId: tunnel });
    const limit = world.flvx.permission(id, tunnel)?.speedId;
    expect(world.flvx.world.limits.get(limit ?? 0)).toMatchObject({ name: `sluice:${name}:50M`, speed: 50 });
    expect(world.flvx.user(id)).toMatchObject({ user: name, flow: 100, num: 10, flowResetTime: 0 });
    expect(lines.slice(0, 2)).toEqual([`planned create-user:${name}`, `applied create-user:${name}`]);
  });

  it('removes an account with a journal', async () => {
    customerAndNeighbour(world.flvx);
    const { done } = await carryOut(world.client, { userId: 2 }, (account) => planTerminate(account), { journal });
    expect(done).toBe(true);
    expect(world.flvx.runningForwards()).toEqual([5]);
    expect(world.flvx.user(2)).toBeUndefined();
    expect(lines.slice(0, 2)).toEqual(['planned update-user:2', 'applied update-user:2']);
  });

  it('finds what is wrong from one snapshot', async () => {
    customerAndNeighbour(world.flvx);
    world.flvx.world.users.get(3)!.flow = 7;
    const wrong = await drift(world.client, [2, 3]);
    expect([...wrong].map(([id, steps]) => [id, steps.map((step) => step.type)])).toEqual([
      [3, ['update-user', 'assign-tunnel', 'pause-forward']],
    ]);
    expect(world.flvx.server.calls).toHaveLength(6);
  });

  it.each([
    ['./index.ts', 50],
    ['./account/index.ts', 30],
  ])('names every export of %s, at most %i', (entry, most) => {
    const names = listExports(entry);
    expect(names.length).toBeGreaterThan(20);
    expect(names.length).toBeLessThanOrEqual(most);
    expect(names.filter((name) => !new RegExp(`\`${name}[\`(]`).test(readme))).toEqual([]);
  });
});

/** Names that an entry point exports, types included. */
function listExports(entry: string): string[] {
  const index = read(entry).replaceAll(/\btype\b/g, ' ');
  return [...index.matchAll(/export\s*\{([^}]*)\}/g)].flatMap(([, list = '']) =>
    list
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
}
