import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { diffStates } from '@sluice/fake-panels';
import { flvxConfig, useFlvxBench } from '../bench/flvx-bench.js';
import { done, failure } from '../bench/outcomes.js';

const at = useFlvxBench();

const errors = ({ services }: RunReport) => services.map(({ error }) => error?.code);

/** The panel lists forwards of this user that can't be read. */
function spoilForwards(user: number): void {
  const spoil = (row: { userId: number }): unknown => (row.userId === user ? { ...row, outFlow: 1.5 } : row);
  const change = (json: unknown): unknown => {
    const body = json as { data: { userId: number }[] };
    return { ...body, data: body.data.map(spoil) };
  };
  at.panel.server.inject({ endpoint: /forward\/list$/, fault: { kind: 'mutate', change } });
}

describe('the mass-change brake', () => {
  beforeEach(async () => {
    for (let number = 1; number <= 3; number++) await at.create(number);
    await at.poll();
  });
  const brake = 'poll: { brake: { share: 20%, atLeast: 2 }, doubt: { jump: off } }';

  it('stops a run that would lower the quota of most accounts', async () => {
    await at.bench.configure(flvxConfig(at.panel.url, brake).replaceAll('total: 100GB', 'total: 10GB'));
    const before = at.panel.state();
    expect(await failure(at.poll())).toMatchObject({ as: 'brake', code: 'mass_change' });
    expect(diffStates(before, at.panel.state())).toEqual([]);
    await done(at.poll({ allowMass: true }));
    expect([3, 4, 5].map((id) => at.panel.user(id)?.flow)).toEqual([10, 10, 10]);
  });

  it('lets a run pass that only raises them', async () => {
    await at.bench.configure(flvxConfig(at.panel.url, brake).replaceAll('total: 100GB', 'total: 200GB'));
    await done(at.poll());
  });

  it('takes a list of less than half of the users for a broken one', async () => {
    const { users } = at.panel.world;
    const gone = [2, 4, 5].map((id) => users.get(id)!);
    for (const { id } of gone) users.delete(id);
    const before = at.panel.state();
    const polled = await at.poll();
    expect([polled.run.outcome, ...errors(polled)]).toEqual(['failed', ...Array<string>(3).fill('list_too_short')]);
    expect(polled.totals).toMatchObject({ read: 0, unreadable: 3, actions: 0 });
    expect((await at.sluice.reconcile()).run.outcome).toBe('failed');
    expect(diffStates(before, at.panel.state())).toEqual([]);
    const { reconcile } = at.sluice;
    for (const run of [() => at.poll({ allowMass: true }), () => at.poll(), () => reconcile(), () => at.poll()])
      expect(errors(await run())).toEqual([undefined, 'account_missing', 'account_missing']);
  });

  it.each([
    ['all but one', [2, 4, 5]],
    ['all', [2, 3, 4, 5]],
  ])('is an alarm, told once, where the list lacks %s of the users', async (_, gone) => {
    for (const id of gone) at.panel.world.users.delete(id);
    const pollLater = (options?: Parameters<typeof at.poll>[0]): Promise<RunReport> => {
      at.bench.clock.advance(3_600_000);
      return at.poll(options);
    };
    const since = new Date(at.bench.clock.now() + 3_600_000).toISOString();
    for (let polls = 0; polls < 2; polls++)
      expect((await pollLater()).panels).toMatchObject([{ panel: 'relay', error: { code: 'list_too_short' } }]);
    const told = async (): Promise<string[]> =>
      (await at.bench.store.notices.list({})).flatMap(({ code, message }) => (/^panel_/.test(code) ? [message] : []));
    const left = 4 - gone.length;
    const alarm = `No run over panel relay has read any usage since ${since}: panel "relay" lists ${left} users, but the last list had 4: the list may be incomplete and was ignored.`;
    expect(await told()).toEqual([alarm]);
    const seen = async (): Promise<unknown[]> => {
      const [panel] = (await at.sluice.panels.list()).panels;
      const { alarms } = await at.sluice.notices.alarms();
      return [panel?.undecided?.since, alarms.flatMap(({ service, message }) => (service === null ? [message] : []))];
    };
    expect(await seen()).toEqual([since, [alarm]]);
    await pollLater({ allowMass: true });
    expect(await seen()).toEqual([undefined, []]);
    const again = `The runs read the usage of panel relay again; they had not since ${since}`;
    expect((await told()).sort()).toEqual([alarm, again].sort());
  });

  it.each(['long ago', 'never'] as const)(
    'compares it with the last list, not with one from before, when it read a service %s',
    async (when) => {
      const id = at.panel.addUser({ user: 'imported', flowResetTime: 0, expTime: Date.parse('2026-12-15') });
      at.panel.addPermission(id, at.tunnels.hk);
      at.panel.addForward(id, at.tunnels.hk);
      await at.addService(4, { values: { flvx_user_id: String(id) } });
      const others = Array.from({ length: 6 }, (_, index) => at.panel.addUser({ user: `other-${index}x` }));
      await at.poll();
      if (when === 'long ago') await at.sluice.services.set('svc-4', { status: 'pending' });
      else spoilForwards(id);
      const poll = async (): Promise<unknown[]> => {
        at.bench.clock.advance(3_600_000);
        const polled = await at.poll();
        return [polled.run.outcome, ...errors(polled)];
      };
      const last = when === 'long ago' ? undefined : 'PANEL_UNREADABLE';
      for (const gone of [others.slice(0, 3), others.slice(3)]) {
        for (const other of gone) at.panel.world.users.delete(other);
        expect((await poll()).slice(1, 5)).toEqual([undefined, undefined, undefined, last]);
      }
      await at.sluice.services.set('svc-4', { status: 'active' });
      // A command reads no list.
      at.bench.clock.advance(60_000);
      await at.sluice.provision.renew('svc-4', { until: '2027-01-15' });
      for (let polls = 0; polls < 2; polls++)
        expect((await poll()).slice(1)).toEqual([undefined, undefined, undefined, last]);
    },
  );

  it('does not take the accounts for lost that Sluice itself has removed', async () => {
    for (const number of [1, 2]) await at.sluice.provision.terminate(`svc-${number}`);
    await done(at.poll());
  });
});

describe('a poll', () => {
  it('reads three lists, however many services there are', async () => {
    for (let number = 1; number <= 12; number++) {
      const user = at.panel.addUser({ user: `user-${number}x`, flowResetTime: 0, expTime: Date.parse('2026-12-15') });
      at.panel.addPermission(user, at.tunnels.hk);
      at.panel.addForward(user, at.tunnels.hk);
      await at.addService(number, { values: { flvx_user_id: String(user) } });
    }
    at.panel.server.clearCalls();
    const polled = await done(at.poll());
    expect(polled.totals).toMatchObject({ services: 12, read: 12 });
    expect(at.panel.server.calls.map((call) => call.path.replace('/api/v1', '')).sort()).toEqual([
      '/backup/export',
      '/forward/list',
      '/user/list',
      '/user/login',
    ]);
  });
});
