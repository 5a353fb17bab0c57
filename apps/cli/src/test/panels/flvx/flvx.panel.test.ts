import { describe, expect } from '@jest/globals';
import type { CommandReport, RunReport } from '@sluice/engine';
import { benchForEachTest } from '../../each-test.js';
import { onRealPanel } from '../real-panel.js';
import {
  DAY,
  GB,
  itWithPanel,
  LOGIN,
  PanelApi,
  password,
  reason,
  type Row,
  url,
  username,
  workingTunnel,
} from './real-flvx.js';

/** Today and so many days more, as a local date in UTC. */
const dateIn = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);

const bench = benchForEachTest(Date.now());
const { run } = onRealPanel(bench, { FLVX_PASSWORD: password });

/** Nothing is left to do for any run. */
const settled = (): Promise<unknown> => run('plan');

function configure(tunnel: number, credentials = LOGIN): void {
  const flvx = `tunnelId: ${tunnel}`;
  bench.write(
    'sluice.yaml',
    `timeZone: UTC
panels:
  relay: { kind: flvx, url: "${String(url)}", allowHttp: true, ${credentials} }
products:
  small: { panel: relay, quota: { total: 100GB }, flvx: { ${flvx} } }
  large: { panel: relay, quota: { total: 300GB }, action: redirect, flvx: { ${flvx}, maxForwards: 20, speedMbit: 50 } }
  slow: { panel: relay, quota: { total: 100GB }, action: throttle, flvx: { ${flvx}, throttleMbit: 2 } }
`,
  );
}

