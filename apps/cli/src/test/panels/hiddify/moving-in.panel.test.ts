import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import type { AgentList, CheckReport, RunReport } from '@sluice/engine';
import { benchForEachTest } from '../../each-test.js';
import { onRealPanel } from '../real-panel.js';
import { api, base, change, GB, itWithPanel, key, reason, type User, users } from './panel-api.js';

const bench = benchForEachTest(Date.now());
const { sluice, run } = onRealPanel(bench, { HIDDIFY_KEY: key });

let made: string[];
let agents: string[];
beforeEach(() => {
  made = [];
  agents = [];
});
afterEach(async () => {
  for (const uuid of made) await api('DELETE', `/user/${uuid}/`);
  for (const agent of agents) await api('DELETE', `/admin_user/${agent}/`);
});

async function addAgent(name: string, parent?: string): Promise<string> {
  const uuid = randomUUID();
  agents.unshift(uuid);
  const account = { uuid, name, mode: 'agent', can_add_admin: false, lang: 'en' };
  const { status } = await api('POST', '/admin_user/', {
    ...account,
    ...(parent === undefined ? {} : { parent_admin_uuid: parent }),
  });
  expect(status).toBe(200);
  return uuid;
}

const dayFromNow = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** Creates a user that began ten days ago, then changes it as the panel or staff has. */
async function addUser(name: string, fields: object = {}, later?: Partial<User>): Promise<string> {
  const uuid = randomUUID();
  const sold = { usage_limit_GB: 50, package_days: 30, start_date: dayFromNow(-10), mode: 'no_reset' };
  const { status } = await api('POST', '/user/', { uuid, name, ...sold, ...fields });
  expect({ name, status }).toEqual({ name, status: 200 });
  made.push(uuid);
  if (later !== undefined) await change(uuid, later);
  return uuid;
}

/** Fifty users of a running shop; returns those that are used up and enabled. */
async function fill(): Promise<string[]> {
  const north = await addAgent('شمال, "N"');
  const east = await addAgent('east', north);
  const used = [
    await addUser('used', { usage_limit_GB: 5 }, { current_usage_GB: 5 }),
    await addUser('over', { usage_limit_GB: 5, added_by_uuid: north }, { current_usage_GB: 9 }),
  ];
  await addUser('刘洋, "سارا"\n😀', { added_by_uuid: east }, { current_usage_GB: 3.3 });
  await addUser('twin');
  await addUser('twin', { added_by_uuid: north });
  await addUser('stopped', { usage_limit_GB: 5 }, { current_usage_GB: 9, enable: false });
  await addUser('disabled', { added_by_uuid: east }, { enable: false });
  await addUser('unstarted', { start_date: undefined });
  await addUser('expired', { start_date: dayFromNow(-100) }, { current_usage_GB: 2 });
  await addUser('long', { package_days: 90, start_date: dayFromNow(-50) }, { current_usage_GB: 40 });
  await addUser('endless', { package_days: 10_000 });
  await addUser('no days', { package_days: 0 });
  await addUser(
    'monthly',
    { mode: 'monthly', package_days: 90, start_date: dayFromNow(-40) },
    { current_usage_GB: 12 },
  );
  await addUser('daily', { mode: 'daily', usage_limit_GB: 1 }, { current_usage_GB: 0.5 });
  await addUser('nothing', {}, { usage_limit_GB: 0 });
  await addUser('negative', {}, { usage_limit_GB: -1 });
  await addUser('unlimited', { usage_limit_GB: 1_000_000 }, { current_usage_GB: 200 });
  await addUser('endless, unstarted', { usage_limit_GB: 1_000_000, start_date: undefined });
  await addUser('exact', { usage_limit_GB: 7.3 }, { current_usage_GB: 1.1 });
  const owners = [undefined, north, east];
  while (made.length < 50) {
    const n = made.length;
    const sold = { usage_limit_GB: [10, 20, 50][n % 3], start_date: dayFromNow(-(n % 25)) };
    await addUser(`user ${n}`, { ...sold, added_by_uuid: owners[n % 3] }, { current_usage_GB: n / 10 });
  }
  return used;
}

/** All that the panel shows of users and accounts. */
async function readAll(): Promise<Map<string, object>> {
  const accounts = (await api('GET', '/admin_user/')).body as { uuid: string }[];
  return new Map([...(await users()), ...accounts].map((row) => [row.uuid, row]));
}

