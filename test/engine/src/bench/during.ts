import type { FakeCall, FakeServer } from '@sluice/fake-panels';

/** Does `work` while `run` waits for the answer to the first call that `match` meets; then `run` goes on. */
export async function during<T>(
  server: FakeServer,
  match: (call: FakeCall) => boolean,
  run: () => Promise<T>,
  work: () => Promise<unknown>,
): Promise<T> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const reached = server.waitForCall(match);
  const remove = server.inject({ match, times: 1, fault: { kind: 'wait', until: () => released } });
  const running = run();
  await reached;
  remove();
  try {
    await work();
  } finally {
    release();
  }
  return running;
}
