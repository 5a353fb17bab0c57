import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { RunReport } from '@sluice/engine';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startFlvxBench, useFlvxBench } from '../bench/flvx-bench.js';
import { kill } from '../bench/killed-call.js';
import { done, failure } from '../bench/outcomes.js';
import { pollLater } from '../loop/polls.js';

const at = useFlvxBench();

async function poll(): Promise<RunReport> {
  at.bench.clock.advance(HOUR);
  return at.poll();
}

const open = async (): Promise<number[]> => {
  const { evidence, holds } = at.bench.store;
  return [(await evidence.open()).length, (await holds.open()).length];
};

/** Ends the first service, as a sync does. */
async function end(status: 'vanished' | 'terminated', changed: { updatedAt?: string } = {}): Promise<void> {
  const service = await at.bench.store.services.get('svc-1');
  await at.bench.store.services.put([{ ...service!, ...changed, status }]);
}

/** Adds a service that names the account of the first. */
async function passTo(number: number, user: number, product: string, more: Record<string, string> = {}): Promise<void> {
  const values = { flvx_user_id: String(user), ...more };
  await at.addService(number, { product, values, allowDuplicateRefs: true });
}

/** A service that is held for its quota, and then ends; the new one names its account. */
async function passOn(product: string, status: 'vanished' | 'terminated'): Promise<{ user: number; web: number }> {
  const user = await at.create(1, { product });
  const web = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  await poll();
  at.panel.traffic(web, { in: 110 * GB, out: 0 });
  await poll();
  expect((await open())[1]).toBe(1);
  await end(status);
  return { user, web };
}

type Kill = readonly [nth: number, when: 'before' | 'after'];

