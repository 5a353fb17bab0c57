import { afterEach, beforeEach } from '@jest/globals';

/** Opens a bench before each test of a file or block and closes it afterwards. Returns what stands for the open one. */
export function openForEachTest<Bench extends { close: () => Promise<void> }>(open: () => Promise<Bench>): Bench {
  let present: Bench | null = null;
  beforeEach(async () => {
    present = await open();
  });
  afterEach(async () => {
    await present?.close();
    present = null;
  });
  return new Proxy({} as Bench, {
    get(_target, name): unknown {
      if (present === null) throw new Error('a bench is open in a test only');
      return Reflect.get(present, name);
    },
  });
}
