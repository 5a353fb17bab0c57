import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startFlvxBench } from '../bench/flvx-bench.js';

const MINUTE = 60_000;

const at = useBench(() => startFlvxBench());

const read = async (id: string) => {
  const service = await at.bench.store.services.get(id);
  return service?.name ?? null;
};

/** Adds a service of a new account of the panel with this name. */
async function addAccount(number: number, name: string, values: Record<string, string> = {}): Promise<number> {
  const user = at.panel.addUser({
    user: name,
    flow: 100,
    flowResetTime: 0,
    expTime: Date.parse('2027-06-01T00:00:00Z'),
  });
  at.panel.addPermission(user, at.tunnels.hk);
  await at.addService(number, { values: { flvx_user_id: `${user}`, ...values } });
  return user;
}

const rename = (user: number, name: string) => Object.assign(at.panel.world.users.get(user) ?? {}, { user: name });

async function poll(): Promise<void> {
  at.bench.clock.advance(5 * MINUTE);
  await at.poll();
}

it('are those of the accounts, and follow them, where nobody has named the services', async () => {
  const user = await addAccount(1, 'Café Müller');
  await addAccount(2, 'their name', { name: 'Imported' });
  await poll();
  expect([await read('svc-1'), await read('svc-2')]).toEqual(['Café Müller', 'Imported']);
  rename(user, 'Café Roma');
  await poll();
  expect(await read('svc-1')).toBe('Café Roma');
  expect((await at.sluice.services.list({ search: 'cafe roma' })).services.map(({ id }) => id)).toEqual(['svc-1']);
  expect((await at.sluice.services.export()).map(({ id, name }) => [id, name])).toEqual([
    ['svc-1', 'Café Roma'],
    ['svc-2', 'Imported'],
  ]);
});

it('give way to what a person sets, also to the same name, and come back once that is removed', async () => {
  const user = await addAccount(1, 'relay');
  await poll();
  await at.sluice.services.set('svc-1', { name: 'relay' });
  rename(user, 'other');
  await poll();
  expect(await read('svc-1')).toBe('relay');
  await at.sluice.services.set('svc-1', { name: '' });
  await poll();
  expect(await read('svc-1')).toBe('other');
  await at.sluice.services.set('svc-1', { name: 'Paris' });
  await poll();
  expect(await read('svc-1')).toBe('Paris');
});

it('stay the names of the panel in an import of what was exported', async () => {
  const user = await addAccount(1, 'relay');
  await poll();
  const rows = await at.sluice.services.export();
  expect((await at.sluice.services.import(rows)).totals).toMatchObject({ changed: 0 });
  rename(user, 'other');
  await poll();
  expect(await read('svc-1')).toBe('other');
});

it('are cleaned and cut, and never the id or a name that Sluice made up', async () => {
  await addAccount(1, `\u202Egro.live\u001B[31m <b>\n\u0000${'x'.repeat(300)}`);
  await addAccount(2, 'svc-2');
  await addAccount(3, '\u200B\u202E ');
  await at.create(4);
  await poll();
  const name = (await read('svc-1')) ?? '';
  expect(Array.from(name)).toHaveLength(200);
  expect(name).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  for (const id of ['svc-2', 'svc-3', 'svc-4']) expect([id, await read(id)]).toEqual([id, null]);
});

it('count as no change', async () => {
  await addAccount(1, 'relay');
  await addAccount(2, 'their name', { name: 'Imported' });
  await poll();
  const [named, imported] = [await at.bench.store.services.get('svc-1'), await at.bench.store.services.get('svc-2')];
  expect([named?.name, imported?.name]).toEqual(['relay', 'Imported']);
  expect(named?.updatedAt).toBe(named?.createdAt);
  expect(await at.bench.store.overview.changed()).toEqual([]);
});

it('are not changed by a preview', async () => {
  await addAccount(1, 'relay');
  await at.poll({ dryRun: true });
  expect(await read('svc-1')).toBeNull();
});
