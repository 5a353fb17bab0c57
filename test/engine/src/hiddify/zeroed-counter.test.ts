import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { DAY, GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { noticeCodes, type Polled, pollLater } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';
import { handleOn } from '../bench/sqlite.js';
import { onFiles } from '../bench/on-files.js';
import { createUsed, pollNextCycle } from './steps.js';

const at = useBench(startHiddifyBench);

const poll = async (ms?: number): Promise<Polled['service']> => (await pollLater(at, ms)).service;

describe('a counter that Sluice zeroed', () => {
  let uuid: string;
  beforeEach(async () => {
    uuid = await createUsed(at, 30);
    await pollNextCycle(at);
    expect(at.panel.user(uuid).currentUsage).toBe(0);
  });
  const writeBack = (gb: number): void => {
    at.panel.changeUser(uuid, { currentUsage: 30 * GB });
    at.panel.use(uuid, (gb - 30) * GB);
  };

  it('is zeroed again by the run that finds the old figure, and only what is above it counts', async () => {
    writeBack(31);
    const found = await poll();
    expect(found).toMatchObject({ status: 'ok', error: null, usage: { totalBytes: GB } });
    expect(found.drift).toEqual(['the panel has written back the usage that was zeroed']);
    expect(found.actions).toMatchObject([{ type: 'update-user', state: 'applied' }]);
    expect(at.panel.user(uuid).currentUsage).toBe(0);
    at.panel.use(uuid, 2 * GB);
    expect(await poll()).toMatchObject({ actions: [], drift: [], usage: { totalBytes: 3 * GB } });
  });

  it('is zeroed again by that run on a clock that goes on within the run', async () => {
    at.bench.clock.set('2027-01-15T01:00:00Z');
    at.panel.use(uuid, 40 * GB);
    const ticking = {
      now: (): number => {
        at.bench.clock.advance(1);
        return at.bench.clock.now();
      },
      sleep: (): Promise<void> => Promise.resolve(),
    };
    await at.sluice.services.set('svc-1', { next_due_date: '2027-02-15' });
    await (await at.bench.restart({ clock: ticking })).poll();
    expect(at.panel.user(uuid).currentUsage).toBe(0);
    at.panel.changeUser(uuid, { currentUsage: 41 * GB });
    at.bench.clock.advance(HOUR);
    await (await at.bench.restart({ clock: ticking })).poll();
    expect(at.panel.user(uuid).currentUsage).toBe(0);
  });

  it('counts all that was used when it is first read later than a figure can be written back', async () => {
    at.bench.clock.advance(2 * DAY);
    at.panel.use(uuid, 31 * GB);
    const { service, report } = await pollLater(at, 0);
    expect(service).toMatchObject({ status: 'ok', actions: [], usage: { totalBytes: 31 * GB } });
    expect(noticeCodes(report)).toContain('zeroing_unclear');
    at.panel.use(uuid, 2 * GB);
    expect(await poll()).toMatchObject({ actions: [], usage: { totalBytes: 33 * GB } });
  });

  it('counts all that was used once a later reading has shown that the zeroing held', async () => {
    await poll(7 * HOUR);
    at.panel.use(uuid, 31 * GB);
    expect(await poll(MINUTE)).toMatchObject({ actions: [], drift: [], usage: { totalBytes: 31 * GB } });
  });

  it('shows the old figure, however late it is read, where nobody was online since', async () => {
    writeBack(31);
    expect(await poll(2 * DAY)).toMatchObject({ status: 'ok', usage: { totalBytes: GB } });
    expect(at.panel.user(uuid).currentUsage).toBe(0);
  });

  it('stays metered where the panel may not be changed, and is zeroed again when it may', async () => {
    await at.sluice.panels.observe('vpn');
    writeBack(31);
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: GB } });
    at.panel.use(uuid, GB);
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 2 * GB } });
    at.panel.use(uuid, GB);
    expect(await poll(DAY)).toMatchObject({ status: 'ok', usage: { totalBytes: 3 * GB } });
    expect(at.panel.user(uuid).currentUsage).toBe(33 * GB);
    await at.sluice.panels.asConfigured('vpn');
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 3 * GB } });
    expect(at.panel.user(uuid).currentUsage).toBe(0);
    at.panel.use(uuid, GB);
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 4 * GB } });
  });

  describe('and that is written back once more', () => {
    /** Uses 5 GB of the cycle meanwhile. */
    const writeBackTwice = async (): Promise<Polled> => {
      writeBack(31);
      await poll(5 * MINUTE);
      expect(at.panel.user(uuid).currentUsage).toBe(0);
      writeBack(35);
      return pollLater(at, 5 * MINUTE);
    };
    const counter = (): number => at.panel.user(uuid).currentUsage / GB;

    it('is zeroed again after a pause that grows, as often as it takes, and counts once', async () => {
      const { service } = await writeBackTwice();
      expect([service.usage?.totalBytes, service.actions, counter()]).toEqual([5 * GB, [], 35]);
      at.panel.use(uuid, GB);
      const third = await poll(5 * MINUTE);
      expect([third.usage?.totalBytes, counter()]).toEqual([6 * GB, 0]);
      at.panel.changeUser(uuid, { currentUsage: 36 * GB });
      expect([(await poll(5 * MINUTE)).usage?.totalBytes, counter()]).toEqual([6 * GB, 36]);
      expect([(await poll(14 * MINUTE)).usage?.totalBytes, counter()]).toEqual([6 * GB, 36]);
      expect([(await poll(MINUTE)).usage?.totalBytes, counter()]).toEqual([6 * GB, 0]);
      at.panel.use(uuid, 2 * GB);
      expect(await poll(5 * MINUTE)).toMatchObject({ status: 'ok', actions: [], usage: { totalBytes: 8 * GB } });
    });

    it('stops the customer no longer than until the next run', async () => {
      await writeBackTwice();
      at.panel.use(uuid, 15 * GB);
      expect(await poll(MINUTE)).toMatchObject({ status: 'ok', usage: { totalBytes: 20 * GB } });
      expect(counter()).toBe(0);
    });

    /** Leaves the store as a version did that did not store when the figure was first read again. */
    const forgetWhenFound = (): void => {
      const found = '$.reading.memo.zeroing.foundAt';
      handleOn(path.join(at.bench.folder, 'sluice.db')).exec(
        `update decisions set inputs = json_remove(inputs, '${found}') where json_extract(inputs, '${found}') is not null`,
      );
    };

    onFiles.each([
      ['that the panel stops', 15, 20],
      ['that goes on', 0, 5],
    ])(
      'is zeroed again of a user %s after an upgrade from a version that did not store when it was found',
      async (_when, used, counted) => {
        await writeBackTwice();
        forgetWhenFound();
        at.panel.use(uuid, used * GB);
        expect(await poll(HOUR)).toMatchObject({ status: 'ok', usage: { totalBytes: counted * GB } });
        expect(counter()).toBe(0);
      },
    );

    it('is named once, with what to do', async () => {
      const { report } = await writeBackTwice();
      const [notice] = report.notices.filter(({ code }) => code === 'zeroing_undone_again');
      expect(notice?.message).toContain('"svc-1"');
      expect(notice?.message).toContain('35 GB');
      at.panel.use(uuid, GB);
      expect(noticeCodes((await pollLater(at, MINUTE)).report)).toEqual([]);
    });

    it('is named as what may be own use where it was read late', async () => {
      writeBack(31);
      await poll();
      writeBack(35);
      const { report } = await pollLater(at);
      const [notice] = report.notices.filter(({ code }) => code === 'zeroing_undone_again');
      expect(notice?.message).toContain('the user may have used as much');
    });
  });

  it('is not counted twice when a command finds the old figure first', async () => {
    writeBack(31);
    at.bench.clock.advance(MINUTE);
    await at.sluice.provision.suspend('svc-1');
    await at.sluice.provision.unsuspend('svc-1');
    at.panel.use(uuid, GB);
    expect(await poll()).toMatchObject({ status: 'ok', usage: { totalBytes: 2 * GB } });
    expect(at.panel.user(uuid).currentUsage).toBe(0);
  });
});