describe('a real FLVX panel', () => {
  itWithPanel(`carries the life of a relay service from creation to removal${reason}`, async () => {
    const admin = await PanelApi.login(username ?? '', password ?? '');
    const { id: tunnel, secret } = await workingTunnel(admin);
    const mine = new Set<number>();
    const others = async (): Promise<unknown> => ({
      users: (await admin.post('/user/list'))
        .filter((row) => !mine.has(row.id))
        .map((row) => [row.id, row['user'], row.status, row['flow'], row['expTime']]),
      limits: (await admin.post('/speed-limit/list')).map((row) => row.id),
      forwards: (await admin.post('/forward/list'))
        .filter((row) => !mine.has(row.userId))
        .map((row) => [row.id, row.status]),
    });
    configure(tunnel);
    const before = await others();
    const tested = await run<{ panels: { ok: boolean }[] }>('panel test relay');
    expect(tested.panels[0]?.ok).toBe(true);

    await run(`service add svc-1 panel=relay product=small billing_cycle=monthly next_due_date=${dateIn(20)}`);
    const created = await run<CommandReport>('provision create svc-1');
    const user = Number(created.service.refs['flvx_user_id']);
    mine.add(user);
    const name = created.credentials?.username ?? '';
    const first = created.credentials?.password ?? '';
    const expiry = Date.parse(`${dateIn(20)}T00:00:00Z`);
    const own = async (): Promise<Row> => (await admin.post('/user/list')).find((row) => row.id === user)!;
    expect(await own()).toMatchObject({
      user: name,
      flow: 100,
      num: 10,
      expTime: expiry,
      flowResetTime: 0,
      status: 1,
    });
    const [permission] = await admin.permissions(user);
    expect(permission).toMatchObject({ tunnelId: tunnel, flow: 100, expTime: expiry, flowResetTime: 0, status: 1 });
    expect((await run<CommandReport>('provision create svc-1')).actions).toEqual([]);
    await settled();

    const customer = await PanelApi.login(name, first);
    const states = async (): Promise<number[]> => (await admin.forwards(user)).map((row) => row.status);
    for (const forward of ['web', 'game', 'off']) {
      await customer.post('/forward/create', { tunnelId: tunnel, name: forward, remoteAddr: '198.51.100.20:443' });
    }
    const [web, game, off] = (await admin.forwards(user)).map((row) => row.id);
    await customer.post('/forward/pause', { id: off });
    expect(await states()).toEqual([1, 1, 0]);
    const traffic = async (forward: number | undefined, bytes: number): Promise<void> => {
      const body = JSON.stringify([{ n: `${forward}_${user}_${permission!.id}_tcp`, u: bytes, d: 0 }]);
      await fetch(`${String(url)}/flow/upload?secret=${secret}`, { method: 'POST', body });
    };
    const poll = async (): Promise<RunReport['services'][number]> => (await run<RunReport>('poll')).services[0]!;
    const ratio = await counted();

    /** How the tunnel counts traffic. */
    async function counted(): Promise<number> {
      await traffic(web, GB);
      const { outFlow } = (await own()) as Row & { outFlow: number };
      return outFlow / GB;
    }

    // Over quota in one jump: the panel stops the forwards by itself, the poll that believes the figure closes
    // the permission and makes sure.
    expect((await poll()).usage?.totalBytes).toBe(ratio * GB);
    await traffic(web, 100 * GB);
    expect(await states()).toEqual([0, 0, 0]);
    const doubted = await run<RunReport>('poll', 1);
    expect(doubted.notices.map((notice) => notice.code)).toContain('impossible_jump');
    expect((await admin.permissions(user))[0]).toMatchObject({ status: 1 });
    const { services } = await run<RunReport>('poll --allow-mass');
    expect(services[0]).toMatchObject({ status: 'held', holds: [{ reason: 'quota' }] });
    expect((await admin.permissions(user))[0]).toMatchObject({ status: 0, flow: 100 });
    await settled();

    // The customer starts one again with his token, the node reports traffic for another: both are paused again. So soon after the
    // pause it may be of before, later it is not.
    await customer.post('/forward/resume', { id: game });
    await traffic(web, GB);
    const late = await run<RunReport>('poll');
    expect(late.notices.map((notice) => notice.code)).not.toContain('forward_ran_again');
    expect(await states()).toEqual([0, 0, 0]);
    await traffic(web, GB);
    const again = await run<RunReport>('poll');
    expect(again.notices.map((notice) => notice.code)).toContain('forward_ran_again');
    expect(await states()).toEqual([0, 0, 0]);
    await settled();

    await run(`override set svc-1 --quota 5TB`);
    expect((await poll()).holds).toEqual([]);
    expect(await states()).toEqual([1, 1, 0]);
    expect(await own()).toMatchObject({ flow: 5 * 1024, status: 1 });
    await settled();

    const due = dateIn(50);
    await run(`provision renew svc-1 --until ${due}`);
    expect(await own()).toMatchObject({ expTime: Date.parse(`${due}T00:00:00Z`) });

    // Another package with a speed of its own, held by redirecting; back again while it is held.
    await run('provision change-package svc-1 large');
    const [limit] = (await admin.post('/speed-limit/list')).filter((row) => row.name === `sluice:${name}:50M`);
    expect((await admin.permissions(user))[0]).toMatchObject({ num: 20, speedId: limit?.id, status: 1 });
    expect(await states()).toEqual([1, 1, 0]);
    await run('provision suspend svc-1');
    const held = await admin.forwards(user);
    expect(held.map((row) => [row.status, row['remoteAddr']])).toEqual(Array(3).fill([0, '127.0.0.1:9']));
    await expect(PanelApi.login(name, first)).rejects.toThrow(/账号被停用/);
    await settled();
    await run('provision change-package svc-1 small');
    expect(await states()).toEqual([0, 0, 0]);
    expect(await own()).toMatchObject({ num: 10, status: 0 });
    await run('provision unsuspend svc-1');
    const free = await admin.forwards(user);
    expect(free.map((row) => [row.status, row['remoteAddr']])).toEqual(
      [1, 1, 0].map((status) => [status, '198.51.100.20:443']),
    );
    expect((await admin.post('/speed-limit/list')).some((row) => row.name.startsWith(`sluice:${name}:`))).toBe(false);
    await settled();

    const changed = await run<CommandReport>('provision change-password svc-1');
    await expect(PanelApi.login(name, first)).rejects.toThrow(/账号或密码错误/);
    const latest = changed.credentials?.password ?? '';
    await PanelApi.login(name, latest);
    expect(await own()).toMatchObject({
      flow: 5 * 1024,
      num: 10,
      expTime: Date.parse(`${due}T00:00:00Z`),
      status: 1,
    });

    // A throttle: a slow limit of its own, nothing stops.
    await run('provision change-package svc-1 slow');
    await run('override clear svc-1');
    expect((await poll()).holds).toMatchObject([{ reason: 'quota' }]);
    const [slow] = (await admin.post('/speed-limit/list')).filter((row) => row.name === `sluice:${name}:2M`);
    expect((await admin.permissions(user))[0]).toMatchObject({ speedId: slow?.id, status: 1, flow: 99_999 });
    expect(await states()).toEqual([1, 1, 0]);
    await settled();

    // The cycle ends (its recorded end is moved into the past): usage and counters begin anew, the throttle goes.
    await bench.store(async (store) => {
      const [cycle] = await store.cycles.newest(['svc-1']);
      const end = new Date(Date.now() - DAY).toISOString();
      await store.write((tables) =>
        tables.cycles.put([{ ...cycle!, end, start: new Date(Date.now() - 30 * DAY).toISOString() }]),
      );
    });
    const opened = await poll();
    expect(opened).toMatchObject({ status: 'ok', holds: [], usage: { totalBytes: 0 } });
    expect(opened.actions.map((action) => action.type)).toContain('reset-user');
    expect(await own()).toMatchObject({ inFlow: 0, outFlow: 0, flow: 100 });
    expect((await admin.permissions(user))[0]).toMatchObject({ status: 1, flow: 100, inFlow: 0, outFlow: 0 });
    await traffic(web, 2 * GB);
    expect((await poll()).usage?.totalBytes).toBe(2 * ratio * GB);
    await settled();

    // Under a name that the customer chose, all works but the removal.
    const secrets = { currentPassword: latest, newPassword: latest, confirmPassword: latest };
    const rename = (newUsername: string): Promise<unknown> =>
      customer.post('/user/updatePassword', { newUsername, ...secrets });
    await rename(`${name}-x`);
    await run('provision suspend svc-1');
    expect(await own()).toMatchObject({ user: `${name}-x`, status: 0 });
    await run('provision unsuspend svc-1');
    const refused = await run<CommandReport>('provision terminate svc-1 --yes', 1);
    expect(JSON.stringify(refused)).toContain('"account_renamed"');
    expect(await own()).toMatchObject({ user: `${name}-x`, status: 1 });
    await rename(name);

    const terminated = await run<CommandReport>('provision terminate svc-1 --yes');
    expect(terminated.service.lifecycle).toBe('terminated');
    expect(await own()).toBeUndefined();
    expect([await admin.permissions(user), await admin.forwards(user)]).toEqual([[], []]);
    expect(await others()).toEqual(before);
    await run('provision terminate svc-1 --yes');
  });

  itWithPanel(`is used with a token in place of username and password${reason}`, async () => {
    const admin = await PanelApi.login(username ?? '', password ?? '');
    const { id: tunnel } = await workingTunnel(admin);
    configure(tunnel, 'token: "${file:./token}"');
    const use = (token: string): void => {
      bench.write('token', `${token}\n`);
    };
    use(admin.token);
    const { panels } = await run<{ panels: { credentialsUntil: string }[] }>('panel test relay');
    const life = Date.parse(panels[0]?.credentialsUntil ?? '') - Date.now();
    expect(Math.abs(life - 90 * DAY)).toBeLessThan(DAY);
    await run(`service add svc-1 panel=relay product=small billing_cycle=monthly next_due_date=${dateIn(20)}`);
    const { service } = await run<CommandReport>('provision create svc-1');
    await settled();
    await run('provision terminate svc-1 --yes');
    expect((await admin.post('/user/list')).map(({ id }) => String(id))).not.toContain(service.refs['flvx_user_id']);

    const [head, claims] = admin.token.split('.');
    use(`${String(head)}.${String(claims)}.${'A'.repeat(43)}`);
    const refused = await run<{ panels: { error: unknown }[] }>('panel test relay', 1);
    expect(refused.panels).toMatchObject([
      { ok: false, error: { code: 'PANEL_AUTH', message: expect.stringContaining('although it is valid until') } },
    ]);
  });
});
