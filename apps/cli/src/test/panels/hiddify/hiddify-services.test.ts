import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandReport, RunReport } from '@sluice/engine';
import type { Outcome } from '../../harness.js';
import { DAY, GB, HOUR, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';

let at: HiddifyBench;
beforeEach(async () => {
  at = await startHiddifyBench();
});
afterEach(() => at.close());

const bodies = (): [string, unknown][] =>
  at.panel.server
    .changingCalls()
    .map(({ method, body }) => [method, body === '' ? null : (JSON.parse(body) as unknown)]);
const toError = (outcome: Outcome): string => outcome.json<{ error: { code: string } }>().error.code;
const errorCode = (outcome: Outcome): string | undefined => outcome.json<CommandReport>().service.error?.code;
const polled = async (): Promise<RunReport> => {
  at.bench.clock.advance(HOUR);
  return (await at.poll()).json<RunReport>();
};

describe('provision create', () => {
  it('makes a user with the quota as its limit and days to the due date', async () => {
    await at.addService(1);
    const made = await at.sluice('provision create svc-1');
    expect(made.exitCode).toBe(0);
    const report = made.json<CommandReport>();
    const uuid = report.service.refs['hiddify_user_uuid'] ?? '';
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(report).toMatchObject({
      actions: [{ type: 'create-user', target: uuid, state: 'applied' }],
      credentials: null,
      service: { lifecycle: 'active' },
    });
    expect(at.panel.user(uuid)).toMatchObject({
      name: 'svc-1',
      usageLimit: 50 * GB,
      mode: 'no_reset',
      startDate: '2026-11-15',
      packageDays: 30,
      enable: true,
    });
  });

  it('gives its quota to a service that was pending, and makes it active', async () => {
    await at.addService(1, { values: ['status=pending'] });
    const planned = await at.sluice('provision create svc-1 --dry-run');
    expect([planned.exitCode, planned.json<CommandReport>().actions]).toMatchObject([0, [{ type: 'create-user' }]]);
    const made = await at.sluice('provision create svc-1');
    expect([made.exitCode, made.json<CommandReport>().service.lifecycle]).toEqual([0, 'active']);
    const user = at.panel.user((await at.readUser('svc-1')) ?? '');
    expect(user).toMatchObject({ usageLimit: 50 * GB, startDate: '2026-11-15', packageDays: 30 });
  });

  it('may be repeated without another user', async () => {
    const uuid = await at.create(1);
    const again = await at.sluice('provision create svc-1');
    expect([again.exitCode, again.json<CommandReport>().actions]).toEqual([0, []]);
    expect(at.panel.state.users.size).toBe(1);
    expect(await at.readUser('svc-1')).toBe(uuid);
  });

  it('counts days from the first use without a due date', async () => {
    await at.bench.sluice('service add svc-1 panel=vpn product=bare base_quota_override_gb=20');
    await at.sluice('provision create svc-1');
    const uuid = (await at.readUser('svc-1')) ?? '';
    expect(at.panel.user(uuid)).toMatchObject({ startDate: null, packageDays: 90, usageLimit: 20 * GB });
  });

  it('gives the user to the agent of its product, or of the service itself', async () => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    const first = await at.create(1, { product: 'agency' });
    const second = await at.create(2, { product: 'agency', values: [`hiddify_agent_uuid=${south}`] });
    expect(at.panel.listUsers(at.north).map(({ uuid }) => uuid)).toEqual([first]);
    expect(at.panel.listUsers(south).map(({ uuid }) => uuid)).toEqual([second]);
  });

  it('invents no agent that the panel does not have', async () => {
    await at.addService(1, { values: ['hiddify_agent_uuid=5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7'] });
    const made = await at.sluice('provision create svc-1');
    expect([made.exitCode, made.json<CommandReport>().service.error?.code]).toEqual([1, 'unknown_owner']);
    expect([at.panel.state.admins.size, at.panel.state.users.size]).toEqual([2, 0]);
    expect(at.changes()).toEqual([]);
  });

  it.each(['renew svc-1 --until 2027-01-15', 'create svc-1'])(
    'does not make the key of a deleted agent valid again by %s',
    async (words) => {
      await at.create(1, { product: 'agency' });
      at.panel.deleteAgent(at.north);
      const changes = at.changes().length;
      const refused = await at.sluice(`provision ${words}`);
      expect([refused.exitCode, refused.stdout]).toEqual([1, expect.stringContaining('unknown_owner')]);
      expect([at.panel.state.admins.size, at.changes().length]).toEqual([1, changes]);
    },
  );

  it.each([
    ['a product without a quota', { product: 'bare' }, 1, 'no_quota'],
    [
      'a uuid of another version',
      { values: ['hiddify_agent_uuid=5f0c0f44-0a5e-1c56-9c58-8d3b1ad4c8d7'] },
      2,
      'bad_uuid',
    ],
  ])('refuses %s before anything is made', async (_what, how, exitCode, code) => {
    await at.addService(1, how);
    const made = await at.sluice('provision create svc-1');
    expect(made.exitCode).toBe(exitCode);
    expect(made.stdout).toContain(`"${code}"`);
    expect(at.changes()).toEqual([]);
  });

  it('refuses a user that may be somebody else’s, and takes it over by --adopt', async () => {
    const uuid = at.panel.addUser({ agent: at.north, name: 'anna', usageLimit: 5 * GB, currentUsage: GB });
    await at.addService(1, { values: [`hiddify_user_uuid=${uuid}`] });
    const refused = await at.sluice('provision create svc-1');
    expect([refused.exitCode, refused.json<CommandReport>().service.error?.code]).toEqual([1, 'account_exists']);
    expect(at.changes()).toEqual([]);
    const adopted = await at.sluice('provision create svc-1 --adopt');
    expect(adopted.exitCode).toBe(0);
    expect(at.panel.user(uuid)).toMatchObject({
      name: 'anna',
      usageLimit: 50 * GB,
      currentUsage: GB,
      startDate: '2026-11-15',
    });
    expect(at.panel.listUsers(at.north)).toHaveLength(1);
    expect((await at.sluice('provision terminate svc-1 --yes')).exitCode).toBe(0);
    expect(at.panel.hasUser(uuid)).toBe(false);
  });

  it('changes nothing in a dry run', async () => {
    await at.addService(1);
    const dry = await at.sluice('provision create svc-1 --dry-run');
    expect(dry.json<CommandReport>().actions).toMatchObject([{ type: 'create-user', state: 'planned' }]);
    expect(at.changes()).toEqual([]);
    expect(await at.readUser('svc-1')).toBeUndefined();
  });

  it('is finished by a repeat when the panel stops half-way, without an orphan of 1000 GB', async () => {
    await at.addService(1);
    at.panel.switches.spawnFails = true;
    await at.sluice('provision create svc-1');
    at.panel.switches.spawnFails = false;
    expect((await at.sluice('provision create svc-1')).exitCode).toBe(0);
    const uuid = (await at.readUser('svc-1')) ?? '';
    expect([...at.panel.state.users.values()].map((user) => [user.uuid, user.usageLimit])).toEqual([[uuid, 50 * GB]]);
  });

  it('settles a lost answer by looking', async () => {
    await at.addService(1);
    at.panel.server.inject({ endpoint: 'POST /api/v2/admin/user/', when: 'after', times: 1, fault: { kind: 'cut' } });
    const made = await at.sluice('provision create svc-1');
    expect(made.exitCode).toBe(0);
    expect(at.panel.state.users.size).toBe(1);
    expect(at.changes()).toHaveLength(1);
  });
});