describe('a user who uses about as much as before each zeroing', () => {
  /** Uses so much before each poll, and returns what is counted after it. */
  const pollEach = async (gigabytes: readonly number[], ms: number): Promise<number[]> => {
    const uuid = await createUsed(at, 5);
    await pollNextCycle(at);
    const counted: number[] = [];
    for (const gb of gigabytes) {
      at.panel.use(uuid, gb * GB);
      counted.push(((await poll(ms)).usage?.totalBytes ?? 0) / GB);
    }
    return counted;
  };

  it('is zeroed again once only where polls are hours apart, and all that is used then counts', async () => {
    expect(await pollEach([5.5, 6, 7, 8, 9], 2 * HOUR)).toEqual([0.5, 1, 8, 16, 25]);
  });

  it.each(few([5, 7, 10, 15, 60], 2))(
    'is counted in full from the second one on with polls every %i minutes',
    async (minutes) => {
      const even = Array.from({ length: 6 }, () => 5.5);
      expect(await pollEach(even, minutes * MINUTE)).toEqual([0.5, 0.5, 6, 11.5, 17, 22.5]);
    },
  );
});

describe('a zeroing whose answers are lost while the user goes on', () => {
  it('is done where the panel shows a lower figure, and what was used since counts', async () => {
    const uuid = await createUsed(at, 30);
    at.panel.use(uuid, GB);
    at.panel.server.inject({ endpoint: /^PATCH/, when: 'after', fault: { kind: 'html', status: 504 } });
    const forget = at.panel.server.onCall(({ endpoint, changing }) => {
      const isReadBack = !changing && endpoint.includes('{uuid}') && at.panel.server.changingCalls().length > 1;
      if (isReadBack) at.panel.use(uuid, GB / 4);
    });
    const opened = (await pollNextCycle(at)).service;
    expect(opened).toMatchObject({ status: 'ok', usage: { totalBytes: GB }, actions: [{ state: 'applied' }] });
    at.panel.server.clearFaults();
    forget();
    const used = at.panel.user(uuid).currentUsage;
    expect(used).toBeGreaterThan(0);
    expect(await poll()).toMatchObject({ status: 'ok', actions: [], usage: { totalBytes: GB + used } });
    expect(at.panel.user(uuid).currentUsage).toBe(used);
  });
});
