import { expect, it } from '@jest/globals';
import { copyStore } from '@sluice/state-store';
import { useBench } from './bench/each-test.js';
import { onFiles } from './bench/on-files.js';
import { startEasyDcimBench } from './bench/easydcim-bench.js';

const at = useBench(() => startEasyDcimBench());

onFiles('ends where the store is moved', async () => {
  const following = at.sluice.log.follow({ kinds: ['run'], limit: 1 }, () => undefined);
  const { location } = at.bench.store;
  const copied = { from: location, to: `${location}-2.db`, id: () => 'copy-1', refuseActive: () => undefined };
  await Promise.all([expect(following).rejects.toMatchObject({ code: 'store_moved' }), copyStore(copied)]);
});

it('asks the store for the log after writes, not each second', async () => {
  const { clock } = at.bench;
  const slept: number[] = [];
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    slept.push(ms);
    if (ms > 1000)
      return new Promise((resolve) => {
        signal?.addEventListener('abort', () => {
          resolve();
        });
      });
    clock.advance(ms);
    return Promise.resolve();
  };
  Object.assign(clock, { sleep });
  const stop = new AbortController();
  let begin = (_command: unknown): void => undefined;
  const first = new Promise<unknown>((resolve) => (begin = resolve));
  const following = at.sluice.log.follow({ kinds: ['run'], limit: 1, signal: stop.signal }, ({ command }) => {
    begin(command);
  });
  await at.addService(1);
  expect(await first).toBe('service add');
  stop.abort();
  await following;
  expect(slept.length).toBeLessThan(20);
});
