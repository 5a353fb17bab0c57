import type { FakeServer } from '@sluice/fake-panels';

/** Does something while a request waits for the next answer of a panel, or one after it; returns what the request does. */
export async function whilePanelAnswers<T>(
  server: FakeServer,
  send: () => Promise<T>,
  end: () => Promise<unknown>,
  skip = 0,
): Promise<T> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const reached = new Promise<void>((resolve) => {
    const until = (): Promise<void> => {
      resolve();
      return released;
    };
    server.inject({ match: () => true, skip, times: 1, fault: { kind: 'wait', until } });
  });
  const answer = send();
  await reached;
  await end();
  release();
  return answer;
}
