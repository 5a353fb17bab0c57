import { describe, expect, it } from '@jest/globals';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { pollLater } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';
import { createUsed, listBodies } from './steps.js';

const at = useBench(startHiddifyBench);

const UNKNOWN = '5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7';

describe('a creation', () => {
  it('makes a user with the quota as its limit and days to the due date', async () => {
    await at.addService(1);
    const report = await at.sluice.provision.create('svc-1');
    expect(report.run.outcome).toBe('done');
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
    await at.addService(1, { values: { status: 'pending' } });
    const planned = await at.sluice.provision.create('svc-1', { dryRun: true });
    expect([planned.run.outcome, planned.actions]).toMatchObject(['done', [{ type: 'create-user', state: 'planned' }]]);
    expect([at.changes(), await at.readUser('svc-1')]).toEqual([[], '']);
    const made = await at.sluice.provision.create('svc-1');
    expect([made.run.outcome, made.service.lifecycle]).toEqual(['done', 'active']);
    const user = at.panel.user(await at.readUser('svc-1'));
    expect(user).toMatchObject({ usageLimit: 50 * GB, startDate: '2026-11-15', packageDays: 30 });
  });

  it('counts days from the first use without a due date', async () => {
    await at.sluice.services.add('svc-1', { panel: 'vpn', product: 'bare', base_quota_override_gb: '20' });
    await at.sluice.provision.create('svc-1');
    const uuid = await at.readUser('svc-1');
    expect(at.panel.user(uuid)).toMatchObject({ startDate: null, packageDays: 90, usageLimit: 20 * GB });
  });

  it('gives the user to the agent of its product, or of the service itself', async () => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    const first = await at.create(1, { product: 'agency' });
    const second = await at.create(2, { product: 'agency', values: { hiddify_agent_uuid: south } });
    expect(at.panel.listUsers(at.north).map(({ uuid }) => uuid)).toEqual([first]);
    expect(at.panel.listUsers(south).map(({ uuid }) => uuid)).toEqual([second]);
  });

  it.each([
    // The new due date is stored.
    ['renew', 'partial'],
    ['create', 'failed'],
  ] as const)('does not make the key of a deleted agent valid again by %s', async (verb, outcome) => {
    await at.create(1, { product: 'agency' });
    at.panel.deleteAgent(at.north);
    const changes = at.changes().length;
    const refused = await at.sluice.provision[verb]('svc-1');
    expect([refused.run.outcome, refused.service.error?.code]).toEqual([outcome, 'unknown_owner']);
    expect([at.panel.state.admins.size, at.changes().length]).toEqual([1, changes]);
  });

  it.each([
    ['for an agent that the panel does not have', { values: { hiddify_agent_uuid: UNKNOWN } }, 'unknown_owner'],
    ['of a product without a quota', { product: 'bare' }, 'no_quota'],
  ])('%s is refused before anything is made', async (_what, service, code) => {
    await at.addService(1, service);
    const made = await at.sluice.provision.create('svc-1');
    expect([made.run.outcome, made.service.error?.code]).toEqual(['failed', code]);
    expect([at.panel.state.admins.size, at.panel.state.users.size, at.changes()]).toEqual([2, 0, []]);
  });

  it('refuses a uuid of another version before anything is made', async () => {
    await at.addService(1, { values: { hiddify_agent_uuid: '5f0c0f44-0a5e-1c56-9c58-8d3b1ad4c8d7' } });
    await expect(at.sluice.provision.create('svc-1')).rejects.toMatchObject({ kind: 'usage', code: 'bad_uuid' });
    expect(at.changes()).toEqual([]);
  });

  it('refuses a user that may be somebody else’s, and takes it over by adoption', async () => {
    const uuid = at.panel.addUser({ agent: at.north, name: 'anna', usageLimit: 5 * GB, currentUsage: GB });
    await at.addService(1, { values: { hiddify_user_uuid: uuid } });
    const refused = await at.sluice.provision.create('svc-1');
    expect([refused.run.outcome, refused.service.error?.code]).toEqual(['failed', 'account_exists']);
    expect(at.changes()).toEqual([]);
    const adopted = await at.sluice.provision.create('svc-1', { adopt: true });
    expect(adopted.run.outcome).toBe('done');
    expect(at.panel.user(uuid)).toMatchObject({
      name: 'anna',
      usageLimit: 50 * GB,
      currentUsage: GB,
      startDate: '2026-11-15',
    });
    expect(at.panel.listUsers(at.north)).toHaveLength(1);
    expect((await at.sluice.provision.terminate('svc-1')).run.outcome).toBe('done');
    expect(at.panel.hasUser(uuid)).toBe(false);
  });

  it('is finished by a repeat when the panel stops half-way, without an orphan of 1000 GB', async () => {
    await at.addService(1);
    at.panel.switches.spawnFails = true;
    await at.sluice.provision.create('svc-1');
    at.panel.switches.spawnFails = false;
    expect((await at.sluice.provision.create('svc-1')).run.outcome).toBe('done');
    const uuid = await at.readUser('svc-1');
    expect([...at.panel.state.users.values()].map((user) => [user.uuid, user.usageLimit])).toEqual([[uuid, 50 * GB]]);
  });

  it('is finished by a repeat, with its name, when the panel stopped half-way and nothing could be read', async () => {
    await at.addService(1);
    at.panel.server.onCall(({ method, body }) => {
      if (method !== 'POST') return;
      at.panel.addUser({ uuid: (JSON.parse(body) as { uuid: string }).uuid, name: 'unknown' });
      at.panel.server.inject({ fault: { kind: 'cut' } });
    });
    expect((await at.sluice.provision.create('svc-1')).service.error?.code).toBe('outcome_unknown');
    at.panel.server.clearFaults();
    expect([...at.panel.state.users.values()].map((user) => user.name)).toEqual(['unknown']);
    at.bench.clock.advance(HOUR);
    expect((await at.sluice.provision.create('svc-1')).run.outcome).toBe('done');
    expect(at.panel.user(await at.readUser('svc-1'))).toMatchObject({ name: 'svc-1', usageLimit: 50 * GB });
  });

  it('settles a lost answer by looking', async () => {
    await at.addService(1);
    at.panel.server.inject({ endpoint: 'POST /api/v2/admin/user/', when: 'after', times: 1, fault: { kind: 'cut' } });
    const made = await at.sluice.provision.create('svc-1');
    expect(made.run.outcome).toBe('done');
    expect(at.panel.state.users.size).toBe(1);
    expect(at.changes()).toHaveLength(1);
  });
});

