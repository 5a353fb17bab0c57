import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import type { AgentDetail, CheckReport, CommandReport, RunReport } from '@sluice/engine';
import { benchForEachTest } from '../../each-test.js';
import type { Outcome } from '../../harness.js';
import { onRealPanel } from '../real-panel.js';
import { api, base, change, GB, isThere, itWithPanel, key, reason, type User, user, users } from './panel-api.js';

const long = process.env['SLUICE_LONG'] === '1';

const readUsers = async (agent: string): Promise<User[]> =>
  (await users()).filter((row) => row.added_by_uuid === agent);

const bench = benchForEachTest(Date.now());
const { start, sluice, run } = onRealPanel(bench, { HIDDIFY_KEY: key });
let agents: string[];
beforeEach(() => {
  agents = [];
});
afterEach(async () => {
  for (const agent of agents) {
    for (const { uuid } of await readUsers(agent)) await api('DELETE', `/user/${uuid}/`);
    await api('DELETE', `/admin_user/${agent}/`);
  }
});

async function addAgent(name: string): Promise<string> {
  const uuid = randomUUID();
  agents.unshift(uuid);
  const { status } = await api('POST', '/admin_user/', { uuid, name, mode: 'agent', can_add_admin: false, lang: 'en' });
  expect(status).toBe(200);
  return uuid;
}

async function addUser(agent: string, gb: number): Promise<string> {
  const uuid = randomUUID();
  await api('POST', '/user/', { uuid, name: 'a user', usage_limit_GB: gb, package_days: 30, added_by_uuid: agent });
  return uuid;
}

function configure(agent: string, panel = ''): void {
  bench.write(
    'sluice.yaml',
    `timeZone: UTC
panels:
  vpn: { kind: hiddify, url: "${base}", allowHttp: true, apiKey: "\${env:HIDDIFY_KEY}"${panel} }
products:
  small: { panel: vpn, quota: { total: 10GB }, hiddify: { agent: ${agent}, packageDays: 30, mode: no_reset } }
  large: { panel: vpn, quota: { total: 30GB }, hiddify: { agent: ${agent}, packageDays: 60, mode: monthly } }
`,
  );
}

const findCode = ({ json }: Outcome): string | undefined => json<{ error?: { code: string } }>().error?.code;

