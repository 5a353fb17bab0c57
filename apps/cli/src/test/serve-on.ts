import type { Bench, Outcome } from './harness.js';

/** A running `serve`. */
export interface Serving {
  url: string;
  /** Ends it as SIGTERM does. */
  stop: () => Promise<Outcome>;
}

/** Starts `serve` on a bench, on a clock whose waits end with the server only. */
export async function serveOn(bench: Bench, words = 'serve'): Promise<Serving> {
  const stopping = new AbortController();
  let printed = '';
  let isUp: (url: string) => void = () => undefined;
  const url = new Promise<string>((resolve) => (isUp = resolve));
  const stdout = {
    write(text: string) {
      printed += text;
      const found = /http:\/\/[\w.:[\]]+/.exec(printed)?.[0];
      if (found !== undefined) isUp(found);
    },
  };
  const sleep = (_ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      signal?.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
    });
  const ended = bench.sluice(words, { signal: stopping.signal, stdout, clock: { now: bench.clock.now, sleep } });
  return {
    url: await url,
    stop() {
      stopping.abort('SIGTERM');
      return ended;
    },
  };
}
