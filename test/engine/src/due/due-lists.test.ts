import { expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { MINUTE } from '../bench/engine-bench.js';

const at = useFlvxBench(
  'poll: { maxOvershoot: 1GB, ceiling: 30m, brake: { share: 40%, atLeast: 1 }, doubt: { jump: off } }',
);
const GB = 1024 ** 3;

const due = (): Promise<RunReport> => {
  at.bench.clock.advance(MINUTE);
  return at.poll({ due: true, allServices: false });
};

/** Returns the minutes in which the lists were read. */
async function minutes(count: number): Promise<number[]> {
  const read: number[] = [];
  for (let minute = 1; minute <= count; minute++) {
    at.panel.server.clearCalls();
    if ((await due()).totals.read > 0) read.push(minute);
    else expect(at.panel.server.calls).toEqual([]);
  }
  return read;
}

/** Returns the services that the next run over what is due need not decide on, while nothing changes. */
async function listLeft(): Promise<string[]> {
  const { store, clock } = at.bench;
  const now = new Date(clock.now()).toISOString();
  const page = await store.compliant.page({ panel: 'relay', scope: 'poll', at: now, after: '', limit: 100 });
  return page.flatMap(({ service, found }) => (found?.record.reading == null ? [] : [service]));
}

/** Returns what the row of the lists says. */
async function planned(): Promise<unknown> {
  const [row] = await at.bench.store.nextReadings.list({ panel: 'relay', services: [''] });
  return row;
}

it('counts what it leaves as it is in when the lists are read next, and in what the brake compares with', async () => {
  const users = [];
  for (const number of [1, 2, 3]) users.push(await at.create(number));
  const [first, , third] = users.map((user) => at.panel.addForward(user, at.tunnels.hk, { name: 'web' }));
  await at.bench.edit('relay: { kind: flvx', 'relay: { lineSpeed: 100Mbit/s, kind: flvx');
  at.panel.traffic(first!, { in: 95 * GB, out: 0 });
  await minutes(30);
  expect(await listLeft()).toEqual(['svc-1', 'svc-2', 'svc-3']);
  // What is left of the first service, and is tolerated, may be used in 257 seconds; each reading of it is that of the lists.
  at.panel.traffic(third!, { in: 5 * GB, out: 0 });
  const [read] = await minutes(6);
  expect(read).toBeGreaterThan(0);
  const row = await planned();
  expect(row).toMatchObject({
    reason: 'limit',
    details: { service: 'svc-1', about: 'quota', remainingBytes: 5 * GB },
  });
  at.panel.traffic(third!, { in: 100 * GB, out: 0 });
  await minutes(6);
  expect((await at.bench.store.holds.open()).map(({ service }) => service)).toEqual(['svc-3']);
});

it('reads the lists of a panel for the first service that is due, with one row, and calls nothing in between', async () => {
  for (const number of [1, 2]) await at.create(number);
  await at.bench.edit('relay: { kind: flvx', 'relay: { lineSpeed: 100Mbit/s, kind: flvx');
  const first = await minutes(3);
  expect(first.length).toBeLessThanOrEqual(2);
  // 100 GB are never used in less than the ceiling by lines of this speed.
  const next = await minutes(32);
  expect(next).toHaveLength(1);
  const rows = await at.bench.store.nextReadings.list({ panel: 'relay', services: ['', 'svc-1', 'svc-2'] });
  expect(rows.map(({ service }) => service)).toEqual(['']);
  expect((await at.sluice.explain('svc-2')).service.nextReading?.message).toContain('lists of its panel');
  // A new service is read at once.
  await at.create(3);
  expect((await minutes(2))[0]).toBe(1);
});