describe('suspend and unsuspend', () => {
  it('switch the user off and on again', async () => {
    const uuid = await at.create(1);
    const suspended = await at.sluice.provision.suspend('svc-1');
    expect(suspended.actions).toEqual([
      { type: 'disable-user', target: uuid, name: expect.any(String) as unknown, state: 'applied' },
    ]);
    expect(at.panel.user(uuid).enable).toBe(false);
    expect((await at.sluice.provision.suspend('svc-1')).actions).toEqual([]);
    await at.sluice.provision.unsuspend('svc-1');
    expect(at.panel.user(uuid).enable).toBe(true);
    expect(listBodies(at).slice(1)).toEqual([
      ['PATCH', { enable: false }],
      ['PATCH', { enable: true }],
    ]);
  });

  it('leave a quota hold in force', async () => {
    const uuid = await createUsed(at, 50);
    await at.sluice.provision.suspend('svc-1');
    const unsuspended = await at.sluice.provision.unsuspend('svc-1');
    expect(unsuspended.stillHeld).toEqual(['quota']);
    expect(at.panel.user(uuid).enable).toBe(false);
  });
});

describe('change-package', () => {
  it('writes the limit of the new product and keeps who is held held', async () => {
    const uuid = await createUsed(at, 50);
    await at.sluice.provision.suspend('svc-1');
    await at.sluice.provision.changePackage('svc-1', 'vpn-100');
    expect(at.panel.user(uuid)).toMatchObject({ usageLimit: 100 * GB, enable: false });
    await pollLater(at);
    expect(at.panel.user(uuid).enable).toBe(false);
    await at.sluice.provision.unsuspend('svc-1');
    expect(at.panel.user(uuid).enable).toBe(true);
  });

  it('changes how the panel resets, and the agent', async () => {
    const uuid = await at.create(1);
    await at.sluice.provision.changePackage('svc-1', 'monthly');
    expect(at.panel.user(uuid).mode).toBe('monthly');
    await at.sluice.provision.changePackage('svc-1', 'agency');
    expect(at.panel.user(uuid)).toMatchObject({ mode: 'no_reset', usageLimit: 10 * GB });
    expect(at.panel.listUsers(at.north).map((user) => user.uuid)).toEqual([uuid]);
  });
});

describe('terminate', () => {
  it('removes the user that Sluice made, and may be repeated', async () => {
    const uuid = await at.create(1);
    await at.sluice.provision.suspend('svc-1');
    const ended = await at.sluice.provision.terminate('svc-1');
    expect(ended).toMatchObject({
      actions: [{ type: 'delete-user', target: uuid, state: 'applied' }],
      service: { lifecycle: 'terminated' },
    });
    expect(at.panel.hasUser(uuid)).toBe(false);
    expect((await at.sluice.provision.terminate('svc-1')).run.outcome).toBe('done');
  });

  it('removes nobody whom Sluice did not make', async () => {
    const uuid = at.panel.addUser({ name: 'anna' });
    await at.addService(1, { values: { hiddify_user_uuid: uuid } });
    const refused = await at.sluice.provision.terminate('svc-1');
    expect([refused.run.outcome, refused.service.error?.code]).toEqual(['failed', 'not_ours']);
    expect(at.panel.hasUser(uuid)).toBe(true);
  });

  it('has no passwords to change', async () => {
    await at.create(1);
    await expect(at.sluice.provision.changePassword('svc-1')).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('a uuid in capitals', () => {
  it('is stored as the panel shows it, so that runs find its user', async () => {
    const uuid = at.panel.addUser({ agent: at.north, usageLimit: 50 * GB });
    await at.addService(7, { values: { hiddify_user_uuid: uuid.toUpperCase() } });
    expect(await at.readUser('svc-7')).toBe(uuid);
    expect((await at.poll()).services).toContainEqual(expect.objectContaining({ id: 'svc-7', status: 'ok' }));
  });
});

it('another last day of a user that Sluice did not make is named with the command that writes it', async () => {
  const uuid = at.panel.addUser({ packageDays: 90, startDate: '2026-11-01' });
  await at.addService(1, { values: { hiddify_user_uuid: uuid } });
  const drift = async (): Promise<readonly string[]> =>
    ((await at.sluice.reconcile()).services[0]?.drift ?? []).filter((text) => text.includes('last day'));
  expect(await drift()).toEqual([
    'the last day of the user is 2027-01-30, but the service is due on 2026-12-15, and stays so until "provision change-package svc-1 vpn-50" writes it',
  ]);
  const { product } = await at.sluice.services.show('svc-1');
  await at.sluice.provision.changePackage('svc-1', product);
  expect(await drift()).toEqual([]);
});
