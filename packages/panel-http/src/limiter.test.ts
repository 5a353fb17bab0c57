import { describe, expect, it } from '@jest/globals';
import { createLimiter, toPortions } from './limiter.js';

interface Task {
  run: () => Promise<number>;
  finish: () => void;
}

function tasks(count: number, started: number[]): Task[] {
  return Array.from({ length: count }, (_, index) => {
    let finish: () => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const run = async (): Promise<number> => {
      started.push(index);
      await done;
      return index;
    };
    return {
      run,
      finish: () => {
        finish();
      },
    };
  });
}

const plain = { first: false, signal: undefined };

/** Gives a limiter so many tasks, of which one may go first. */
function fill(limiter: ReturnType<typeof createLimiter>, count: number, first = -1) {
  const started: number[] = [];
  const all = tasks(count, started);
  const results = all.map((task, index) => limiter.run(task.run, { ...plain, first: index === first }));
  const finish = (): Promise<number[]> => {
    for (const task of all) task.finish();
    return Promise.all(results);
  };
  return { started, finish };
}

describe('createLimiter', () => {
  it('runs no more at once than allowed, in order', async () => {
    const limiter = createLimiter(2, undefined);
    const { started, finish } = fill(limiter, 4);
    expect(started).toEqual([0, 1]);
    expect([limiter.inFlight, limiter.waiting]).toEqual([2, 2]);
    expect(await finish()).toEqual([0, 1, 2, 3]);
    expect(started).toEqual([0, 1, 2, 3]);
  });

  it('lets repeated attempts go first', async () => {
    const { started, finish } = fill(createLimiter(1, undefined), 3, 2);
    await finish();
    expect(started).toEqual([0, 2, 1]);
  });

  it('opens step by step, so that a wide one does not dial all its connections at once', async () => {
    const limiter = createLimiter(150, undefined);
    const { started, finish } = fill(limiter, 200);
    const open = [started.length];
    while (limiter.inFlight < 150) {
      await new Promise(setImmediate);
      open.push(started.length);
    }
    expect(open).toEqual([64, 128, 150]);
    expect(await finish()).toHaveLength(200);
  });

  it('obeys a limit that changes', async () => {
    const limiter = createLimiter(4, undefined);
    limiter.concurrency = 1;
    const { started, finish } = fill(limiter, 3);
    expect(started).toEqual([0]);
    limiter.concurrency = 3;
    expect(started).toEqual([0, 1, 2]);
    await finish();
  });

  it('lets a waiting task go at once when it is called off, and never runs it', async () => {
    const limiter = createLimiter(1, undefined);
    const started: number[] = [];
    const [first, second, third] = tasks(3, started) as [Task, Task, Task];
    const calledOff = new AbortController();
    const one = limiter.run(first.run, plain);
    const two = limiter.run(second.run, { first: false, signal: calledOff.signal });
    const three = limiter.run(third.run, { first: false, signal: new AbortController().signal });
    calledOff.abort(new Error('called off'));
    await expect(two).rejects.toThrow('called off');
    for (const task of [first, second, third]) task.finish();
    expect([await one, await three]).toEqual([0, 2]);
    expect(started).toEqual([0, 2]);
  });

  it('does not take a task that was called off before', async () => {
    const limiter = createLimiter(1, undefined);
    const run = limiter.run(() => Promise.resolve(1), {
      first: false,
      signal: AbortSignal.abort(new Error('too late')),
    });
    await expect(run).rejects.toThrow('too late');
    expect(limiter.waiting).toBe(0);
  });

  it('hands on failures of tasks', async () => {
    const limiter = createLimiter(1, undefined);
    const fail = (): Promise<never> => Promise.reject(new Error('no'));
    await expect(limiter.run(fail, plain)).rejects.toThrow('no');
    await expect(limiter.run(fail, { first: false, signal: new AbortController().signal })).rejects.toThrow('no');
  });

  it('starts no more per second than allowed', async () => {
    const limiter = createLimiter(100, 100);
    const starts: number[] = [];
    const begun = performance.now();
    await Promise.all(
      Array.from({ length: 31 }, () =>
        limiter.run(async () => {
          await limiter.turn?.(plain);
          starts.push(performance.now());
        }, plain),
      ),
    );
    // Five in each window of 50 ms at most. A busy machine starts some late, never early; a timer may fire a moment early.
    for (const [i, at] of starts.entries()) expect(at - begun).toBeGreaterThan(50 * Math.floor(i / 5) - 5);
    expect(starts).toHaveLength(31);
  });
});

describe('portions', () => {
  it.each([
    [0.5, 1, 2_000],
    [1, 1, 1_000],
    [10, 1, 100],
    [20, 1, 50],
    [30, 2, 67],
    [100, 5, 50],
    [2_000, 100, 50],
  ])('%d per second are %d in %d ms', (perSecond, intervalCap, interval) => {
    expect(toPortions(perSecond)).toEqual({ intervalCap, interval });
  });
});
