import { expect } from '@jest/globals';
import { type CommandProcess, type ProcessEnd, startCommand } from '../command-process.js';
import type { Bench } from '../harness.js';

/** The built command in processes of its own, on a real panel. */
export interface RealPanel {
  start: (words: string, more?: NodeJS.ProcessEnv) => CommandProcess;
  sluice: (words: string, more?: NodeJS.ProcessEnv) => Promise<ProcessEnd>;
  /** Returns the document of a command that ends with this code. */
  run: <T>(words: string, exitCode?: number) => Promise<T>;
}

/** Runs commands with `--json` in the folder of a bench, with the secrets of a panel. */
export function onRealPanel(bench: Bench, secrets: NodeJS.ProcessEnv): RealPanel {
  const start: RealPanel['start'] = (words, more) => {
    const env = { ...process.env, HOME: bench.folder, ...secrets, ...more } as Record<string, string>;
    return startCommand([...words.split(' '), '--json'], { cwd: bench.folder, env });
  };
  const sluice: RealPanel['sluice'] = (words, more) => start(words, more).ended;
  return {
    start,
    sluice,
    async run<T>(words: string, exitCode = 0) {
      const outcome = await sluice(words);
      expect({ words, ...outcome }).toMatchObject({ words, exitCode });
      return outcome.json<T>();
    },
  };
}
