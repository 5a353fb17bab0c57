import { afterEach, describe, expect, it } from '@jest/globals';
import { type FakeEasyDcim, startFakeEasyDcim } from '@sluice/fake-panels';
import { during as duringCall } from '../bench/during.js';
import { DAY, MINUTE } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';
import { type EasyDcimBench, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(() => startEasyDcimBench());
/** A second panel, where a test adds one. */
let other: FakeEasyDcim | undefined;
afterEach(async () => {
  await other?.close();
  other = undefined;
});

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
      await passIntervals(5, async () => {
        await expect(at.poll()).rejects.toMatchObject({ code: 'lease_held' });
      });
      late.push((await at.sluice.overview()).late, (await at.sluice.standing()).late, await lastPoll());
    };
    const { run } = await during(() => at.sluice.reconcile(), look);
    at.bench.clock.advance(-30 * MINUTE);
    late.push((await at.sluice.overview()).late);
    expect(late).toEqual([undefined, undefined, ['ok', undefined], undefined]);
    at.bench.clock.advance(31 * MINUTE);
    expect((await at.sluice.overview()).late).toEqual({ command: 'poll', at: run.startedAt });
  });
});

describe('a run that has panels for long', () => {
  it('is named, whatever it waits for', async () => {
    await at.addService(1);
    await at.poll();
    const seen: unknown[] = [];
    const look = async (): Promise<void> => {
      await passIntervals(12);
      seen.push(await readLate());
      await passIntervals(1);
      seen.push(await readLate(), await lastPoll(), await longRun());
    };
    const { run } = await during(() => at.poll(), look);
    const named = { command: 'poll', at: run.startedAt, atWork: true, panels: ['dcim'] };
    expect(seen).toEqual([undefined, named, ['ok', undefined], ['warning', expect.stringContaining('panel dcim')]]);
    expect(await longRun()).toBeUndefined();
  });

  it('is named while polls go on over the others', async () => {
    await addOther();
    const seen: unknown[] = [];
    const look = async (): Promise<void> => {
      await passIntervals(12, pollTheOthers);
      seen.push(await readLate());
      await passIntervals(1, pollTheOthers);
      seen.push(await readLate(), (await at.sluice.standing()).late, await lastPoll(), await longRun());
    };
    const { run } = await during(() => at.poll({ panel: 'other' }), look, other);
    const named = { command: 'poll', at: run.startedAt, atWork: true, panels: ['other'] };
    expect(seen).toEqual([
      undefined,
      named,
      named,
      ['ok', undefined],
      ['warning', expect.stringContaining('panel other')],
    ]);
    expect(await readLate()).toBeUndefined();
  });

  it('does not hide that the polls over all panels have stopped', async () => {
    await addOther();
    const seen: unknown[] = [];
    const look = async (): Promise<void> => {
      await passIntervals(13);
      seen.push(await readLate(), await lastPoll());
    };
    await during(() => at.poll({ panel: 'other' }), look, other);
    expect(seen).toEqual([{ command: 'poll', at: expect.any(String) }, ['warning', 'poll_late']]);
  });

  it('does not hide that the polls of the other panels have stopped, which went on beside it', async () => {
    await addOther();
    const seen: unknown[] = [];
    const release = await at.bench.takeLease('panel:dcim');
    const look = async (): Promise<void> => {
      await release();
      await passIntervals(2, pollTheOthers);
      seen.push(await readLate());
      await passIntervals(4);
      seen.push(await readLate(), await lastPoll());
    };
    // A reconcile over the panel that no poll has.
    await during(() => at.sluice.reconcile(), look, other);
    expect(seen).toEqual([undefined, { command: 'poll', at: expect.any(String) }, ['warning', 'poll_late']]);
  });

  it('is none whose process has ended', async () => {
    await at.addService(1);
    const seen: unknown[] = [];
    const look = async (): Promise<void> => {
      await passIntervals(13);
      seen.push(await readLate());
      await at.bench.restart();
      seen.push(await readLate(), await longRun());
    };
    const { run } = await during(() => at.poll(), look);
    expect(seen).toEqual([
      expect.objectContaining({ atWork: true }),
      { command: 'poll', at: run.startedAt },
      undefined,
    ]);
  });
});

it('a check of agents that keeps polls from their only panel is named, and not the schedule', async () => {
  const vpn = await startHiddifyBench();
  try {
    await vpn.create(1);
    await vpn.limit('north', 20);
    await vpn.poll();
    const seen: unknown[] = [];
    const read = async (): Promise<void> => void seen.push((await vpn.sluice.overview()).late);
    const refused = async (): Promise<void> => {
      await expect(vpn.poll()).rejects.toMatchObject({ code: 'lease_held' });
    };
    const look = async (): Promise<void> => {
      await passIntervals(5, refused, vpn);
      await read();
      await passIntervals(8, refused, vpn);
      await read();
    };
    const { run } = await duringCall(
      vpn.panel.server,
      () => true,
      () => vpn.sluice.agents.check(),
      look,
    );
    await read();
    const named = { command: 'agent check', at: run.startedAt, atWork: true, panels: ['vpn'] };
    expect(seen).toEqual([undefined, named, { command: 'poll', at: expect.any(String) }]);
  } finally {
    await vpn.close();
  }
});

const readLate = async (): Promise<unknown> => (await at.sluice.overview()).late;

async function longRun(): Promise<(string | undefined)[] | undefined> {
  const found = (await at.sluice.panels.doctor({})).checks.find(({ code }) => code === 'run_at_work');
  return found && [found.status, found.message];
}

/** Adds a panel with one service. */
async function addOther(): Promise<void> {
  await at.addService(1);
  other = await startFakeEasyDcim({ token: 'token-of-the-other', now: at.bench.clock.now, timeZone: 'UTC' });
  const panel = `other: { kind: easydcim, url: "${other.url}", allowHttp: true, token: token-of-the-other, retries: 0 }`;
  await at.bench.edit('panels:\n', `panels:\n  ${panel}\n`);
  await at.bench.edit('products:\n', 'products:\n  beside: { panel: other, quota: { total: 100GB } }\n');
  other.addService({ id: 601, orderId: 951, serverId: 351, user: 20, ports: [{ id: 8011, name: 'eth0' }] });
  await at.sluice.services.add('o-1', {
    ...{ panel: 'other', product: 'beside', billing_cycle: 'monthly', next_due_date: '2026-12-15' },
    ...{ easydcim_service_id: '601', easydcim_order_id: '951', easydcim_server_id: '351' },
  });
  await at.poll();
}

const pollTheOthers = async (): Promise<void> => {
  const { panels } = await at.poll();
  expect(panels.map(({ panel, error }) => [panel, error.code])).toEqual([['other', 'lease_held']]);
};

/** Lets intervals of polls pass, during which the leases are renewed. */
async function passIntervals(
  intervals: number,
  each: () => Promise<void> = () => Promise.resolve(),
  { bench }: Pick<EasyDcimBench, 'bench'> = at,
): Promise<void> {
  for (let interval = 0; interval < intervals; interval++) {
    bench.clock.advance(15 * MINUTE);
    const { leases } = bench.store;
    await leases.renewAll(await leases.list(), new Date(bench.clock.now()).toISOString(), MINUTE);
    await each();
  }
}

/** Makes a run, and calls `look` while it reads the panel. */
function during<T>(run: () => Promise<T>, look: () => Promise<void>, { server } = at.panel): Promise<T> {
  return duringCall(server, ({ path }) => path.includes('bandwidth'), run, look);
}