/** Changes of a run, killed before and after the panel has made them: all of them in long runs. */
const KILLS: Kill[] =
  process.env['SLUICE_LONG'] === '1'
    ? [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((nth): Kill[] => [
        [nth, 'before'],
        [nth, 'after'],
      ])
    : [
        [3, 'before'],
        [4, 'after'],
        [5, 'before'],
      ];

describe('the restrictions of a held service that ended', () => {
  it.each([
    ['relay', 'vanished'],
    ['slow', 'vanished'],
    ['relay', 'terminated'],
  ] as const)('of %s, which is %s, end where another service has its account', async (product, status) => {
    const { user, web } = await passOn(product, status);
    Object.assign(at.panel.world.users.get(user)!, { inFlow: 0, outFlow: 0 });
    await passTo(2, user, 'big');
    const released = await poll();
    expect(released.notices.map(({ code }) => code)).toContain('ended_released');
    expect(await open()).toEqual([0, 0]);
    const after = await poll();
    expect(after.services.find(({ id }) => id === 'svc-2')).toMatchObject({ status: 'ok' });
    expect(at.panel.runningForwards()).toContain(web);
    expect(at.panel.permission(user, at.tunnels.hk)?.status).toBe(1);
  });

  it('stay while nobody else has its account, and where a pending service names it that nobody has ordered it for', async () => {
    const { user, web } = await passOn('relay', 'vanished');
    await poll();
    expect([(await open())[1], at.panel.runningForwards().includes(web)]).toEqual([1, false]);
    await passTo(2, user, 'big', { status: 'pending' });
    await poll();
    expect([(await open())[1], at.panel.runningForwards().includes(web)]).toEqual([1, false]);
  });

  it.each(few(['vanished', 'terminated'] as const, 2))(
    'leave the next service no tunnel closed that a change of package had closed (%s)',
    async (status) => {
      const { jp } = at.tunnels;
      const user = await at.create(1, { product: 'big' });
      const far = at.panel.addForward(user, jp, { name: 'far' });
      const off = at.panel.addForward(user, jp, { name: 'off', paused: true });
      await poll();
      await done(at.sluice.provision.changePackage('svc-1', 'relay'));
      expect(at.panel.permissionStatus(user, jp)).toBe(0);
      // Another service names the account for a while.
      await passTo(3, user, 'relay');
      at.bench.clock.advance(HOUR);
      await at.sluice.services.set('svc-3', { flvx_user_id: '', status: 'terminated' });
      at.bench.clock.advance(HOUR);
      await end(status, { updatedAt: new Date(at.bench.clock.now()).toISOString() });
      await passTo(2, user, 'big', { client: '43' });
      await poll();
      await done(at.sluice.reconcile());
      await poll();
      expect(at.panel.permissionStatus(user, jp)).toBe(1);
      expect([far, off].map((id) => at.panel.world.forwards.get(id)?.status)).toEqual([1, 0]);
    },
  );

  it.each(['held', 'living'] as const)(
    'leave it none closed either that the service had while another named its account (%s)',
    async (former) => {
      const { jp } = at.tunnels;
      const user = await at.create(1, { product: 'big' });
      const far = at.panel.addForward(user, jp, { name: 'far' });
      await poll();
      if (former === 'held') await done(at.sluice.provision.suspend('svc-1'));
      await done(at.sluice.provision.changePackage('svc-1', 'relay'));
      if (former === 'held') await end('vanished', { updatedAt: new Date(at.bench.clock.now()).toISOString() });
      await passTo(2, user, 'big', { client: '43' });
      const create = () => at.sluice.provision.create('svc-2', { adopt: true });
      await failure(create());
      if (former === 'living') {
        await poll();
        await end('vanished', { updatedAt: new Date(at.bench.clock.now()).toISOString() });
      }
      await poll();
      await done(create());
      await poll();
      expect([at.panel.permissionStatus(user, jp), at.panel.world.forwards.get(far)?.status]).toEqual([1, 1]);
    },
  );

  it.each(
    few(
      [
        ['relay', 'relay', 100],
        ['relay', 'big', 300],
        ['nowhere', 'relay', 100],
        ['slow', 'relay', 100],
      ] as const,
      2,
    ),
  )(
    'leave the next service what ran, and nothing that the customer had paused (%s, then %s)',
    async (former, product, quota) => {
      const user = await at.create(1, { product: former });
      const [web, off] = ['web', 'off'].map((name) =>
        at.panel.addForward(user, at.tunnels.hk, { name, paused: name === 'off' }),
      );
      await poll();
      at.panel.traffic(web!, { in: 110 * GB, out: 0 });
      await poll();
      await end('vanished', { updatedAt: new Date(at.bench.clock.now()).toISOString() });
      await passTo(2, user, product, { client: '43' });
      for (const work of ['poll', 'poll', 'reconcile', 'poll'] as const) {
        at.bench.clock.advance(HOUR);
        await at.sluice[work]();
      }
      expect([web!, off!].map((id) => at.panel.isRunning(id))).toEqual([true, false]);
      expect([web!, off!].map((id) => at.panel.world.forwards.get(id)?.status)).toEqual([1, 0]);
      expect(at.panel.world.users.get(user)?.flow).toBe(quota);
    },
  );

  it.each(
    few([
      ['relay', false],
      ['nowhere', false],
      ['slow', false],
      ['relay', true],
      ['slow', true],
    ] as const),
  )(
    'are undone for the next service by later runs, whatever call of the first is killed (%s, counters zeroed: %s)',
    async (product, zeroed) => {
      const wrong: unknown[] = [];
      for (const [nth, when] of KILLS) {
        const own = await startFlvxBench('poll: { doubt: { jump: off } }');
        try {
          const user = await own.create(1, { product });
          const [web = 0, off = 0] = ['web', 'off'].map((name) =>
            own.panel.addForward(user, own.tunnels.hk, { name, paused: name === 'off' }),
          );
          await own.poll();
          own.panel.traffic(web, { in: 110 * GB, out: 0 });
          await pollLater(own);
          const service = await own.bench.store.services.get('svc-1');
          const updatedAt = new Date(own.bench.clock.now()).toISOString();
          await own.bench.store.services.put([{ ...service!, updatedAt, status: 'vanished' }]);
          const values = { flvx_user_id: String(user), client: '43' };
          await own.addService(2, { product: 'relay', values, allowDuplicateRefs: true });
          if (zeroed) Object.assign(own.panel.world.users.get(user)!, { inFlow: 0, outFlow: 0 });
          if (zeroed) await own.sluice.overrides.set('svc-2', { quota: '5000GB' });
          const how = {
            endpoint: /update|assign|pause|resume|delete|redeploy|reset/,
            ...{ nth, when },
            land: () => Promise.resolve(),
          };
          const isKilled = kill(own, (sluice) => sluice.poll(), how).then(
            () => true,
            () => false,
          );
          if (!(await isKilled)) continue;
          for (const work of ['poll', 'poll', 'reconcile', 'poll'] as const) {
            own.bench.clock.advance(HOUR);
            await own.bench.sluice[work]();
          }
          const running = [web, off].map((id) => own.panel.isRunning(id));
          if (!(running[0] && !running[1])) wrong.push({ nth, when, running });
        } finally {
          await own.close();
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  it('are undone for a third service, where the second had the account for less than a run', async () => {
    const { user, web } = await passOn('relay', 'vanished');
    const off = at.panel.addForward(user, at.tunnels.hk, { name: 'off', paused: true });
    await passTo(2, user, 'relay', { client: '43' });
    await poll();
    const second = await at.bench.store.services.get('svc-2');
    const updatedAt = new Date(at.bench.clock.now()).toISOString();
    await at.bench.store.services.put([{ ...second!, updatedAt, status: 'vanished' }]);
    await passTo(3, user, 'relay', { client: '44' });
    for (const work of ['poll', 'poll', 'reconcile', 'poll'] as const) {
      at.bench.clock.advance(HOUR);
      await at.sluice[work]();
    }
    expect([web, off].map((id) => at.panel.isRunning(id))).toEqual([true, false]);
    expect(await open()).toEqual([0, 0]);
  });

  it('leave the next service no tunnel open that its product does not have', async () => {
    const { hk, jp } = at.tunnels;
    const user = await at.create(1, { product: 'big' });
    const far = at.panel.addForward(user, jp, { name: 'far' });
    await poll();
    await end('vanished', { updatedAt: new Date(at.bench.clock.now()).toISOString() });
    await passTo(2, user, 'relay', { client: '43' });
    await done(at.sluice.provision.create('svc-2', { adopt: true }));
    expect([hk, jp].map((tunnel) => at.panel.permissionStatus(user, tunnel))).toEqual([1, 0]);
    expect(at.panel.isRunning(far)).toBe(false);
    await done(at.sluice.provision.changePackage('svc-2', 'big'));
    expect([at.panel.permissionStatus(user, jp), at.panel.isRunning(far)]).toEqual([1, true]);
  });

  it.each(['active', 'pending'])(
    'are named where a service that is %s gets its account before a poll',
    async (status) => {
      const { user, web } = await passOn('relay', 'vanished');
      await passTo(2, user, 'big', { status });
      const create = () => at.sluice.provision.create('svc-2', { adopt: true });
      expect(await failure(create())).toMatchObject({
        as: 'failed',
        message: expect.stringContaining('still restricted for svc-1, which has ended'),
      });
      await poll();
      await done(create());
      expect(at.panel.runningForwards()).toContain(web);
    },
  );

  it('charge the next client with nothing that was used before', async () => {
    const { user, web } = await passOn('relay', 'vanished');
    await passTo(2, user, 'relay', { client: '43' });
    const shown = async (): Promise<unknown[]> => {
      const service = (await poll()).services.find(({ id }) => id === 'svc-2');
      return [service?.status, service?.error, service?.holds, service?.usage?.totalBytes];
    };
    expect((await shown()).slice(2)).toEqual([[], 0]);
    expect((await shown()).slice(1)).toEqual([null, [], 0]);
    // The panel would stop the account by what was used before: its counter begins again.
    const account = at.panel.world.users.get(user)!;
    expect([account.inFlow, account.outFlow, at.panel.runningForwards().includes(web)]).toEqual([0, 0, true]);
    account.inFlow += 5 * GB;
    expect(await shown()).toEqual(['ok', null, [], 5 * GB]);
  });
});
