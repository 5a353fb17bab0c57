import type { Clock, PanelKind } from '@sluice/panel-kind';
import type { LeaseOwner } from '@sluice/state-store';

/** Where a command writes. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  /** Tells when more may be written after `write` gave false. */
  once?(event: 'drain', listener: () => void): unknown;
}

/** All that a command has from outside: nothing deeper down reads the process. */
export interface Deps {
  stdout: Output;
  stderr: Output;
  /** The whole of standard input, read when asked for. */
  readStdin: () => Promise<string>;
  /** One line from the terminal; null where there is none. `secret` hides what is typed. */
  ask: ((question: string, options?: { secret?: boolean }) => Promise<string>) | null;
  env: Record<string, string | undefined>;
  cwd: string;
  clock: Clock;
  /** Cryptographically strong bytes. */
  randomBytes: (count: number) => Uint8Array;
  /** Jitter and the like, in [0, 1). */
  random: () => number;
  owner: LeaseOwner;
  /** Name of the user that runs the command. */
  login: () => string;
  isAlive: (owner: LeaseOwner) => boolean;
  /** Aborted by SIGINT or SIGTERM; `reason` is the signal's name. */
  signal: AbortSignal;
  version: string;
  /** Kinds of panels; those that ship with the command where nothing is said. */
  kinds?: readonly PanelKind[];
  /** Absolute paths of the running Node and of the command's file. */
  program: { node: string; script: string };
}