type Shown = Awaited<ReturnType<typeof readAll>>;

const listChanged = (before: Shown, after: Shown): string[] =>
  [...before.keys()].filter((uuid) => JSON.stringify(after.get(uuid)) !== JSON.stringify(before.get(uuid))).sort();

function configure(): void {
  bench.write(
    'sluice.yaml',
    `timeZone: UTC\npanels:\n  vpn: { kind: hiddify, url: "${base}", allowHttp: true, apiKey: "\${env:HIDDIFY_KEY}" }\n`,
  );
}

/** Adopts into the folder `adopted`; what an operator has to decide is not a failure. */
async function adopt(words: string): Promise<void> {
  const { exitCode, stdout } = await sluice(`adopt vpn ${words} --out adopted`);
  expect(`${exitCode} ${stdout}`).toMatch(/^[03] /);
  expect(stdout).not.toContain(String(key));
}

describe('a real Hiddify panel with users', () => {
  itWithPanel(
    `is adopted, observed and enforced, and nothing changes but what the plan announced${reason}`,
    async () => {
      const used = await fill();
      configure();
      const before = await readAll();

      await adopt('--from panel');
      await run('adopt apply adopted');
      await run('observe vpn');
      expect((await run<{ entries: unknown[] }>('panel unassigned vpn')).entries).toEqual([]);
      const planned = (await sluice('plan')).json<RunReport>();
      const announced = planned.services.flatMap(({ actions }) =>
        actions.map(({ type, target }) => `${type} ${target}`),
      );
      expect(announced.sort()).toEqual(used.map((uuid) => `disable-user ${uuid}`).sort());
      await run('poll');
      expect(await readAll()).toEqual(before);

      await run('enforce vpn --yes');
      await run('reconcile');
      await run('poll');
      const after = await readAll();
      expect(listChanged(before, after)).toEqual([...used].sort());
      for (const uuid of used) {
        const { enable: _enabled, is_active: _active, ...rest } = before.get(uuid) as User;
        expect(after.get(uuid)).toMatchObject({ ...rest, enable: false });
      }
      expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
      expect((await run<RunReport>('plan')).services.flatMap(({ actions }) => actions)).toEqual([]);
    },
  );

  itWithPanel(`has the limits of its add-on, which count what that counted${reason}`, async () => {
    const north = await addAgent('north');
    const east = await addAgent('east', north);
    const south = await addAgent('south');
    await addUser('anna', { added_by_uuid: north }, { current_usage_GB: 3 });
    await addUser('bela', { added_by_uuid: east }, { current_usage_GB: 2.5 });
    const full = await addUser('full', { added_by_uuid: south }, { current_usage_GB: 4 });
    configure();
    mkdirSync(path.join(bench.folder, 'tables'));
    bench.write(
      'tables/admin_user.csv',
      `id,uuid,traffic_limit\n7,${north},${10 * GB}\n8,${east},0\n9,${south},${4 * GB}\n`,
    );
    const before = await readAll();

    await adopt('--from hiddify --in tables');
    expect(bench.read('adopted/agents.csv')).toContain(`${north},10,5.5`);
    expect(bench.read('adopted/undecided.csv')).toContain(`{ 7: ${north}, 8: ${east}, 9: ${south} }`);
    await run('adopt apply adopted --yes');
    const { agents: listed } = await run<AgentList>('agent list');
    const figures = new Map(listed.map(({ uuid, limitBytes, usedBytes }) => [uuid, [limitBytes, usedBytes]]));
    expect([north, east, south].map((uuid) => figures.get(uuid))).toEqual([
      [10 * GB, 5.5 * GB],
      [null, 2.5 * GB],
      [4 * GB, 4 * GB],
    ]);
    expect(await readAll()).toEqual(before);

    await run('enforce vpn --yes');
    const { totals } = await run<CheckReport>('agent check --all');
    expect(totals).toMatchObject({ exceeded: 1, disabled: 1, failed: 0 });
    const after = await readAll();
    expect(listChanged(before, after)).toEqual([full]);
    expect((await run<CheckReport>('agent check --all')).totals).toMatchObject({ disabled: 0, restored: 0 });
  });
});
