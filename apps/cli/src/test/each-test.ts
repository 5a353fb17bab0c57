import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { manualClock } from '@sluice/fake-panels';
import { Bench } from './harness.js';

interface Closable {
  close: () => void | Promise<void>;
  /** The web server of a fake, and in which of its own calls it failed. */
  server?: { readonly failures: readonly string[] };
}

/** Returns what `start` starts before each test; it is closed after the test. */
export function startForEachTest<T extends Closable>(start: () => T | Promise<T>): T {
  const started = {} as T;
  beforeEach(async () => {
    Object.assign(started, await start());
  });
  afterEach(() => started.close());
  return started;
}

/** Returns what `start` starts before the first test of the file; it is closed after the last one. */
export function startForAllTests<T extends Closable>(start: () => T | Promise<T>): T {
  const started = {} as T;
  beforeAll(async () => {
    Object.assign(started, await start());
  });
  afterAll(() => started.close());
  return started;
}

/** Returns a bench that is emptied and set back to this time after each test. */
export function benchForEachTest(start: number | string = '2026-11-20T12:00:00Z'): Bench {
  const bench = new Bench(manualClock(start));
  afterEach(() => {
    bench.empty();
    bench.clock.set(start);
  });
  afterAll(() => {
    bench.close();
  });
  return bench;
}

const open: Closable[] = [];
afterEach(async () => {
  for (const opened of open.splice(0).reverse()) {
    await opened.close();
    expect(opened.server?.failures ?? []).toEqual([]);
  }
});

/** Closes something after the test that opened it, even if the test fails. */
export function closeAfterTest<T extends Closable>(opened: T): T {
  open.push(opened);
  return opened;
}

/** Closes what was started for this test and starts something else of its kind in its place. */
export async function restart<T extends Closable>(started: T, start: () => Promise<T>): Promise<void> {
  await started.close();
  Object.assign(started, await start());
}
