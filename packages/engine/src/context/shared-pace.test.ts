import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sharedPace } from './shared-pace.js';

let setBack: number;
/** Until when the process is held up: what wakes earlier wakes then. */
let heldUntil: number;
const clock = {
  now: () => Date.now() - setBack,
  sleep: (ms: number) =>
    new Promise<void>((resolve) => {
      const wake = (): void => {
        const left = heldUntil - Date.now();
        if (left > 0) setTimeout(wake, left);
        else resolve();
      };
      setTimeout(wake, ms);
    }),
};

/** What processes that share a store wait for. It answers after 0 to 2 times `answerMs`. */
function openProcesses(count: number, requestsPerSecond: number, answerMs: number) {
  let until = 0;
  let answers = 0;
  const reserve = async (_of: string, { ms }: { ms: number }): Promise<number> => {
    const begin = Math.max(until, Date.now());
    until = begin + ms;
    const wait = begin - Date.now();
    answers += 1;
    if (answerMs > 0) await clock.sleep((answers % 3) * answerMs);
    return wait;
  };
  const store = { location: 'postgres://localhost/sluice', clock: { reserve } } as unknown as Parameters<
    typeof sharedPace
  >[0];
  return Array.from({ length: count }, () => {
    const admit = sharedPace(store, { panel: 'dcim', settings: { requestsPerSecond }, clock });
    if (admit === undefined) throw new Error('no shared pace');
    return () => admit(undefined);
  });
}

/** Returns how many of these instants are in the fullest second. */
function most(starts: number[]): number {
  return Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + 1_000).length));
}

beforeEach(() => {
  setBack = 0;
  heldUntil = 0;
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('sharedPace', () => {
  it.each([
    [5, 1, 2],
    [5, 2, 2],
    [5, 3, 40],
    [2, 2, 10],
    [20, 3, 10],
  ])(
    'begins no more than %d calls and one late one in a second, of %d processes',
    async (limit, processes, answerMs) => {
      const admits = openProcesses(processes, limit, answerMs);
      const starts: number[] = [];
      const end = Date.now() + 300_000;
      let random = 7;
      // Pauses of all lengths, so that turns are free at any time when they are used.
      const pauseMs = (): number => {
        random = (random * 16_807) % 2_147_483_647;
        return (random % 4) * (random % ((2_000 * processes) / limit));
      };
      for (const admit of admits) {
        for (let worker = 0; worker < 3; worker++) {
          void (async () => {
            while (Date.now() < end) {
              await admit();
              starts.push(Date.now());
              await clock.sleep(pauseMs());
            }
          })();
        }
      }
      await jest.advanceTimersByTimeAsync(310_000);
      expect(most(starts)).toBeLessThanOrEqual(limit + 1);
      expect(starts.length).toBeGreaterThan(150 * limit);
    },
  );

  it('lets calls that wake too late use other turns, and begin when they are late again', async () => {
    const [admit] = openProcesses(1, 5, 0) as [() => Promise<void>];
    const starts: number[] = [];
    const begun = Date.now();
    const start = (): void => {
      void admit().then(() => starts.push(Date.now() - begun));
    };
    for (let call = 0; call < 3; call++) start();
    await jest.advanceTimersByTimeAsync(10);
    heldUntil = begun + 3_000;
    await jest.advanceTimersByTimeAsync(3_990);
    expect(starts).toEqual([0, 3_000, 3_200]);

    for (let call = 0; call < 4; call++) start();
    await jest.advanceTimersByTimeAsync(10);
    heldUntil = begun + 7_000;
    await jest.advanceTimersByTimeAsync(3_000);
    heldUntil = begun + 9_000;
    await jest.advanceTimersByTimeAsync(3_000);
    expect(starts.slice(3)).toEqual([4_000, 7_000, 9_000, 9_000]);
  });

  it('drops turns that a clock that was set back would put off', async () => {
    const [admit] = openProcesses(1, 20, 0) as [() => Promise<void>];
    const begun: number[] = [];
    for (let call = 0; call < 6; call++) void admit().then(() => begun.push(Date.now()));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(begun).toHaveLength(6);
    setBack = 3_600_000;
    for (let call = 0; call < 2; call++) void admit().then(() => begun.push(Date.now()));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(begun).toHaveLength(8);
  });
});
