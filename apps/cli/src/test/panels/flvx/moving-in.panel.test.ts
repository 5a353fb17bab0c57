import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { benchForEachTest } from '../../each-test.js';
import { onRealPanel } from '../real-panel.js';
import { diffRows, listMovedUsers, makeUser, type PanelPlaces, readState, removeUsers } from './moved-users.js';
import { itWithPanel, LOGIN, PanelApi, password, reason, url, username, workingTunnel } from './real-flvx.js';

const COUNT = 50;
const MARK = `moved-${Date.now().toString(36)}`;

const bench = benchForEachTest(Date.now());
const { run, sluice } = onRealPanel(bench, { FLVX_PASSWORD: password });

/** The tunnel of the panel, another one on the same nodes, and a speed limit. */
async function makePlaces(admin: PanelApi): Promise<PanelPlaces & { remove: () => Promise<void> }> {
  const { id, secret } = await workingTunnel(admin);
  const tunnel = (await admin.post('/tunnel/list')).find((row) => row.id === id)!;
  const inNodeId = (tunnel['inNodeId'] as { nodeId: number }[]).map(({ nodeId }) => ({ nodeId }));
  const how = { type: 1, flow: 1, trafficRatio: 1, inNodeId, outNodeId: [], chainNodes: [], status: 1 };
  await admin.post('/tunnel/create', { name: MARK, ...how });
  const second = (await admin.post('/tunnel/list')).find(({ name }) => name === MARK)!;
  await admin.post('/speed-limit/create', { name: MARK, speed: 80, tunnelId: second.id, tunnelName: MARK, status: 1 });
  const limit = (await admin.post('/speed-limit/list')).find(({ name }) => name === MARK)!;
  return {
    tunnels: [id, second.id],
    speedLimit: limit.id,
    async traffic(forward, permission, bytes) {
      const body = JSON.stringify([{ n: `${forward.id}_${forward.userId}_${permission}_tcp`, u: bytes, d: 0 }]);
      await fetch(`${String(url)}/flow/upload?secret=${secret}`, { method: 'POST', body });
    },
    async remove() {
      await admin.post('/speed-limit/delete', { id: limit.id });
      await admin.post('/tunnel/delete', { id: second.id });
    },
  };
}

function configure(): void {
  const panel = `relay: { kind: flvx, url: "${String(url)}", allowHttp: true, ${LOGIN} }`;
  bench.write('sluice.yaml', `timeZone: UTC\nenforce: observe\npanels:\n  ${panel}\n`);
}

/** Adopts these users; those that others have left on the panel are deleted from the file. */
async function adopt(users: readonly number[]): Promise<void> {
  const { exitCode, stdout, stderr } = await sluice('adopt relay --from panel --out moved');
  // 3: users of others may have something that is to be decided.
  expect({ stdout, stderr, isDone: [0, 3].includes(exitCode) }).toMatchObject({ isDone: true });
  const file = path.join(bench.folder, 'moved', 'services.csv');
  const [header = '', ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const ids = users.map((id) => `relay-${id},`);
  writeFileSync(file, [header, ...rows.filter((row) => ids.some((id) => row.startsWith(id))), ''].join('\n'));
  await run('adopt apply moved');
}

describe('a real FLVX panel with the users of another tool', () => {
  itWithPanel(`is adopted, and no run changes what the plan did not announce${reason}`, async () => {
    const admin = await PanelApi.login(username ?? '', password ?? '');
    const places = await makePlaces(admin);
    const made: number[] = [];
    try {
      for (const user of listMovedUsers(COUNT, Date.now(), MARK))
        made.push(await makeUser(admin, user, places, (name, secret) => PanelApi.login(name, secret)));
      const before = await readState(admin);
      configure();
      await adopt(made);
      const observed = await run<RunReport>('poll');
      expect(observed.totals).toMatchObject({ services: COUNT, unreadable: 0, failed: 0 });
      const planned = await run<RunReport>('plan', 4);
      expect(diffRows(before, await readState(admin))).toEqual([]);

      const announced = new Set(planned.services.filter(({ actions }) => actions.length > 0).map(({ id }) => id));
      const overQuota = made.filter((_id, number) => number % 10 === 4);
      expect([...announced].sort()).toEqual(overQuota.map((id) => `relay-${id}`).sort());
      await run('enforce relay --yes');
      for (const words of ['poll --allow-mass', 'reconcile', 'poll', 'reconcile']) await run(words);
      const changes = diffRows(before, await readState(admin));
      expect([...new Set(changes.map(({ user }) => user))].sort()).toEqual(overQuota.toSorted());
      expect(new Set(changes.flatMap(({ fields }) => fields))).toEqual(new Set(['status']));
      await run('plan');
    } finally {
      await removeUsers(admin, made);
      await places.remove();
    }
  });
});
