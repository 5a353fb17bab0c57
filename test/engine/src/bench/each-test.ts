import { afterEach, beforeEach, expect } from '@jest/globals';

interface Fake {
  server: { failures: readonly unknown[] };
}

interface Closable {
  close: () => Promise<void>;
  panel?: Fake;
  whmcs?: Fake;
}

/** Opens a bench before each test, and closes it after it; returns the one of the present test. */
export function useBench<Bench extends Closable>(open: () => Promise<Bench>): Bench {
  const [bench, start] = useOpened(open);
  beforeEach(() => start());
  return bench;
}

/** Returns the bench that the present test has opened by the function beside it; it is closed after the test. */
export function useOpened<Bench extends Closable, Options extends unknown[]>(
  open: (...options: Options) => Promise<Bench>,
): [Bench, (...options: Options) => Promise<void>] {
  let current: Bench | undefined;
  afterEach(async () => {
    const opened = current;
    current = undefined;
    await opened?.close();
    expect([opened?.panel, opened?.whmcs].flatMap((fake) => fake?.server.failures ?? [])).toEqual([]);
  });
  const bench = new Proxy({} as Bench, {
    get(_target, name): unknown {
      if (current === undefined) throw new Error('a bench is open in a test only');
      const value: unknown = Reflect.get(current, name);
      return typeof value === 'function' ? (value.bind(current) as unknown) : value;
    },
  });
  return [
    bench,
    async (...options) => {
      current = await open(...options);
    },
  ];
}
