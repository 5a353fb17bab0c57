import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startAgency } from './agency.js';

const at = useBench(startAgency);

describe("an agent's user that is a service", () => {
  it('is given back when a command moves it to an agent within its limit', async () => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    await at.addProduct('south', { agent: south });
    await at.exceed();
    expect(at.enabled()).toEqual([false, false]);
    expect((await at.sluice.provision.changePackage('svc-1', 'south')).run.outcome).toBe('done');
    await at.sluice.reconcile();
    await at.check();
    expect([at.enabled(), await at.holds()]).toEqual([[true, false], []]);
  });

  it('is not released by a release of the manual hold', async () => {
    await at.exceed();
    await expect(at.sluice.holds.release('svc-1')).rejects.toMatchObject({ kind: 'conflict' });
    expect([at.enabled(), await at.holds()]).toEqual([[false, false], ['agent-limit']]);
  });

  it('is held with the reason agent-limit, and released when its agent is within its limit again', async () => {
    const over = await at.exceed();
    expect(over.totals).toMatchObject({ exceeded: 1, disabled: 2, failed: 0 });
    const disabledFor = [{ name: 'north', reason: 'limit', users: 2 }];
    expect(over.agents[0]).toMatchObject({ users: 2, usersDisabledByUs: 2, disabledFor });
    expect(over.notices.map(({ code, service }) => [code, service])).toContainEqual(['hold', 'svc-1']);
    expect([at.enabled(), await at.holds()]).toEqual([[false, false], ['agent-limit']]);
    const explained = await at.sluice.explain('svc-1');
    expect(explained.holds).toMatchObject([
      {
        reason: 'agent-limit',
        note: 'agent "north"',
        evidence: [{ kind: 'user', target: at.svc, prior: { enabled: true, owner: `${at.north.slice(0, 4)}...` } }],
      },
    ]);

    const changes = at.changes().length;
    expect((await at.pollAfter(HOUR)).services[0]).toMatchObject({ status: 'held', actions: [], error: null });
    await at.check();
    await at.sluice.reconcile();
    expect(at.changes()).toHaveLength(changes);

    await at.limit('north', 50);
    expect((await at.check()).totals).toMatchObject({ restored: 2, failed: 0 });
    expect([at.enabled(), await at.holds()]).toEqual([[true, true], []]);
    expect((await at.pollAfter(HOUR)).totals).toMatchObject({ released: 0 });
    expect(at.changes()).toHaveLength(changes + 2);
  });

  it('stays disabled by its own quota when the agent comes back, and by the agent when the quota does', async () => {
    await at.limit('north', 5);
    at.panel.use(at.svc, 10 * GB);
    await at.pollAfter(HOUR);
    expect([at.enabled(), await at.holds()]).toEqual([[false, true], ['quota']]);
    await at.check();
    expect([at.enabled(), await at.holds()]).toEqual([
      [false, false],
      ['quota', 'agent-limit'],
    ]);
    expect(await at.sluice.agents.show('north')).toMatchObject({ usersDisabledByUs: 2 });
    await at.sluice.overrides.set('svc-1', { quota: '40GB' });
    await at.pollAfter(HOUR);
    expect([at.enabled(), await at.holds()]).toEqual([[false, false], ['agent-limit']]);
    await at.sluice.overrides.clear('svc-1');
    await at.pollAfter(HOUR);
    expect(await at.holds()).toEqual(['agent-limit', 'quota']);
    await at.limit('north', 50);
    await at.check();
    expect([at.enabled(), await at.holds()]).toEqual([[false, true], ['quota']]);
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    await at.pollAfter(HOUR);
    expect([at.enabled(), await at.holds()]).toEqual([[true, true], []]);
  });

  it('is not given back when somebody had disabled it before', async () => {
    at.panel.disable(at.svc);
    await at.exceed();
    expect(await at.holds()).toEqual(['agent-limit']);
    await at.limit('north', 50);
    await at.check();
    expect([at.enabled(), await at.holds()]).toEqual([[false, true], []]);
  });

  it.each([
    [
      'belongs to another agent by then',
      () => {
        at.panel.moveUser(at.svc, at.panel.addAgent(undefined, { name: 'south' }));
      },
    ],
    [
      'belongs to nobody else, because the agent was deleted',
      () => {
        at.panel.deleteAgent(at.north);
      },
    ],
  ])('is given back when it %s; other users are not', async (_what, change) => {
    await at.exceed();
    change();
    const moved = await at.check();
    expect(moved.notices.filter(({ code }) => code === 'release').map(({ message }) => message)).toEqual([
      'svc-1 is released (limit of its agent: agent "north" does not restrict it any more)',
    ]);
    expect([at.enabled(), await at.holds()]).toEqual([[true, false], []]);
    expect(JSON.stringify(await at.pollAfter(HOUR))).not.toContain('not by Sluice');
  });

  it('is given back after its suspended agent was deleted', async () => {
    await at.sluice.agents.suspend('north');
    at.panel.deleteAgent(at.north);
    expect(JSON.stringify(await at.check())).toContain('does not restrict it any more');
    expect([at.enabled(), await at.holds()]).toEqual([[true, false], []]);
  });

  it('is disabled again when somebody enabled it while the agent is over', async () => {
    await at.exceed();
    at.panel.enable(at.svc);
    expect((await at.check()).totals.disabled).toBe(1);
    expect(at.enabled()).toEqual([false, false]);
  });

  it('is protected until its day', async () => {
    await at.sluice.services.set('svc-1', { protected_until: '2026-11-22' });
    const over = await at.exceed();
    expect(over.notices.map(({ code }) => code)).toContain('hold_withheld');
    expect([at.enabled(), await at.holds()]).toEqual([[true, false], []]);
    at.bench.clock.set('2026-11-22T00:00:00Z');
    await at.check();
    expect([at.enabled(), await at.holds()]).toEqual([[false, false], ['agent-limit']]);
  });

  it('comes back with a protection that is later than its hold, and is held again after it', async () => {
    await at.exceed();
    expect([at.enabled(), await at.holds()]).toEqual([[false, false], ['agent-limit']]);
    await at.sluice.services.set('svc-1', { protected_until: '2026-11-22' });
    const { notices } = await at.pollAfter(HOUR);
    expect(notices.filter(({ code }) => code === 'release').map(({ message }) => message)).toEqual([
      'svc-1 is released (limit of its agent: it is protected until 2026-11-22)',
    ]);
    expect([at.enabled(), await at.holds()]).toEqual([[true, false], []]);
    await at.check();
    expect([at.enabled(), await at.holds()]).toEqual([[true, false], []]);
    expect((await at.sluice.explain('svc-1')).decision?.inputs).toMatchObject({ protectedUntil: '2026-11-22' });
    at.bench.clock.set('2026-11-22T00:00:00Z');
    await at.check();
    expect([at.enabled(), await at.holds()]).toEqual([[false, false], ['agent-limit']]);
  });

  it('is only shown under observe of its product', async () => {
    await at.bench.edit('quota: { total: 10GB }', 'enforce: observe, quota: { total: 10GB }');
    const over = await at.exceed();
    expect(over.agents[0]?.actions).toEqual([
      { type: 'disable-user', target: at.svc, name: expect.any(String) as unknown, state: 'planned' },
      { type: 'disable-user', target: at.loose, name: expect.any(String) as unknown, state: 'applied' },
    ]);
    expect([at.enabled(), await at.holds()]).toEqual([[true, false], []]);
  });

  it('takes over as its own what the sweep had disabled before it was a service', async () => {
    await at.exceed();
    await at.addService(2, { product: 'agency', values: { hiddify_user_uuid: at.loose } });
    const changes = at.changes().length;
    const between = await at.pollAfter(HOUR);
    expect(between.notices.filter(({ code }) => code === 'stopped_by_panel')).toEqual([]);
    expect(JSON.stringify(between.services)).not.toContain('not by Sluice');
    await at.check();
    expect(at.changes()).toHaveLength(changes);
    const shown = await at.sluice.holds.list({ service: 'svc-2' });
    expect(shown.holds).toMatchObject([{ reason: 'agent-limit', evidence: [{ target: at.loose, adopted: false }] }]);
    await at.limit('north', 50);
    await at.check();
    expect(at.enabled()).toEqual([true, true]);
  });

  it('counts against the limit when it is made, and when its quota grows', async () => {
    await at.limit('north', 20);
    await at.create(2, { product: 'agency' });
    await at.create(3, { product: 'agency' });
    await at.addService(4, { product: 'agency' });
    const refused = await at.sluice.provision.create('svc-4');
    expect([refused.run.outcome, refused.service.error?.code]).toEqual(['failed', 'agent_limit']);
    expect(at.panel.listUsers(at.north)).toHaveLength(4);
    await at.sluice.overrides.set('svc-2', { quota: '20GB' });
    const polled = await at.pollAfter(HOUR);
    expect(polled.services.map(({ error }) => error?.code ?? null)).toContain('agent_limit');
    await at.limit('north', 60);
    at.bench.clock.advance(HOUR);
    expect((await at.sluice.provision.create('svc-4')).run.outcome).toBe('done');
    expect((await at.poll()).run.outcome).toBe('done');
    expect(at.panel.user(await at.readUser('svc-2')).usageLimit).toBe(20 * GB);
  });

  it('is refused a larger package with the same outcome while it is held', async () => {
    await at.limit('north', 20);
    await at.addProduct('large', { gb: 90 });
    const change = async (): Promise<unknown> => {
      const { service, run } = await at.sluice.provision.changePackage('svc-1', 'large');
      return [service.error?.code, run.outcome];
    };
    expect(await change()).toEqual(['agent_limit', 'failed']);
    await at.sluice.holds.add('svc-1');
    expect(await change()).toEqual(['agent_limit', 'failed']);
  });

  it('is given back by restore and by holds.releaseAll', async () => {
    await at.exceed();
    await at.sluice.agents.restore('north', { force: true });
    expect([at.enabled(), await at.holds()]).toEqual([[true, true], []]);
    await at.check();
    expect(at.enabled()).toEqual([false, false]);
    const released = await at.sluice.holds.releaseAll();
    expect(released.run.outcome).toBe('done');
    expect(released).toMatchObject({ totals: { actions: 2 }, run: { observing: ['vpn'] } });
    expect([at.enabled(), await at.holds()]).toEqual([[true, true], []]);
    expect((await at.check()).run.observing).toEqual(['vpn']);
    expect(at.enabled()).toEqual([true, true]);
  });
});