describe('suspend and unsuspend', () => {
  it('switch the user off and on again', async () => {
    const uuid = await at.create(1);
    const suspended = await at.sluice('provision suspend svc-1');
    expect(suspended.json<CommandReport>().actions).toEqual([
      { type: 'disable-user', target: uuid, name: expect.any(String) as unknown, state: 'applied' },
    ]);
    expect(at.panel.user(uuid).enable).toBe(false);
    expect((await at.sluice('provision suspend svc-1')).json<CommandReport>().actions).toEqual([]);
    await at.sluice('provision unsuspend svc-1');
    expect(at.panel.user(uuid).enable).toBe(true);
    expect(bodies().slice(1)).toEqual([
      ['PATCH', { enable: false }],
      ['PATCH', { enable: true }],
    ]);
  });

  it('leave a user disabled that somebody had disabled before', async () => {
    const uuid = await at.create(1);
    at.panel.disable(uuid);
    await at.sluice('provision suspend svc-1');
    await at.sluice('provision unsuspend svc-1');
    expect(at.panel.user(uuid).enable).toBe(false);
    expect(at.changes()).toHaveLength(1);
  });

  it('leave a quota hold in force', async () => {
    const uuid = await at.create(1);
    at.panel.use(uuid, 50 * GB);
    await polled();
    await at.sluice('provision suspend svc-1');
    const unsuspended = await at.sluice('provision unsuspend svc-1');
    expect(unsuspended.json<CommandReport>().stillHeld).toEqual(['quota']);
    expect(at.panel.user(uuid).enable).toBe(false);
  });
});

