import { beforeEach, describe, expect, it } from '@jest/globals';
import { diffStates, type FlvxState } from '@sluice/fake-panels';
import { GB, DAY } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';

const at = useFlvxBench();
let before: FlvxState;
beforeEach(() => {
  before = at.panel.state();
});

/** All that has changed on the panel and its nodes since the last look, services of nodes by forward. */
function changes(): string[] {
  const now = at.panel.state();
  const lines = diffStates(before, now);
  before = now;
  return lines;
}

/** What is pushed to the nodes when a setting of forwards changes. */
const pushed = (forwards: number[], change: string): string[] =>
  forwards.flatMap((id) => ['tcp', 'udp'].map((protocol) => `nodes.1.services.${id}_3_2_${protocol}.${change}`));

/** Polls, and returns what was used by then, and the holds. */
const polled = async (): Promise<{ used: number; holds: string[] }> => {
  await done(at.poll());
  return status();
};
const status = async (): Promise<{ used: number; holds: string[] }> => {
  const { usage, holds } = await at.sluice.services.show('svc-1');
  return { used: (usage?.totalBytes ?? 0) / GB, holds: holds.map((hold) => hold.reason) };
};

/** What a new user and a new permission have in common. */
const NEW = { flowResetTime: 0, status: 1, inFlow: 0, outFlow: 0 };

const ms = (date: string): number => Date.parse(`${date}T00:00:00Z`);

