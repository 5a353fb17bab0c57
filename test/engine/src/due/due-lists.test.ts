import { expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { MINUTE } from '../bench/engine-bench.js';

const at = useFlvxBench('poll: { maxOvershoot: 1GB, ceiling: 30m, doubt: { jump: off } }');

const due = (): Promise<RunReport> => {
  at.bench.clock.advance(MINUTE);
  return at.poll({ due: true });
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