describe('renew', () => {
  it('leaves the hold of an overdue service where it is refused', async () => {
    at.bench.write('sluice.yaml', at.bench.read('sluice.yaml').replace('poll: {', 'poll: { overdue: hold,'));
    const uuid = await at.create(1);
    at.bench.clock.set('2026-12-20T12:00:00Z');
    const heldBy = (): Promise<unknown> => at.bench.store((store) => store.holds.all());
    await at.sluice('poll --allow-mass');
    const held = await heldBy();
    expect(held).toMatchObject([{ reason: 'billing', until: null }]);
    at.panel.deleteUser(uuid);
    const refused = (await at.sluice('provision renew svc-1')).json<CommandReport>();
    expect([refused.service.error?.code, refused.stillHeld]).toEqual(['user_gone', ['billing']]);
    expect(await heldBy()).toEqual(held);
    await polled();
    expect(await heldBy()).toEqual(held);
  });

  it('keeps the due date of a service whose user was deleted', async () => {
    const uuid = await at.create(1);
    const dueDate = async (): Promise<string | null> =>
      (await at.sluice('service show svc-1')).json<{ nextDueDate: string | null }>().nextDueDate;
    const before = await dueDate();
    at.panel.deleteUser(uuid);
    const refused = await at.sluice('provision renew svc-1 --until 2027-02-15');
    expect([refused.exitCode, refused.json<CommandReport>().service.error?.code]).toEqual([1, 'user_gone']);
    expect([await dueDate(), await at.bench.store((store) => store.actions.unresolved())]).toEqual([before, []]);
    await at.sluice('provision create svc-1');
    expect((await at.sluice('provision renew svc-1 --until 2027-02-15')).exitCode).toBe(0);
    expect(await dueDate()).toBe('2027-02-15');
  });

  it.each(['2027-02-15', '2027-03-15'])(
    'until %s that is refused after an interrupted one restores all',
    async (date) => {
      const uuid = await at.create(1);
      at.bench.clock.advance(HOUR);
      const stored = (): Promise<unknown> =>
        at.bench.store(async ({ services, actions }) => [
          (await services.get('svc-1'))?.nextDueDate,
          await actions.unresolved(),
        ]);
      const before = await stored();
      const remove = at.panel.server.inject({ endpoint: /^GET /, fault: { kind: 'status', status: 503 } });
      await at.sluice('provision renew svc-1 --until 2027-02-15');
      expect(await stored()).toMatchObject(['2027-02-15', [{ type: 'provision:renew' }]]);
      remove();
      at.panel.deleteUser(uuid);
      expect(errorCode(await at.sluice(`provision renew svc-1 --until ${date}`))).toBe('user_gone');
      expect(await stored()).toEqual(before);
    },
  );

  it('that the panel has done keeps its date when a repeat is refused', async () => {
    const uuid = await at.create(1);
    at.bench.clock.advance(HOUR);
    at.panel.server.inject({ endpoint: /^PATCH /, times: 1, when: 'after', fault: { kind: 'cut' } });
    const remove = at.panel.server.inject({
      match: ({ method }) => method === 'GET' && bodies().some(([verb]) => verb === 'PATCH'),
      fault: { kind: 'status', status: 503 },
    });
    await at.sluice('provision renew svc-1 --until 2027-02-15');
    remove();
    await polled();
    expect(await at.bench.store(({ actions }) => actions.unresolved())).toMatchObject([{ type: 'provision:renew' }]);
    at.panel.deleteUser(uuid);
    await at.sluice('provision renew svc-1 --until 2027-02-15');
    const service = await at.bench.store(({ services }) => services.get('svc-1'));
    expect(service?.nextDueDate).toBe('2027-02-15');
  });

  it('writes the days to the new due date', async () => {
    const uuid = await at.create(1);
    const renewed = await at.sluice('provision renew svc-1');
    expect(renewed.json<CommandReport>().service.nextDueDate).toBe('2027-01-15');
    expect(bodies().at(-1)).toEqual(['PATCH', { package_days: 61 }]);
    expect(at.panel.user(uuid)).toMatchObject({ startDate: '2026-11-15', packageDays: 61, currentUsage: 0 });
    await at.sluice('provision renew svc-1 --until 2027-02-01');
    const { startDate, packageDays } = at.panel.user(uuid);
    expect(new Date(Date.parse(startDate ?? '') + packageDays * DAY).toISOString().slice(0, 10)).toBe('2027-02-01');
  });

  it('broken off is finished by a repeat, and followed by the next one when that is due', async () => {
    await at.create(1);
    const fail = { endpoint: /^GET /, fault: { kind: 'status', status: 503 } } as const;
    const renew = async (): Promise<string | null> =>
      (await at.sluice('provision renew svc-1')).json<CommandReport>().service.nextDueDate;
    let remove = at.panel.server.inject(fail);
    await renew();
    remove();
    expect(await renew()).toBe('2027-01-15');
    remove = at.panel.server.inject(fail);
    await renew();
    remove();
    expect((await at.sluice('reconcile')).exitCode).toBe(0);
    at.bench.clock.set('2027-01-30T12:00:00Z');
    expect(await renew()).toBe('2027-03-15');
    expect(await at.bench.store((store) => store.actions.unresolved())).toEqual([]);
  });

  it('broken off to one date and then to another goes on to the latter', async () => {
    const uuid = await at.create(1);
    const remove = at.panel.server.inject({ endpoint: /^GET /, fault: { kind: 'status', status: 503 } });
    for (const words of ['provision renew svc-1', 'provision renew svc-1 --until 2027-05-15']) {
      expect([1, 3]).toContain((await at.sluice(words)).exitCode);
    }
    remove();
    const again = await at.sluice('provision renew svc-1');
    expect([again.exitCode, again.json<CommandReport>().service.nextDueDate]).toEqual([0, '2027-05-15']);
    expect(at.panel.user(uuid)).toMatchObject({ startDate: '2026-11-15', packageDays: 181 });
    expect(await at.bench.store((store) => store.actions.unresolved())).toEqual([]);
  });

  it('begins with the cycle in force once the old one is over', async () => {
    const uuid = await at.create(1);
    at.bench.clock.set('2026-12-20T12:00:00Z');
    await at.poll();
    await at.sluice('provision renew svc-1');
    expect(bodies().at(-1)).toEqual(['PATCH', { package_days: 31, start_date: '2026-12-15' }]);
    expect(at.panel.user(uuid)).toMatchObject({ startDate: '2026-12-15', packageDays: 31 });
  });
});

