import { beforeEach, describe, expect, it } from '@jest/globals';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { during } from '../bench/during.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { type Polled, pollLater } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';
import { createUsed, pollNextCycle } from './steps.js';

const at = useBench(startHiddifyBench);

type Service = Polled['service'];
const poll = async (ms?: number): Promise<Service> => (await pollLater(at, ms)).service;
const used = ({ usage }: Service): number | null => (usage === null ? null : (usage.totalBytes ?? 0) / GB);

describe('the counter of an account that Sluice makes again', () => {
  it('begins again with an account that Sluice made again, and what was used before still counts', async () => {
    const uuid = await createUsed(at, 30);
    at.panel.deleteUser(uuid);
    expect((await poll()).error?.code).toBe('user_gone');
    await at.sluice.provision.create('svc-1');
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 30 * GB } });
    at.panel.use(uuid, 15 * GB);
    expect(used(await poll())).toBe(45);
    at.panel.use(uuid, 5 * GB);
    expect(await poll()).toMatchObject({ status: 'held', usage: { totalBytes: 50 * GB } });
    expect(at.panel.user(uuid).enable).toBe(false);
  });

  it('begins with an account that Sluice made again once the cycle was over in which it was removed', async () => {
    at.panel.addUser();
    const uuid = await createUsed(at, 30);
    at.panel.deleteUser(uuid);
    expect((await poll()).error?.code).toBe('user_gone');
    expect((await pollNextCycle(at)).service.error?.code).toBe('user_gone');
    await at.sluice.provision.create('svc-1');
    at.panel.use(uuid, 2 * GB);
    expect(used(await poll())).toBe(2);
  });

  describe('of an account that is made again while a run is under way', () => {
    let uuid = '';
    let second = '';
    beforeEach(async () => {
      uuid = await createUsed(at, 30);
      second = await at.create(2);
      await poll();
      at.panel.deleteUser(second);
      at.panel.addUser();
    });

    /** Polls; while the run waits for the user of another service, staff delete that of the first, and Sluice makes it again. */
    const pollMeanwhile = (): Promise<Service> =>
      during(
        at.panel.server,
        ({ path }) => path.includes(second),
        () => poll(),
        async () => {
          if (at.panel.hasUser(uuid)) at.panel.deleteUser(uuid);
          await at.sluice.provision.create('svc-1');
        },
      );

    /** What comes before the run. */
    interface Before {
      isGone?: true;
      quota?: string;
      opens?: true;
      usedGb?: number;
    }

    it.each<[string, number, Before]>([
      ['it does not find the former one', 32, { isGone: true }],
      ['it does not find the former one, and its allowance is another', 32, { isGone: true, quota: '80GB' }],
      ['it does not find the former one, and its cycle opens', 2, { isGone: true, opens: true }],
      ['it accepts a reading of the former one', 32, { usedGb: 1 }],
      ['it stores the first reading of a cycle of the former one', 2, { opens: true }],
    ])('begins again: %s', async (_case, expected, { isGone, quota, opens, usedGb }) => {
      if (isGone === true) at.panel.deleteUser(uuid);
      else at.panel.use(uuid, (usedGb ?? 0) * GB);
      if (quota !== undefined) await at.sluice.overrides.set('svc-1', { quota });
      if (opens === true) at.bench.clock.set('2026-12-15T01:00:00Z');
      await pollMeanwhile();
      at.panel.use(uuid, 2 * GB);
      expect(used(await poll())).toBe(expected);
    });
  });

  it('begins with an account that Sluice made again in a later cycle, whose first reading is refused', async () => {
    await createUsed(at, 30);
    await at.sluice.provision.terminate('svc-1');
    at.bench.clock.set('2027-01-20T10:00:00Z');
    await at.sluice.services.set('svc-1', { status: 'active', next_due_date: '2027-02-15' });
    await at.sluice.provision.create('svc-1');
    const made = await at.readUser('svc-1');
    const endpoint = 'GET /api/v2/admin/user/{uuid}/';
    const show = at.panel.server.inject({ endpoint, fault: { kind: 'html', status: 200 } });
    expect((await poll()).status).toBe('unreadable');
    show();
    at.panel.use(made, 2 * GB);
    expect(used(await poll())).toBe(2);
  });

  it('counts all that an account that Sluice made again shows, however high', async () => {
    const uuid = await createUsed(at, 8);
    at.panel.deleteUser(uuid);
    await poll();
    await at.sluice.provision.create('svc-1');
    at.panel.use(uuid, 9 * GB);
    expect(used(await poll())).toBe(17);
    expect(used(await poll())).toBe(17);
  });

  it.each(['first', 'again'])(
    'counts nothing twice after a clock that was ahead made the account (%s)',
    async (made) => {
      const { clock } = at.bench;
      const before = made === 'again' ? 8 : 0;
      if (made === 'again') at.panel.deleteUser(await createUsed(at, before));
      else await at.addService(1);
      const now = clock.now();
      clock.advance(25 * MINUTE);
      await at.sluice.provision.create('svc-1');
      clock.set(now + MINUTE);
      const uuid = await at.readUser('svc-1');
      for (const gb of [1, 2, 3, 4, 5, 6, 7]) {
        at.panel.use(uuid, GB);
        expect(used(await poll(5 * MINUTE))).toBe(before + gb);
      }
    },
  );

  it.each([
    ['ahead of the end', '2026-12-20T10:00:00Z'],
    ['behind the start', '2026-11-10T10:00:00Z'],
  ])(
    'keeps what its cycle had used where the clock is %s of the cycle while the account is made',
    async (_case, wrong) => {
      const { clock } = at.bench;
      const uuid = await createUsed(at, 30);
      at.panel.deleteUser(uuid);
      await poll();
      const now = clock.now();
      clock.set(wrong);
      await at.sluice.provision.create('svc-1');
      clock.set(now + MINUTE);
      at.panel.use(uuid, 2 * GB);
      expect(used(await poll())).toBe(32);
    },
  );

  it('counts all that a new account shows whose creation had no answer', async () => {
    await createUsed(at, 30);
    await at.sluice.provision.terminate('svc-1');
    await at.sluice.services.set('svc-1', { status: 'active' });
    at.panel.server.inject({ endpoint: /^POST/, when: 'after', times: 1, fault: { kind: 'cut' } });
    at.panel.server.onCall(({ method }) => {
      if (method === 'POST') at.panel.server.inject({ endpoint: /^GET/, fault: { kind: 'cut' } });
    });
    expect((await at.sluice.provision.create('svc-1')).service.error?.code).toBe('outcome_unknown');
    at.panel.server.clearFaults();
    const made = await at.readUser('svc-1');
    for (const expected of [32, 34]) {
      at.panel.use(made, 2 * GB);
      expect(used(await poll())).toBe(expected);
    }
  });
});