describe('the life of a relay service', () => {
  it('leaves the panel after each step exactly as that step should, and nothing of it in the end', async () => {
    const empty = at.panel.state();
    await at.addService(1);

    const { service, credentials } = await done(at.sluice.provision.create('svc-1'));
    const name = credentials?.username ?? '';
    expect(name).toMatch(/^sl-[0-9a-z]{20}$/);
    expect(credentials?.password).toMatch(/^[A-Za-z2-9]{24}$/);
    expect(service).toMatchObject({
      lifecycle: 'active',
      refs: { flvx_user_id: '3', flvx_username: name, flvx_tunnel_id: '1', flvx_user_tunnel_id: '2' },
    });
    const values = { ...NEW, flow: 100, num: 10, expTime: ms('2026-12-15') };
    expect(at.panel.user(3)).toMatchObject({ user: name, roleId: 1, ...values });
    expect(at.panel.permission(3, 1)).toEqual({ id: 2, userId: 3, tunnelId: 1, speedId: null, ...values });
    expect(changes().filter((line) => !/^(users\.3|permissions\.2)\./.test(line))).toEqual([]);

    // The customer makes two forwards that run and one that he pauses himself, and uses half of what he has.
    at.panel.addForward(3, 1, { name: 'web' });
    at.panel.addForward(3, 1, { name: 'game' });
    at.panel.addForward(3, 1, { name: 'off', paused: true });
    at.panel.traffic(2, { in: 20 * GB, out: 30 * GB });
    changes();
    at.bench.clock.advance(DAY);
    expect(await polled()).toEqual({ used: 50, holds: [] });
    expect(changes()).toEqual([]);

    // Over quota: the panel stops the forwards by itself, the poll makes sure of it.
    at.panel.traffic(2, { in: 20 * GB, out: 31 * GB });
    changes();
    at.bench.clock.advance(DAY);
    expect(await polled()).toEqual({ used: 101, holds: ['quota'] });
    expect(changes()).toEqual(['permissions.2.status: 1 -> 0']);
    expect(at.panel.runningForwards()).toEqual([1]);
    expect(at.panel.traffic(2, GB)).toBe(false);

    // More quota: what ran runs again, what the customer had paused does not.
    await at.sluice.overrides.set('svc-1', { quota: '200GB' });
    expect(changes()).toEqual([]);
    expect(await polled()).toEqual({ used: 101, holds: [] });
    expect(changes()).toEqual(
      [
        'forwards.2.status: 0 -> 1',
        'forwards.3.status: 0 -> 1',
        ...pushed([2, 3], 'paused: true -> false'),
        'permissions.2.flow: 100 -> 200',
        'permissions.2.status: 0 -> 1',
        'users.3.flow: 100 -> 200',
      ].sort(),
    );
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);

    // Renewed a day before its time, then the new cycle begins: usage from zero, counters too.
    at.panel.traffic(3, { in: 5 * GB, out: 5 * GB });
    changes();
    at.bench.clock.set('2026-12-14T12:00:00Z');
    await done(at.sluice.provision.renew('svc-1'));
    const january = `${ms('2026-12-15')} -> ${ms('2027-01-15')}`;
    expect(changes()).toEqual([`permissions.2.expTime: ${january}`, `users.3.expTime: ${january}`]);
    expect(await polled()).toEqual({ used: 111, holds: [] });
    at.bench.clock.set('2026-12-15T00:10:00Z');
    at.panel.midnight();
    at.panel.traffic(2, GB);
    changes();
    expect(await polled()).toEqual({ used: 1, holds: [] });
    expect(changes()).toEqual([
      `permissions.2.inFlow: ${46 * GB} -> 0`,
      `permissions.2.outFlow: ${66 * GB} -> 0`,
      `users.3.inFlow: ${46 * GB} -> 0`,
      `users.3.outFlow: ${66 * GB} -> 0`,
    ]);

    // A bigger package: another tunnel, more forwards, a speed of its own.
    await done(at.sluice.provision.changePackage('svc-1', 'big'));
    expect(at.panel.permission(3, 2)).toEqual({
      ...{ ...NEW, id: 3, userId: 3, tunnelId: 2, speedId: 1, num: 20, flow: 200, expTime: ms('2027-01-15') },
    });
    expect(changes().filter((line) => !/^(permissions\.3|limits|nodes\.1\.limiters)\b/.test(line))).toEqual(
      [
        ...pushed([2, 3, 4], 'limiter: null -> "1"'),
        'permissions.2.num: 10 -> 20',
        'permissions.2.speedId: null -> 1',
        'users.3.num: 10 -> 20',
      ].sort(),
    );
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);

    // Suspended, and moved back to the smaller package meanwhile: it stays suspended.
    await done(at.sluice.provision.suspend('svc-1'));
    const closed = [
      'forwards.2.status: 1 -> 0',
      'forwards.3.status: 1 -> 0',
      ...pushed([2, 3], 'paused: false -> true'),
      'permissions.2.status: 1 -> 0',
      'users.3.status: 1 -> 0',
    ];
    expect(changes()).toEqual([...closed, 'permissions.3.status: 1 -> 0'].sort());
    await done(at.sluice.provision.changePackage('svc-1', 'relay'));
    expect(at.panel.runningForwards()).toEqual([1]);
    expect(changes().filter((line) => !/^(permissions\.3|limits|nodes\.1\.limiters)\b/.test(line))).toEqual(
      [
        ...pushed([2, 3, 4], 'limiter: "1" -> null'),
        'permissions.2.num: 20 -> 10',
        'permissions.2.speedId: 1 -> null',
        'users.3.num: 20 -> 10',
      ].sort(),
    );
    expect(Object.keys(at.panel.state().limits)).toEqual([]);
    expect(at.panel.permission(3, 2)).toBeUndefined();
    const open = closed.map((line) => line.replace(/(\S+) -> (\S+)$/, '$2 -> $1')).sort();
    await done(at.sluice.provision.unsuspend('svc-1'));
    expect(changes()).toEqual(open);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);

    // A new password, and nothing else.
    const changed = await at.sluice.provision.changePassword('svc-1');
    expect(changed.credentials).toMatchObject({ username: name, passwordFile: null });
    expect(changed.credentials?.password).not.toBe(credentials?.password);
    expect(changes().map((line) => line.split(':')[0])).toEqual(['users.3.pwd']);

    // Over quota again, and not paid: paying alone does not open it.
    await at.sluice.overrides.clear('svc-1');
    at.panel.traffic(2, { in: 80 * GB, out: 31 * GB });
    changes();
    at.bench.clock.advance(DAY);
    expect(await polled()).toEqual({ used: 112, holds: ['quota'] });
    expect(changes()).toEqual(
      [
        ...closed.filter((line) => !line.startsWith('users')),
        'permissions.2.flow: 200 -> 100',
        'users.3.flow: 200 -> 100',
      ].sort(),
    );
    await done(at.sluice.provision.suspend('svc-1'));
    expect((await status()).holds.sort()).toEqual(['billing', 'quota']);
    expect(changes()).toEqual(['users.3.status: 1 -> 0']);
    const paid = await at.sluice.provision.unsuspend('svc-1');
    expect(paid.stillHeld).toEqual(['quota']);
    expect(changes()).toEqual(['users.3.status: 0 -> 1']);
    expect(at.panel.runningForwards()).toEqual([1]);
    await done(at.sluice.provision.renew('svc-1'));
    expect(at.panel.user(3)?.expTime).toBe(ms('2027-02-15'));
    changes();

    // The new cycle gives it back.
    at.bench.clock.set('2027-01-15T00:10:00Z');
    at.panel.midnight();
    expect(await polled()).toEqual({ used: 0, holds: [] });
    expect(changes()).toEqual(
      [
        ...open.filter((line) => !line.startsWith('users')),
        `permissions.2.inFlow: ${80 * GB} -> 0`,
        `permissions.2.outFlow: ${31 * GB} -> 0`,
        `users.3.inFlow: ${80 * GB} -> 0`,
        `users.3.outFlow: ${31 * GB} -> 0`,
      ].sort(),
    );
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);

    // Nothing is left to do, by any run.
    await expectSettled(at);
    at.panel.server.clearCalls();
    await done(at.sluice.reconcile());
    expect(at.panel.server.changingCalls()).toEqual([]);

    await done(at.sluice.provision.terminate('svc-1'));
    expect(diffStates(empty, at.panel.state())).toEqual([]);
    expect(await at.sluice.services.show('svc-1')).toMatchObject({ lifecycle: 'terminated', account: null });
    await expectSettled(at);
    await done(at.sluice.provision.terminate('svc-1'));
  });
});