describe('change-package', () => {
  it('writes the limit of the new product and keeps who is held held', async () => {
    const uuid = await at.create(1);
    at.panel.use(uuid, 50 * GB);
    await polled();
    await at.sluice('provision suspend svc-1');
    await at.sluice('provision change-package svc-1 vpn-100');
    expect(at.panel.user(uuid)).toMatchObject({ usageLimit: 100 * GB, enable: false });
    await polled();
    expect(at.panel.user(uuid).enable).toBe(false);
    await at.sluice('provision unsuspend svc-1');
    expect(at.panel.user(uuid).enable).toBe(true);
  });

  it('changes how the panel resets, and the agent', async () => {
    const uuid = await at.create(1);
    await at.sluice('provision change-package svc-1 monthly');
    expect(at.panel.user(uuid).mode).toBe('monthly');
    await at.sluice('provision change-package svc-1 agency');
    expect(at.panel.user(uuid)).toMatchObject({ mode: 'no_reset', usageLimit: 10 * GB });
    expect(at.panel.listUsers(at.north).map((user) => user.uuid)).toEqual([uuid]);
  });
});

describe('terminate', () => {
  it('removes the user that Sluice made, and may be repeated', async () => {
    const uuid = await at.create(1);
    await at.sluice('provision suspend svc-1');
    const ended = await at.sluice('provision terminate svc-1 --yes');
    expect(ended.json<CommandReport>()).toMatchObject({
      actions: [{ type: 'delete-user', target: uuid, state: 'applied' }],
      service: { lifecycle: 'terminated' },
    });
    expect(at.panel.hasUser(uuid)).toBe(false);
    expect((await at.sluice('provision terminate svc-1 --yes')).exitCode).toBe(0);
  });

  it('removes nobody whom Sluice did not make', async () => {
    const uuid = at.panel.addUser({ name: 'anna' });
    await at.addService(1, { values: [`hiddify_user_uuid=${uuid}`] });
    const refused = await at.sluice('provision terminate svc-1 --yes');
    expect([refused.exitCode, refused.json<CommandReport>().service.error?.code]).toEqual([1, 'not_ours']);
    expect(at.panel.hasUser(uuid)).toBe(true);
  });

  it('asks before, and needs --yes elsewhere', async () => {
    await at.create(1);
    const refused = await at.sluice('provision terminate svc-1');
    expect([refused.exitCode, toError(refused)]).toEqual([2, 'not_confirmed']);
  });

  it('has no passwords to change', async () => {
    await at.create(1);
    expect(toError(await at.sluice('provision change-password svc-1'))).toBe('unsupported');
  });
});

