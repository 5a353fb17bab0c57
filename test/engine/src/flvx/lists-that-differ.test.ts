import { describe, expect, it } from '@jest/globals';
import { GB } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done } from '../bench/outcomes.js';
import { pollLater } from '../loop/polls.js';
import { addService, shorten } from './short-lists.js';

const at = useFlvxBench();

describe('a customer who creates a forward whenever the forwards have been listed', () => {
  /** Returns the forwards that were created. */
  function createMeanwhile(user: number): number[] {
    const created: number[] = [];
    const until = (): Promise<void> => {
      created.push(at.panel.addForward(user, at.tunnels.hk, { name: `more-${created.length}` }));
      return Promise.resolve();
    };
    const match = (call: { path: string; body: unknown }): boolean =>
      call.path.endsWith('/backup/export') && JSON.stringify(call.body).includes('forwards');
    at.panel.server.inject({ match, times: 99, fault: { kind: 'wait', until } });
    return created;
  }

  it('does not prevent the removal of the account', async () => {
    const { user, web } = await addService(at);
    const created = createMeanwhile(user);
    await done(at.sluice.provision.terminate('svc-1'));
    expect(at.panel.user(user)).toBeUndefined();
    expect([web, ...created].map((id) => at.panel.isRunning(id))).toEqual([false, false]);
  });

  it('does not prevent a hold', async () => {
    const user = await at.create(1);
    await pollLater(at);
    const created = createMeanwhile(user);
    await done(at.sluice.holds.add('svc-1'));
    expect(created.map((id) => at.panel.isRunning(id))).toEqual([false]);
  });
});

it('removes the permission that is left of a user whom staff removed', async () => {
  const user = await at.create(1);
  await pollLater(at);
  const { users, permissions } = at.panel.world;
  for (const row of [...permissions.of(user)]) permissions.delete(row.id);
  users.delete(user);
  // The panel does not check whether the user of a new permission exists.
  at.panel.addPermission(user, at.tunnels.hk);
  await done(at.sluice.provision.terminate('svc-1'));
  expect([...permissions.of(user)]).toEqual([]);
});

it('meters and holds the others of a page where one account has lost most rows', async () => {
  const user = await at.create(1);
  for (let number = 1; number <= 5; number++) at.panel.addForward(user, at.tunnels.hk, { name: `web-${number}` });
  const others: number[] = [];
  for (let number = 2; number <= 4; number++) {
    others.push(at.panel.addForward(await at.create(number), at.tunnels.hk));
  }
  await pollLater(at);
  at.panel.traffic(others[0] ?? 0, 110 * GB);
  const restore = shorten(at, 'forwards', ({ userId }) => userId === user);
  const { report } = await pollLater(at);
  restore();
  const shown = report.services.map(({ status, error }) => [status, error?.code ?? null]);
  expect(shown).toEqual([
    ['unreadable', 'PANEL_UNREADABLE'],
    ['held', null],
    ['ok', null],
    ['ok', null],
  ]);
});

it('reads nothing twice in each poll after a permission was found to be gone', async () => {
  const { user, web } = await addService(at);
  const { forwards, permissions } = at.panel.world;
  for (const row of [...permissions.of(user)]) permissions.delete(row.id);
  forwards.delete(web);
  const countSecond = async (): Promise<number> => {
    at.panel.server.clearCalls();
    await pollLater(at);
    const isSecond = (call: { path: string; body: unknown }): boolean =>
      call.path.endsWith('/tunnel/user/list') || JSON.stringify(call.body ?? null).includes('"forwards');
    return at.panel.server.calls.filter((call) => isSecond(call)).length;
  };
  expect([(await countSecond()) > 0, await countSecond()]).toEqual([true, 0]);
});
