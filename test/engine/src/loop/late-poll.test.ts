import { describe, expect, it } from '@jest/globals';
import { DAY, MINUTE } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';

const at = useBench(() => startEasyDcimBench());

async function lastPoll(): Promise<(string | undefined)[]> {
  const found = (await at.sluice.panels.doctor({})).checks.find(({ name }) => name === 'last poll');
  return [found?.status, found?.code];
}

describe('the last poll that doctor checks', () => {
  it.each([{ service: 'svc-1' }, { panel: 'dcim' }])('is late whatever a poll of %o did since', async (part) => {
    await at.addService(1);
    await at.addService(2);
    await at.poll();
    at.bench.clock.advance(3 * DAY);
    expect(await lastPoll()).toEqual(['warning', 'poll_late']);
    await at.poll(part);
    expect(await lastPoll()).toEqual(['warning', 'poll_late']);
    const { late } = await at.sluice.overview();
    expect(late).toEqual({ command: 'poll', at: new Date(at.bench.clock.now() - 3 * DAY).toISOString() });
    await at.poll();
    expect([await lastPoll(), (await at.sluice.overview()).late]).toEqual([['ok', undefined], undefined]);
  });

  it('has not failed where a poll of one service has', async () => {
    await at.addService(1);
    await at.addService(2);
    await at.poll();
    at.panel.server.inject({ match: () => true, fault: { kind: 'status', status: 500 } });
    expect((await at.poll({ service: 'svc-1' })).run.outcome).toBe('failed');
    at.panel.server.clearFaults();
    expect(await lastPoll()).toEqual(['ok', undefined]);
  });

  it('is not late, and none that failed, while another one is at work', async () => {
    await at.addService(1);
    const seen: (string | undefined)[][] = [];
    const look = async (): Promise<void> => void seen.push(await lastPoll());
    await during(() => at.poll(), look);
    at.bench.clock.advance(3 * DAY);
    expect(await lastPoll()).toEqual(['warning', 'poll_late']);
    await during(() => at.poll(), look);
    expect(seen).toEqual([
      ['ok', undefined],
      ['ok', undefined],
    ]);
    expect(await lastPoll()).toEqual(['ok', undefined]);
  });

  it('is not late while a reconcile of several intervals keeps it from the panels, and not after it', async () => {
    await at.addService(1);
    await at.poll();
    const late: unknown[] = [];
    const look = async (): Promise<void> => {
      for (let interval = 0; interval < 5; interval++) {
        at.bench.clock.advance(15 * MINUTE);
        const { leases } = at.bench.store;
        await leases.renewAll(await leases.list(), new Date(at.bench.clock.now()).toISOString(), MINUTE);
        await expect(at.poll()).rejects.toMatchObject({ code: 'lease_held' });
      }
      late.push((await at.sluice.overview()).late, (await at.sluice.standing()).late, await lastPoll());
    };
    const { run } = await during(() => at.sluice.reconcile(), look);
    at.bench.clock.advance(-30 * MINUTE);
    late.push((await at.sluice.overview()).late);
    expect(late).toEqual([undefined, undefined, ['ok', undefined], undefined]);
    at.bench.clock.advance(31 * MINUTE);
    expect((await at.sluice.overview()).late).toEqual({ command: 'poll', at: run.startedAt });
  });

  it('is said of one that has the panels for long, whatever it waits for', async () => {
    await at.addService(1);
    await at.poll();
    const late: unknown[] = [];
    const look = async (): Promise<void> => {
      for (let interval = 0; interval < 13; interval++) {
        at.bench.clock.advance(15 * MINUTE);
        const { leases } = at.bench.store;
        await leases.renewAll(await leases.list(), new Date(at.bench.clock.now()).toISOString(), MINUTE);
        if (interval > 10) late.push((await at.sluice.overview()).late);
      }
      late.push((await lastPoll())[0]);
    };
    const { run } = await during(() => at.poll(), look);
    expect(late).toEqual([undefined, { command: 'poll', at: run.startedAt, atWork: true }, 'warning']);
  });
});

/** Makes a run, and calls `look` while it reads the panel. */
async function during<T>(run: () => Promise<T>, look: () => Promise<void>): Promise<T> {
  const fault = { kind: 'wait', until: look } as const;
  at.panel.server.inject({ match: ({ path }) => path.includes('bandwidth'), times: 1, fault });
  const made = await run();
  at.panel.server.clearFaults();
  return made;
}