describe('poll', () => {
  it.each([
    [50 * GB - 1, 'ok', true],
    [50 * GB, 'held', false],
    [50 * GB + 1, 'held', false],
  ])('at %d bytes of 50 GB the service is %s', async (bytes, status, enable) => {
    const uuid = await at.create(1);
    at.panel.use(uuid, bytes);
    const { services } = await polled();
    expect(services[0]).toMatchObject({ status, usage: { totalBytes: bytes, inBytes: null }, error: null });
    expect(at.panel.user(uuid).enable).toBe(enable);
  });

  it('reads everything from one list', async () => {
    for (const number of [1, 2, 3]) await at.create(number);
    at.panel.server.clearCalls();
    const { totals } = await polled();
    expect(totals).toMatchObject({ services: 3, read: 3, failed: 0, actions: 0 });
    expect(at.panel.server.calls.map(({ endpoint }) => endpoint)).toEqual(['GET /api/v2/admin/user/']);
  });

  it('keeps the limit in line with the allowance, purchases and overrides', async () => {
    const uuid = await at.create(1);
    await at.bench.sluice('override set svc-1 --quota 80GB');
    await polled();
    expect(at.panel.user(uuid).usageLimit).toBe(80 * GB);
    await at.bench.sluice('override clear svc-1');
    await polled();
    expect(at.panel.user(uuid).usageLimit).toBe(50 * GB);
    await polled();
    expect(at.changes()).toHaveLength(3);
  });

  it('leaves a lower limit that another tool has set until the next cycle, and writes a higher one at once', async () => {
    const low = at.panel.addUser({ name: 'low', usageLimit: 20 * GB });
    const high = at.panel.addUser({ name: 'high', usageLimit: 90 * GB });
    await at.addService(1, { values: [`hiddify_user_uuid=${low}`] });
    await at.addService(2, { values: [`hiddify_user_uuid=${high}`] });
    await polled();
    expect([low, high].map((uuid) => at.panel.user(uuid).usageLimit / GB)).toEqual([50, 90]);
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await at.poll();
    expect([low, high].map((uuid) => at.panel.user(uuid).usageLimit / GB)).toEqual([50, 50]);
  });

  it('releases the user in the next cycle, with its usage at zero', async () => {
    const uuid = await at.create(1);
    at.panel.use(uuid, 60 * GB);
    await polled();
    expect(at.panel.user(uuid).enable).toBe(false);
    at.bench.clock.set('2026-12-15T01:00:00Z');
    const report = (await at.poll()).json<RunReport>();
    expect(report.services[0]).toMatchObject({
      status: 'ok',
      holds: [],
      actions: [
        { type: 'update-user', target: uuid, state: 'applied' },
        { type: 'enable-user', target: uuid, state: 'applied' },
      ],
    });
    expect(at.panel.user(uuid)).toMatchObject({ enable: true, currentUsage: 0 });
  });

  it('undoes nothing that somebody undid meanwhile', async () => {
    const uuid = await at.create(1);
    at.panel.use(uuid, 50 * GB);
    await polled();
    at.panel.enable(uuid);
    await polled();
    expect(at.panel.user(uuid).enable).toBe(false);
    at.panel.enable(uuid);
    await at.bench.sluice('override set svc-1 --unlimited');
    at.panel.server.clearCalls();
    await polled();
    expect(bodies()).toEqual([['PATCH', { usage_limit_GB: 1_000_000 }]]);
    const holds = (await at.sluice('hold list svc-1 --status past')).json<{
      holds: { evidence: { outcome: string }[] }[];
    }>().holds;
    expect(holds[0]?.evidence).toMatchObject([{ kind: 'user', outcome: 'dropped' }]);
  });

  it('says so when a user is gone, and changes nothing', async () => {
    const uuid = await at.create(1);
    await at.create(2);
    at.panel.deleteUser(uuid);
    at.bench.clock.advance(HOUR);
    const report = await at.poll();
    expect(report.exitCode).toBe(3);
    expect(report.json<RunReport>().services[0]).toMatchObject({ status: 'unreadable', error: { code: 'user_gone' } });
  });

  it('sees a user that the panel leaves out of its list', async () => {
    const [west, east] = [at.panel.addAgent(undefined, { name: 'west' }), at.panel.addAgent()];
    const uuid = await at.create(1, { product: 'agency', values: [`hiddify_agent_uuid=${west}`] });
    await at.create(2);
    at.panel.moveAgent(west, east);
    at.panel.moveAgent(east, west);
    at.panel.use(uuid, 10 * GB);
    const { services } = await polled();
    expect(services[0]).toMatchObject({ status: 'held', usage: { totalBytes: 10 * GB } });
    expect(at.panel.user(uuid).enable).toBe(false);
  });

  it('does not touch users that two services name', async () => {
    const uuid = await at.create(1);
    await at.addService(2, { values: [`hiddify_user_uuid=${uuid}`, '--allow-duplicate-refs'] });
    at.panel.use(uuid, 60 * GB);
    const { services } = await polled();
    expect(services.map(({ error }) => error?.code)).toEqual(['shared_user', 'shared_user']);
    expect(at.panel.user(uuid).enable).toBe(true);
  });

  it('reconcile brings the days in line with a moved due date', async () => {
    const uuid = await at.create(1);
    await at.bench.sluice('service set svc-1 next_due_date=2026-12-20');
    await at.poll();
    expect(at.panel.user(uuid).packageDays).toBe(30);
    const reconciled = await at.sluice('reconcile');
    expect(reconciled.exitCode).toBe(0);
    const { startDate, packageDays } = at.panel.user(uuid);
    expect(new Date(Date.parse(startDate ?? '') + packageDays * DAY).toISOString().slice(0, 10)).toBe('2026-12-20');
    expect((await at.sluice('plan')).exitCode).toBe(0);
  });
});

