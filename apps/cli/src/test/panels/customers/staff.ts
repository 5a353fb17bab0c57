import { expect } from '@jest/globals';
import type { Bench } from '../../harness.js';

/** Longer than pages show what they have read of panels and billing systems. */
export const PANEL_MS = 31_000;

/** Returns what runs a command with `--json` on a bench, for its document; it has to end with this code. */
export function runOn(bench: Bench): <T>(words: string, exitCode?: number) => Promise<T> {
  return async <T>(words: string, exitCode = 0): Promise<T> => {
    await bench.giveStore();
    const outcome = await bench.sluice(`${words} --json`);
    const said = outcome.exitCode === exitCode ? '' : `${outcome.stdout}${outcome.stderr}`;
    expect({ words, said }).toEqual({ words, said: '' });
    return outcome.json<T>();
  };
}
