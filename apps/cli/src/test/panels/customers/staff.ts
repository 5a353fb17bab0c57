import { expect } from '@jest/globals';
import type { Bench } from '../../harness.js';

/** Longer than a page shows the credit that it has read. */
export const CREDIT_MS = 31_000;

/** Returns what runs a command with `--json` on a bench, for its document; it has to end with this code. */
export function runOn(bench: Bench): <T>(words: string, exitCode?: number) => Promise<T> {
  return async <T>(words: string, exitCode = 0): Promise<T> => {
    await bench.giveStore();
    const outcome = await bench.sluice(`${words} --json`);
    expect({ words, ...outcome }).toMatchObject({ words, exitCode });
    return outcome.json<T>();
  };
}