describe('an order whose request was lost', () => {
  it.each([
    ['create', 'provision create svc-1'],
    ['suspend', 'provision suspend svc-1'],
    ['renew', 'provision renew svc-1 --until 2027-02-15'],
    ['terminate', 'provision terminate svc-1 --yes'],
  ])('is carried out by a repeat: %s', async (verb, words) => {
    if (verb === 'create') await at.addService(1);
    else await at.create(1);
    at.panel.server.clearCalls();
    const writes = /^(POST|PATCH|DELETE) /;
    const remove = at.panel.server.inject({ endpoint: writes, fault: { kind: 'cut' } });
    expect([1, 3]).toContain((await at.sluice(words)).exitCode);
    remove();
    const again = await at.sluice(words);
    expect([again.exitCode, again.json<CommandReport>().service.error]).toEqual([0, null]);
    expect(at.panel.state.users.size).toBe(verb === 'terminate' ? 0 : 1);
    for (const user of at.panel.state.users.values()) {
      expect(user).toMatchObject({ usageLimit: 50 * GB, enable: verb !== 'suspend' });
    }
    const journal = await at.bench.store((store) => store.actions.unresolved());
    expect(journal).toEqual([]);
  });
});

describe('an order while the panel can not be read', () => {
  it.each([
    ['provision renew svc-1', { packageDays: 61, usageLimit: 50 * GB }],
    ['provision change-package svc-1 bare', { usageLimit: 20 * GB }],
  ])('is not done, and is finished by a repeat: %s', async (words, wanted) => {
    const uuid = await at.create(1);
    await at.bench.sluice('service set svc-1 base_quota_override_gb=' + String(wanted.usageLimit / GB));
    const remove = at.panel.server.inject({ endpoint: /^GET /, fault: { kind: 'status', status: 503 } });
    const broken = await at.sluice(words);
    remove();
    expect([1, 3]).toContain(broken.exitCode);
    expect(broken.json<CommandReport>().service).toMatchObject({
      status: 'failed',
      error: { code: 'PANEL_SERVER_ERROR' },
    });
    expect(at.changes()).toHaveLength(1);
    const due = (await at.sluice('service show svc-1')).json<{ nextDueDate: string }>().nextDueDate;
    expect((await at.sluice(words)).exitCode).toBe(0);
    expect((await at.sluice('service show svc-1')).json<{ nextDueDate: string }>().nextDueDate).toBe(due);
    expect(at.panel.user(uuid)).toMatchObject(wanted);
  });
});
