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
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const until = (): Promise<void> => {
    reach();
    return released;
  };
  const remove = server.inject({ match, times: 1, fault: { kind: 'wait', until } });
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
