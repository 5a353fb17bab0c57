import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startFlvxBench } from '../bench/flvx-bench.js';

const at = useBench(() => startFlvxBench());

const rename = (user: number, name: string) => Object.assign(at.panel.world.users.get(user) ?? {}, { user: name });

async function poll(): Promise<void> {
  at.bench.clock.advance(300_000);
  await at.poll();
}

/** Adopts accounts with these names, as the panel has them; `edit` changes the names in the rows. */
async function adopt(names: readonly string[], edit = (name: string) => name): Promise<number[]> {
  const users = names.map((user) => {
    const id = at.panel.addUser({ user, flow: 100, flowResetTime: 0, expTime: Date.parse('2027-06-01T00:00:00Z') });
    at.panel.addPermission(id, at.tunnels.hk);
    return id;
  });
  await at.addService(9, { values: { flvx_user_id: String(at.panel.addUser({ user: 'model' })) } });
  const [model] = await at.sluice.services.export();
  const rows = users.map((user, index) => {
    const values = { ...model, id: `svc-${index + 1}`, name: edit(names[index] ?? ''), flvx_user_id: String(user) };
    return Object.fromEntries(Object.entries(values).filter(([, text]) => text !== ''));
  });
  expect(await at.sluice.adoption.apply({ services: rows })).toMatchObject({ stored: true });
  return users;
}

const read = async (number: number) => (await at.bench.store.services.get(`svc-${number}`))?.name ?? null;

it('names of adopted accounts follow the panel', async () => {
  const [user = 0] = await adopt(['relay']);
  expect(await read(1)).toBe('relay');
  await poll();
  rename(user, 'other');
  await poll();
  expect(await read(1)).toBe('other');
});

it('names that a person has set stay: in the rows, or later, also the same one', async () => {
  const [, second = 0] = await adopt(['one', 'two'], (name) => (name === 'one' ? 'Web' : name));
  await at.sluice.services.set('svc-2', { name: 'Two' });
  await at.sluice.services.set('svc-2', { name: 'two' });
  await poll();
  rename(second, 'three');
  await poll();
  expect([await read(1), await read(2)]).toEqual(['Web', 'two']);
});
