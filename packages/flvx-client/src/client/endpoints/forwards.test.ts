import { expect, it } from '@jest/globals';
import { start, useWorld } from '../../test/world.js';

const world = useWorld();

it('tells when each forward was last written to: one instant for all that the panel stopped at once', async () => {
  const { flvx, client, clock } = world;
  const user = flvx.addUser({ flow: 1 });
  const tunnel = flvx.addTunnel({ entryNodes: [flvx.addNode('entry')] });
  flvx.addPermission(user, tunnel);
  const [web, game, off] = ['web', 'game', 'off'].map((name) => flvx.addForward(user, tunnel, { name }));
  clock.at += 1000;
  await flvx.customer(user).pause(off!);
  clock.at += 1000;
  flvx.traffic(web!, 2 ** 30);
  clock.at += 1000;
  flvx.traffic(game!, 2 ** 30);
  expect(await client.forwards.listChanges()).toEqual(
    new Map([
      [web, start + 2000],
      [game, start + 2000],
      [off, start + 1000],
    ]),
  );
});

it('leaves out a forward whose instant cannot be read', async () => {
  const { flvx, client } = world;
  const user = flvx.addUser();
  const tunnel = flvx.addTunnel({ entryNodes: [flvx.addNode('entry')] });
  flvx.addPermission(user, tunnel);
  const first = flvx.addForward(user, tunnel, { name: 'a' });
  flvx.addForward(user, tunnel, { name: 'b' });
  flvx.server.inject({
    endpoint: 'POST /api/v1/backup/export',
    fault: {
      kind: 'mutate',
      change: (json) => {
        const { forwards, ...rest } = json as { forwards: { id: number }[] };
        return { ...rest, forwards: forwards.map((row) => (row.id === first ? row : { ...row, updatedTime: 'soon' })) };
      },
    },
  });
  expect([...(await client.forwards.listChanges()).keys()]).toEqual([first]);
});

it('reads the user of each forward, also where the list lacks it', async () => {
  const { flvx, client } = world;
  const user = flvx.addUser();
  const tunnel = flvx.addTunnel({ entryNodes: [flvx.addNode('entry')] });
  flvx.addPermission(user, tunnel);
  const web = flvx.addForward(user, tunnel);
  const list = {
    endpoint: /forward\/list$/,
    fault: { kind: 'mutate', change: (json: unknown) => ({ ...(json as object), data: [] }) },
  } as const;
  flvx.server.inject(list);
  expect([await client.forwards.list(), await client.forwards.listOwners()]).toEqual([[], new Map([[web, user]])]);
  const change = (): unknown => ({ version: '1.0', exportedAt: 1, forwards: [{ id: web }] });
  flvx.server.inject({ endpoint: /backup\/export$/, fault: { kind: 'mutate', change } });
  await expect(client.forwards.listOwners()).rejects.toMatchObject({ code: 'PANEL_UNREADABLE' });
});

it('reads the ids of speed limits, also where the list lacks them', async () => {
  const { flvx, client } = world;
  const limit = flvx.addSpeedLimit(flvx.addTunnel({ entryNodes: [flvx.addNode('entry')] }), 30, 'staff');
  const change = (json: unknown): unknown => ({ ...(json as object), data: [] });
  flvx.server.inject({ endpoint: /speed-limit\/list$/, fault: { kind: 'mutate', change } });
  expect([await client.speedLimits.list(), await client.speedLimits.listIds()]).toEqual([[], new Set([limit])]);
  const spoil = (): unknown => ({ version: '1.0', exportedAt: 1, speedLimits: [{ name: 'staff' }] });
  flvx.server.inject({ endpoint: /backup\/export$/, fault: { kind: 'mutate', change: spoil } });
  await expect(client.speedLimits.listIds()).rejects.toMatchObject({ code: 'PANEL_UNREADABLE' });
});
