import { describe, expect, it } from '@jest/globals';
import { runConcurrently } from './run-concurrently.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* pages(): AsyncGenerator<number> {
  for (let page = 1; page <= 5; page++) {
    await turn();
    yield page;
  }
}

describe('sideBySide', () => {
  it.each([
    ['a list', () => [1, 2, 3, 4, 5]],
    ['pages', pages],
  ])('works on all of %s, so many at once', async (_name, items) => {
    const done: number[] = [];
    let busy = 0;
    let most = 0;
    await runConcurrently(items(), 2, async (item) => {
      most = Math.max(most, ++busy);
      await turn();
      busy--;
      done.push(item);
    });
    expect([done.sort(), most]).toEqual([[1, 2, 3, 4, 5], 2]);
  });

  it('after a failure begins nothing more, and throws it once what is under way is done', async () => {
    const started: number[] = [];
    const ended: number[] = [];
    const work = runConcurrently([1, 2, 3, 4, 5, 6], 3, async (item) => {
      started.push(item);
      await turn();
      if (item === 2) throw new Error('two');
      for (let turns = 0; turns < 5; turns++) await turn();
      ended.push(item);
    });
    await expect(work).rejects.toThrow('two');
    expect([started, ended]).toEqual([
      [1, 2, 3],
      [1, 3],
    ]);
  });

  it('stops when it is reported to', async () => {
    const started: number[] = [];
    await runConcurrently(
      [1, 2, 3, 4],
      1,
      (item) => {
        started.push(item);
        return Promise.resolve();
      },
      () => started.length === 2,
    );
    expect(started).toEqual([1, 2]);
  });
});
