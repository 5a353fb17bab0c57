import type { FakeCall, FakeServer } from '@sluice/fake-panels';

/** Does `work` while `run` waits for the answers to the first calls that `match` meets; then `run` goes on. */
export async function during<T>(
  server: FakeServer,
  match: (call: FakeCall) => boolean,
  run: () => Promise<T>,
  work: () => Promise<unknown>,
  times = 1,
): Promise<T> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const until = (): Promise<void> => {
    reach();
    return released;
  };
  const remove = server.inject({ match, times, fault: { kind: 'wait', until } });
  const running = run();
  await reached;
  try {
    await work();
  } finally {
    remove();
    release();
  }
  return running;
}
