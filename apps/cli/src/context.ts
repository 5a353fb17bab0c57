import type { Clock, PanelKind } from '@sluice/panel-kind';
import type { LeaseOwner } from '@sluice/state-store';
import type { Zones } from './output/times.js';

/** Where a command writes. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  /** Calls the listener when more may be written after `write` returned false. */
  once?(event: 'drain', listener: () => void): unknown;
}

/** Everything a command gets from outside; no other module reads the process. */
export interface Deps {
  stdout: Output;
  stderr: Output;
  /** Reads all of standard input. */
  readStdin: () => Promise<Uint8Array>;
  /** Reads one line from the terminal; null without a terminal. `secret` hides what is typed. */
  ask: ((question: string, options?: { secret?: boolean }) => Promise<string>) | null;
  env: Record<string, string | undefined>;
  cwd: string;
  clock: Clock;
  /** Returns cryptographically strong bytes. */
  randomBytes: (count: number) => Uint8Array;
  /** Returns a number in [0, 1), for jitter. */
  random: () => number;
  /** Name of the machine or container. */
  host: string;
  owner: LeaseOwner;
  /** Returns the name of the user that runs the command. */
  login: () => string;
  isAlive: (owner: LeaseOwner) => boolean;
  /** Whether the user is root; default false. */
  isRoot?: boolean;
  /** Aborted by SIGINT or SIGTERM; `reason` is the signal's name. */
  signal: AbortSignal;
  version: string;
  /** Is called with a config that was read, before anything else is done with it. */
  onConfig?: (config: Zones) => void;
  /** Kinds of panels; by default those that ship with the command. */
  kinds?: readonly PanelKind[];
  /** Absolute paths of the running Node and of the command's file. */
  program: { node: string; script: string };
}
