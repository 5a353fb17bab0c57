import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { RunReport } from '@sluice/engine';
import { type EngineBench, GB, HOUR } from '../bench/engine-bench.js';
import { type FlvxBench, startFlvxBench, useFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { kill } from '../bench/killed-call.js';
import { done } from '../bench/outcomes.js';
import { pollLater } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';

const BRAKE = 'poll: { brake: { share: 100%, atLeast: 1000 }, doubt: { jump: off } }';

const releaseAll = ({ bench }: { bench: EngineBench }): Promise<RunReport> => bench.sluice.holds.releaseAll();
const released = ({ run, services, totals }: RunReport): unknown => [
  run.outcome,
  services.map(({ id, error }) => [id, error?.code ?? null]),
  totals.released,
];
const DONE = ['done', [['svc-1', null]], 1];

describe('a release of all holds on FLVX', () => {
  const at = useFlvxBench(BRAKE);

  /** An account with one running forward, made by Sluice or by another tool, which used 120 of the product's 100 GB. */
  async function overQuota(
    product: string,
    kind: 'own' | 'imported' | 'adopted',
    flow = 1000,
  ): Promise<{ user: number; web: number }> {
    const { hk } = at.tunnels;
    const user = kind === 'own' ? await at.create(1, { product }) : at.panel.addUser({ user: 'anna', flow });
    if (kind !== 'own') {
      at.panel.addPermission(user, hk, { flow });
      await at.addService(1, { product, values: { flvx_user_id: String(user) } });
    }
    const web = at.panel.addForward(user, hk, { name: 'web' });
    if (kind === 'adopted') await done(at.sluice.provision.create('svc-1', { adopt: true }));
    await at.poll();
    at.panel.traffic(web, { in: 60 * GB, out: 60 * GB });
    await pollLater(at);
    return { user, web };
  }

  const held = async (): Promise<number> => {
    const { holds, evidence } = at.bench.store;
    return (await holds.open()).length + (await evidence.open()).length;
  };

  /** Whether the forward runs, also after the traffic at which the panel looks at its quotas. */
  const goesOn = async (web: number): Promise<boolean> => {
    at.panel.traffic(web, { in: GB, out: GB });
    await pollLater(at);
    await at.sluice.reconcile();
    return at.panel.runningForwards().includes(web);
  };

  it.each(
    few([
      ['relay', 'own', 99_999],
      ['slow', 'own', 99_999],
      ['relay', 'imported', 1000],
      ['slow', 'imported', 1000],
      ['relay', 'adopted', 1000],
      ['slow', 'adopted', 1000],
      ['nowhere', 'adopted', 1000],
    ] as const),
  )('of a %s account that is %s leaves no quota of ours that stops it', async (product, kind, flow) => {
    const { user, web } = await overQuota(product, kind);
    expect(await held()).toBeGreaterThan(0);
    expect(released(await releaseAll(at))).toEqual(DONE);
    expect([await held(), at.panel.user(user)?.flow, at.panel.permission(user, 1)?.flow]).toEqual([0, flow, flow]);
    expect(await goesOn(web)).toBe(true);
    expect(at.panel.user(user)?.flow).toBe(flow);
    expect(released(await releaseAll(at))).toEqual(['done', [], 0]);
  });

  it('lifts the quota where the former one is used up, too', async () => {
    const { user, web } = await overQuota('relay', 'adopted', 110);
    expect(released(await releaseAll(at))).toEqual(DONE);
    expect([at.panel.user(user)?.flow, await goesOn(web)]).toEqual([99_999, true]);
  });

  it('of another reason leaves the quota as it is', async () => {
    const { user, web } = await overQuota('relay', 'adopted');
    await at.sluice.holds.add('svc-1');
    await done(at.sluice.holds.releaseAll({ reason: 'manual' }));
    expect([at.panel.user(user)?.flow, at.panel.runningForwards().includes(web)]).toEqual([100, false]);
  });

  it('counts as not released what the panel still stops, and tries it again', async () => {
    const { user, web } = await overQuota('relay', 'own');
    at.panel.world.users.get(user)!.status = 0;
    const dry = await at.sluice.holds.releaseAll({ dryRun: true });
    expect(dry.services[0]?.error?.code).toBe('stopped_by_panel');
    for (const time of ['first', 'again']) {
      const outcome = await releaseAll(at);
      expect([time, released(outcome)]).toEqual([time, ['failed', [['svc-1', 'stopped_by_panel']], 0]]);
      expect(outcome.services[0]?.error?.message).toMatch(/still stops it: .*not by Sluice/);
      expect(await held()).toBe(1);
    }
    at.panel.world.users.get(user)!.status = 1;
    expect(released(await releaseAll(at))).toEqual(DONE);
    expect([await held(), await goesOn(web)]).toEqual([0, true]);
  });

  it.each(few([0, 1, 2, 3], 2))('is completed by a repeat after call %i of its changes failed', async (skip) => {
    const { user, web } = await overQuota('slow', 'adopted');
    const match = ({ endpoint }: { endpoint: string }): boolean =>
      /update|assign|resume|delete|redeploy/.test(endpoint);
    const repair = at.panel.server.inject({ match, skip, times: 1, when: 'after', fault: { kind: 'cut' } });
    await releaseAll(at);
    repair();
    at.bench.clock.advance(HOUR);
    await done(releaseAll(at));
    expect([await held(), at.panel.user(user)?.flow, await goesOn(web)]).toEqual([0, 1000, true]);
  });
});

/** Each change is tried with SLUICE_LONG=1. */
const STEP = process.env['SLUICE_LONG'] === '1' ? 1 : 7;

/** Kills a release in its n-th change, and repeats it an hour later; returns what is left then, or null where there is no such change. */
async function killRelease(at: FlvxBench, product: string, point: { nth: number; when: 'before' | 'after' }) {
  const user = await at.create(1, { product });
  const [web = 0, off = 0] = ['web', 'off'].map((name) =>
    at.panel.addForward(user, at.tunnels.hk, { name, paused: name === 'off' }),
  );
  await at.poll();
  const before = at.panel.world.limits.all().length;
  at.panel.traffic(web, { in: 60 * GB, out: 60 * GB });
  await pollLater(at);
  const endpoint = /update|assign|pause|resume|delete|redeploy/;
  const how = { ...point, endpoint, land: () => Promise.resolve() };
  const isKilled = kill(at, ({ holds }) => holds.releaseAll(), how).then(
    () => true,
    () => false,
  );
  if (!(await isKilled)) return null;
  at.bench.clock.advance(HOUR);
  await at.bench.sluice.poll();
  await done(at.bench.sluice.holds.releaseAll());
  const { holds, evidence } = at.bench.store;
  return {
    running: [web, off].map((id) => at.panel.isRunning(id)),
    limits: at.panel.world.limits.all().length - before,
    open: (await holds.open()).length + (await evidence.open()).length,
    again: (await at.bench.sluice.holds.releaseAll()).services.length,
  };
}

it.each(['relay', 'nowhere', 'slow'])(
  'a release of all holds that is killed at any change gives back all, and no more, by a repeat (%s)',
  async (product) => {
    let kills = 0;
    for (let nth = 1, isPast = false; !isPast; nth += STEP) {
      isPast = true;
      for (const when of ['before', 'after'] as const) {
        const at = await startFlvxBench(BRAKE);
        const left = await killRelease(at, product, { nth, when });
        await at.close();
        if (left === null) continue;
        isPast = false;
        kills++;
        const nothing = { running: [true, false], limits: 0, open: 0, again: 0 };
        expect({ nth, when, left }).toEqual({ nth, when, left: nothing });
      }
    }
    expect(kills).toBeGreaterThan(STEP === 1 ? 3 : 1);
  },
);

describe('a release of all holds on Hiddify', () => {
  const at = useBench(() => startHiddifyBench({ more: BRAKE }));

  async function overQuota(kind: 'own' | 'imported' | 'adopted'): Promise<string> {
    const uuid =
      kind === 'own'
        ? await at.create(1)
        : at.panel.addUser({ agent: null, usageLimit: 1000 * GB, startDate: '2026-11-15', packageDays: 60 });
    if (kind !== 'own') await at.addService(1, { values: { hiddify_user_uuid: uuid } });
    if (kind === 'adopted') await done(at.sluice.provision.create('svc-1', { adopt: true }));
    await at.poll();
    at.panel.use(uuid, 60 * GB);
    await pollLater(at);
    return uuid;
  }

  it.each([
    ['own', null],
    ['imported', 1000 * GB],
    ['adopted', 1000 * GB],
  ] as const)('of a user that is %s leaves no limit of ours that stops it', async (kind, limit) => {
    const uuid = await overQuota(kind);
    expect(at.panel.user(uuid).enable).toBe(false);
    expect(released(await releaseAll(at))).toEqual(DONE);
    await pollLater(at);
    const user = at.panel.user(uuid);
    expect([user.enable, user.usageLimit > 60 * GB]).toEqual([true, true]);
    if (limit !== null) expect(user.usageLimit).toBe(limit);
  });
});
