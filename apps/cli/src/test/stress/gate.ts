import { setTimeout as wait } from 'node:timers/promises';
import type { FakeCall, FakeServer } from '@sluice/fake-panels';

/** Keeps one call of a command waiting, so that others can end in the middle of it. */
export interface Gate {
  /** Resolves when a call stands before the gate. */
  reached: Promise<void>;
  /** Lets it through. */
  open: () => void;
}

/** A panel may do a change so long after its call, and no longer: runs judge by what it shows then. */
const LONGEST_MS = 11_000;

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
          return Promise.race([opened, wait(LONGEST_MS, undefined, { ref: false })]);
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
