import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { useOpened } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { startFlvxBench } from '../bench/flvx-bench.js';

const SPEED = ', lineSpeed: 10Mbit/s';

const POLL = 'poll: { maxOvershoot: 1GB, floor: 1m, ceiling: 4h }';

const [at, open] = useOpened((options: { panelMore?: string } = {}) =>
  startEasyDcimBench(POLL, { panelMore: SPEED, random: () => 0, ...options }),
);
const [lists, openLists] = useOpened(() =>
  startFlvxBench('poll: { maxOvershoot: 1GB, floor: 1m, ceiling: 4h, doubt: { jump: off } }', {
    panelMore: SPEED,
    random: () => 0,
  }),
);

/** The next run over what is due: later than `poll.floor` after the last one. */
const due = (): Promise<RunReport> => at.pollAfter(1.25 * MINUTE, { due: true });
const read = async (): Promise<string[]> => (await due()).services.map(({ id }) => id).sort();

/** Begins with services whose next reading is hours away. */
async function begin(): Promise<void> {
  await open();
  for (const number of [1, 2]) await at.addService(number);
  expect(await read()).toEqual(['svc-1', 'svc-2']);
  expect(await read()).toEqual([]);
}

describe('what a run over all services leaves', () => {
  const runs: [string, () => Promise<RunReport>][] = [
    ['a reconcile', () => at.sluice.reconcile()],
    ['a poll of all', () => at.poll()],
    ['a poll of one service', () => at.poll({ service: 'svc-1' })],
  ];

  it.each(runs)('is read again by the next run over what is due where %s doubts it', async (_name, run) => {
    await begin();
    at.panel.addTraffic(501, { in: 150 * GB, out: 0 });
    at.bench.clock.advance(MINUTE);
    const { services } = await run();
    expect(services.find(({ id }) => id === 'svc-1')).toMatchObject({ status: 'doubted' });
    expect(await read()).toEqual(['svc-1']);
  });

  it.each(runs)('is read again where the panel does not answer %s', async (_name, run) => {
    await begin();
    const answer = at.panel.server.inject({ match: () => true, fault: { kind: 'status', status: 500 } });
    at.bench.clock.advance(MINUTE);
    const { services } = await run();
    answer();
    expect(await read()).toEqual(services.map(({ id }) => id).sort());
  });

  it.each(runs)('is the speed of the line of a new service with its first reading, by %s', async (_name, run) => {
    await open({ panelMore: '' });
    await at.addService(1);
    await run();
    await due();
    const [row] = await at.bench.store.nextReadings.list({ panel: 'dcim', services: ['svc-1'] });
    expect(row?.details).toMatchObject({ isHighest: true, source: 'line' });
  });

  it('is not read sooner where nothing is wrong', async () => {
    await begin();
    at.bench.clock.advance(HOUR);
    await at.poll();
    expect(await read()).toEqual([]);
    expect((await at.sluice.explain('svc-1')).service.nextReading).toMatchObject({ reason: 'ceiling' });
    await at.poll({ dryRun: true });
    expect((await at.sluice.explain('svc-1')).service.nextReading).toMatchObject({ reason: 'ceiling' });
  });
});

describe('what a run over all services leaves of lists', () => {
  const readLists = (): Promise<RunReport> => {
    lists.bench.clock.advance(1.25 * MINUTE);
    return lists.poll({ due: true });
  };
  const isRead = async (): Promise<boolean> => (await readLists()).totals.read > 0;
  const planned = async (): Promise<unknown> => {
    const [row] = await lists.bench.store.nextReadings.list({ panel: 'relay', services: [''] });
    return { dueAt: row?.dueAt, reason: row?.reason, details: row?.details };
  };

  async function beginLists(): Promise<void> {
    await openLists();
    const [first] = [await lists.create(1), await lists.create(2)];
    const forward = lists.panel.addForward(first, lists.tunnels.hk, { name: 'web' });
    lists.panel.traffic(forward, { in: 95 * GB, out: 0 });
    expect(await isRead()).toBe(true);
    while (await isRead());
  }

  it('is read again by the next run where the lists could not be read', async () => {
    await beginLists();
    const answer = lists.panel.server.inject({ match: () => true, fault: { kind: 'status', status: 500 } });
    await lists.sluice.reconcile();
    answer();
    expect(await isRead()).toBe(true);
  });

  it('is not read later than other services need where one of them is read', async () => {
    await beginLists();
    const before = await planned();
    expect(before).toMatchObject({ details: { service: 'svc-1' } });
    await lists.poll({ service: 'svc-2' });
    expect(await isRead()).toBe(false);
    expect(await planned()).toEqual(before);
  });
});
