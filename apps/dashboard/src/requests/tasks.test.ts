import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { manualClock } from '@sluice/fake-panels';
import type { Context } from '../server/options.js';
import { Tasks } from './tasks.js';

it('keeps the newest hundred reports of a server on a file, and each run that is under way', async () => {
  const clock = manualClock('2026-11-20T12:00:00Z');
  const tasks = new Tasks({ store: { location: 'sluice.db' }, clock, randomBytes } as unknown as Context);
  const request = { command: 'poll', by: 'ops', panel: null, service: null };
  let end = (): void => undefined;
  const long = await tasks.start(request, () => new Promise<void>((resolve) => (end = resolve)));
  const ids: string[] = [];
  for (let run = 0; run < 102; run++) {
    clock.advance(1000);
    const { id } = await tasks.start(request, () => Promise.resolve({ run }));
    await new Promise((resolve) => setImmediate(resolve));
    ids.push(id);
  }
  const found = await Promise.all(ids.map((id) => tasks.find(id)));
  expect(found.map((task) => task?.last)).toEqual([
    undefined,
    undefined,
    ...ids.slice(2).map((_, run) => ({ event: 'report', data: { run: run + 2 } })),
  ]);
  expect(await tasks.find(long.id)).toMatchObject({ finishedAt: null });
  end();
  await tasks.ended();
  expect(await tasks.find(long.id)).toMatchObject({ finishedAt: '2026-11-20T12:01:42.000Z' });
});
