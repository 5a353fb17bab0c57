import { afterEach } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import type { Sluice, SluiceOptions } from '@sluice/engine';
import { codeOf, type EngineBench } from '../bench/engine-bench.js';

/** A command of a client. */
export type Command = (sluice: Sluice) => Promise<object>;

/** Commands that are sent without a break by another process, until the end of the test. */
export interface Hammer {
  /** Sends the command on some connections at once; returns how often each result came. */
  send: (command: Command, connections: number, parts?: Partial<SluiceOptions>) => Promise<() => Map<string, number>>;
  stop: () => Promise<void>;
}

/** Returns the hammer of each test. */
export function useHammer(at: { bench: EngineBench }): Hammer {
  let loops: Promise<void>[] = [];
  let ended = false;
  const stop = async (): Promise<void> => {
    ended = true;
    await Promise.all(loops);
    loops = [];
  };
  afterEach(stop);
  return {
    stop,
    async send(command, connections, parts) {
      const other = await at.bench.start(parts);
      const codes = new Map<string, number>();
      ended = false;
      loops = Array.from({ length: connections }, async () => {
        while (!ended) {
          const code = (await codeOf(command(other))) ?? 'done';
          codes.set(code, (codes.get(code) ?? 0) + 1);
          await turn();
        }
      });
      return () => codes;
    },
  };
}
