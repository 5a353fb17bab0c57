import type { Deps } from '../context.js';
import type { Bench, Outcome } from './harness.js';

/** A running `serve`. */
export interface Serving {
  url: string;
  /** Ends it as SIGTERM does; `stdout` is all that it printed. */
  stop: () => Promise<Outcome>;
}

/** Starts `serve` on a bench, on a clock whose waits end with the server only. */
export async function serveOn(bench: Bench, words = 'serve', overrides: Partial<Deps> = {}): Promise<Serving> {
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
  const clock = { now: bench.clock.now, sleep };
  const ended = bench.sluice(words, { signal: stopping.signal, stdout, clock, ...overrides });
  return {
    url: await url,
    async stop() {
      stopping.abort('SIGTERM');
      const outcome = await ended;
      return Object.assign(outcome, { stdout: printed });
    },
  };
}

/** Logs in with a token, as a form does. Returns the cookie of the session. */
export async function logIn(url: string | URL, token: string): Promise<string> {
  const body = new URLSearchParams({ token });
  const answer = await fetch(new URL('/login', url), { method: 'POST', redirect: 'manual', body });
  return /^[^;]*/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? '';
}
