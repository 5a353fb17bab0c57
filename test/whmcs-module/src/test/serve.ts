import type { Bench } from '../../../../apps/cli/src/test/harness.js';

/** Starts `serve` in this process. */
export async function startServe(bench: Bench): Promise<{ url: string; stop: () => Promise<void> }> {
  const stopping = new AbortController();
  let printed = '';
  let isUp: (url: string) => void = () => undefined;
  const up = new Promise<string>((resolve) => (isUp = resolve));
  const stdout = {
    write(text: string) {
      printed += text;
      const [url] = /http:\/\/[\w.:]+/.exec(printed) ?? [];
      if (url !== undefined) isUp(url);
    },
  };
  const ended = bench.sluice('serve', { signal: stopping.signal, stdout });
  const url = await Promise.race([up, ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
  return {
    url,
    async stop() {
      stopping.abort('SIGTERM');
      await ended;
    },
  };
}