describe('a real Hiddify panel', () => {
  itWithPanel(`carries the life of a user as a service from creation to removal${reason}`, async () => {
    const north = await addAgent('sluice test north');
    configure(north);
    const due = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    await run(`service add svc-1 panel=vpn product=small billing_cycle=monthly next_due_date=${due}`);
    const made = await run<CommandReport>('provision create svc-1');
    const uuid = made.service.refs['hiddify_user_uuid'] ?? '';
    const end = ({ start_date: start, package_days: days }: User): string =>
      new Date(Date.parse(start ?? '') + days * 86_400_000).toISOString().slice(0, 10);
    const first = await user(uuid);
    expect(first).toMatchObject({
      name: 'svc-1',
      usage_limit_GB: 10,
      mode: 'no_reset',
      enable: true,
      is_active: true,
    });
    expect([first.added_by_uuid, end(first)]).toEqual([north, due]);
    expect((await run<CommandReport>('provision create svc-1')).actions).toEqual([]);

    await change(uuid, { current_usage_GB: 9 });
    expect((await run<RunReport>('poll')).services[0]).toMatchObject({
      status: 'ok',
      usage: { totalBytes: 9 * GB },
    });
    await change(uuid, { current_usage_GB: 10 });
    expect((await run<RunReport>('poll')).services[0]).toMatchObject({
      status: 'held',
      actions: [{ type: 'disable-user', target: uuid, state: 'applied' }],
    });
    expect(await user(uuid)).toMatchObject({ enable: false, current_usage_GB: 10 });
    await run('override set svc-1 --quota 20GB');
    await run('poll');
    expect(await user(uuid)).toMatchObject({ enable: true, usage_limit_GB: 20 });
    await run('override clear svc-1');
    await run('override set svc-1 --quota 15GB');
    await run('poll');
    expect(await user(uuid)).toMatchObject({ enable: true, usage_limit_GB: 15 });

    await run('provision suspend svc-1');
    expect((await user(uuid)).enable).toBe(false);
    await run('provision unsuspend svc-1');
    expect((await user(uuid)).enable).toBe(true);
    await change(uuid, { enable: false });
    await run('provision suspend svc-1');
    await run('provision unsuspend svc-1');
    expect((await user(uuid)).enable).toBe(false);
    await change(uuid, { enable: true });

    await run('override clear svc-1');
    await run('provision change-package svc-1 large');
    expect(await user(uuid)).toMatchObject({ usage_limit_GB: 30, mode: 'monthly', current_usage_GB: 10 });
    const renewed = await run<CommandReport>('provision renew svc-1');
    expect(end(await user(uuid))).toBe(renewed.service.nextDueDate);
    await run('reconcile');
    await run('plan');

    await run('provision terminate svc-1 --yes');
    expect(await isThere(uuid)).toBe(false);
    await run('provision terminate svc-1 --yes');
    expect(await run<{ entries: unknown[] }>('log list --actions')).toBeDefined();
  });

  itWithPanel(`keeps agents inside their limits and gives back exactly whom it disabled${reason}`, async () => {
    const north = await addAgent('sluice test north');
    const south = await addAgent('sluice test south');
    configure(north);
    const [anna, bela, byHand, other] = [
      await addUser(north, 10),
      await addUser(north, 10),
      await addUser(north, 10),
      await addUser(south, 10),
    ];
    await change(byHand, { enable: false });
    const states = async (): Promise<boolean[]> =>
      Promise.all([anna, bela, byHand, other].map(async (uuid) => (await user(uuid)).enable));
    await run(`agent limit ${north} --gb 5`);
    await run(`agent limit ${south} --gb 5`);
    await change(anna, { current_usage_GB: 5 - 1 / GB });
    expect((await run<CheckReport>('agent check --all')).totals).toMatchObject({ exceeded: 0, disabled: 0 });
    await change(anna, { current_usage_GB: 5 });
    const over = await run<CheckReport>('agent check --all');
    expect(over.totals).toMatchObject({ exceeded: 1, disabled: 2, failed: 0 });
    expect(await states()).toEqual([false, false, false, true]);
    expect((await run<CheckReport>('agent check --all')).totals).toMatchObject({ disabled: 0, failed: 0 });
    expect(findCode(await sluice(`agent restore ${north}`))).toBe('agent_limit');

    await change(anna, { current_usage_GB: 0 });
    expect((await run<AgentDetail>(`agent explain ${north}`)).usedBytes).toBe(5 * GB);
    await run(`agent limit ${north} --gb 50`);
    expect((await run<CheckReport>('agent check --all')).totals).toMatchObject({ restored: 2, failed: 0 });
    expect(await states()).toEqual([true, true, false, true]);
    await run('plan');
  });

  const [processes, fits] = long ? [50, 10] : [12, 3];
  itWithPanel(
    `makes exactly ${fits} users of ${processes} that are asked for at once, and as many after kills${reason}`,
    async () => {
      const north = await addAgent('sluice test north');
      configure(north);
      await run(`agent limit ${north} --gb ${fits * 10}`);
      const outcomes = await Promise.all(
        Array.from({ length: processes }, (_, n) => sluice(`agent create-user ${north} --name user-${n} --gb 10`)),
      );
      const codes = outcomes.map((outcome) => (outcome.exitCode === 0 ? 'made' : findCode(outcome)));
      expect(codes.filter((code) => code === 'made')).toHaveLength(fits);
      expect(new Set(codes)).toEqual(new Set(['made', 'agent_limit']));
      expect((await readUsers(north)).map(({ usage_limit_GB: gb }) => gb)).toEqual(
        Array.from({ length: fits }, () => 10),
      );

      for (const { uuid } of await readUsers(north)) await api('DELETE', `/user/${uuid}/`);
      await run('agent check --all --allow-mass');
      const killed = Array.from({ length: processes }, async (_, n) => {
        const child = start(`agent create-user ${north} --gb 10 --name killed-${n}`);
        const timer = setTimeout(child.kill, 300 + (n * 2500) / processes);
        await child.ended;
        clearTimeout(timer);
      });
      await Promise.all(killed);
      const made = (await readUsers(north)).length;
      expect(made).toBeLessThanOrEqual(fits);
      // What was killed while the panel was asked stays promised until the panel is certainly done with it.
      let refusals = 0;
      for (let n = 0; refusals < 3 && n < fits + 60; n += 1) {
        const outcome = await sluice(`agent create-user ${north} --name later-${n} --gb 10`);
        refusals = outcome.exitCode === 0 ? 0 : refusals + 1;
        if (outcome.exitCode !== 0 && (await readUsers(north)).length < fits) {
          refusals = 0;
          await new Promise((resolve) => setTimeout(resolve, 1000));
        }
      }
      const rows = await readUsers(north);
      expect(rows.map(({ usage_limit_GB: gb }) => gb)).toEqual(Array.from({ length: fits }, () => 10));
      const orphans = (await users()).filter(({ name }) => name === 'unknown');
      expect(orphans).toEqual([]);
    },
  );

  itWithPanel(`says which of key, role and path is wrong${reason}`, async () => {
    const north = await addAgent('sluice test north');
    configure(north);
    const refused = async (secret: string, words = 'agent check --all'): Promise<string> => {
      const outcome = await sluice(words, { HIDDIFY_KEY: secret });
      expect(outcome.exitCode).toBe(1);
      expect(outcome.stdout).not.toContain(secret);
      return `${findCode(outcome) ?? ''} ${outcome.stdout}`;
    };
    expect(await refused(randomUUID())).toMatch(/^PANEL_AUTH .*did not accept the key/s);
    expect(await refused(north)).toMatch(/^PANEL_FORBIDDEN .*Owner's key/s);
    const moved = base.replace(/[^/]+$/, 'moved12345678');
    configure(north);
    bench.write(
      'sluice.yaml',
      `panels:\n  vpn: { kind: hiddify, url: "${moved}", allowHttp: true, apiKey: "\${env:HIDDIFY_KEY}" }\n`,
    );
    expect(await refused(String(key))).toMatch(/^PANEL_AUTH .*secret path in the address is wrong/s);
  });
});
