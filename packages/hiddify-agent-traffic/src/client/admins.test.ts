import { describe, expect, it } from '@jest/globals';
import { useWorld } from '../test/world.js';
import { SELF } from './records.js';

describe('accounts', () => {
  const world = useWorld();

  it('are made below the key or below another, always with a uuid', async () => {
    const { admins } = world.client;
    const north = await admins.create({ name: 'north', role: 'agent', canAddAdmin: true });
    expect(north).toMatchObject({ name: 'north', role: 'agent', parent: SELF, canAddAdmin: true });
    const east = await admins.create({ name: 'north-east', role: 'agent', parent: north.uuid ?? '' });
    expect(east.parent).toBe(north.uuid);
    expect((await admins.list()).admins.map(({ name }) => name).sort()).toEqual(['Owner', 'north', 'north-east']);
    expect(await admins.get(SELF)).toMatchObject({ uuid: SELF, parent: SELF, role: 'super_admin' });
  });

  it('have no parent invented for them', async () => {
    await expect(
      world.client.admins.create({ name: 'x', role: 'agent', parent: world.client.newUuid() }),
    ).rejects.toMatchObject({ code: 'unknown_agent' });
    expect(world.fake.state.admins.size).toBe(1);
  });

  it('stay where they are when something else is changed, although the panel says 500', async () => {
    const north = world.fake.addAgent(undefined, { name: 'north' });
    const east = world.fake.addAgent(north, { name: 'north-east' });
    const changed = await world.client.admins.update(east, { comment: 'moved desk', maxUsers: 5 });
    expect(changed).toMatchObject({ comment: 'moved desk', parent: north, maxUsers: 5 });
    expect(world.fake.server.calls.some(({ status }) => status === 500)).toBe(true);
    expect((await world.client.admins.update(east, { parent: SELF })).parent).toBe(SELF);
  });

  it('say so when a change was really refused', async () => {
    const north = world.fake.addAgent();
    world.fake.server.inject({ endpoint: /PATCH/, fault: { kind: 'status', status: 500, body: { msg: 'boom' } } });
    await expect(world.client.admins.update(north, { comment: 'x' })).rejects.toMatchObject({
      code: 'PANEL_SERVER_ERROR',
      outcomeUnknown: false,
    });
  });

  it('are removed from the leaves up', async () => {
    const north = world.fake.addAgent();
    const east = world.fake.addAgent(north);
    await expect(world.client.admins.remove(north)).rejects.toMatchObject({ code: 'PANEL_SERVER_ERROR' });
    expect(await world.client.admins.remove(east)).toBe('removed');
    expect(await world.client.admins.remove(north)).toBe('removed');
    expect(await world.client.admins.remove(north)).toBe('gone');
    expect(await world.client.admins.get(north)).toBeNull();
  });
});
