import type { FakeCall, FakeServer } from '@sluice/fake-panels';

/** Keeps one call of a command waiting, so that others can end in the middle of it. */
export interface Gate {
  /** Resolves when a call stands before the gate. */
  reached: Promise<void>;
  /** Lets it through. */
  open: () => void;
}

/** Closes a gate for the n-th call from now on, to any of the panels. */
export function closeGate(servers: FakeServer[], n: number, matches: (call: FakeCall) => boolean): Gate {
  let arrive: () => void = () => undefined;
  let open: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  const opened = new Promise<void>((resolve) => (open = resolve));
  let seen = 0;
  const removers = servers.map((server) =>
    server.inject({
      match: (call) => matches(call) && ++seen === n,
      fault: {
        kind: 'wait',
        until: () => {
          arrive();
          return opened;
        },
      },
    }),
  );
  return {
    reached,
    open: () => {
      for (const remove of removers) remove();
      open();
    },
  };
}
