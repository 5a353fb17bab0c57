import type { LeaseOwner } from '@sluice/state-store';

/** Time as operations see it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

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
  /** Absolute paths of the running Node and of the command's file. */
  program: { node: string; script: string };
}

/** Instant of the clock as ISO 8601 UTC. */
export function isoNow(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}

/** A short unguessable id that sorts by time: `run-m3k2j1x0-9f8e7d6c`. */
export function newId(deps: Pick<Deps, 'clock' | 'randomBytes'>, prefix: string): string {
  const time = deps.clock.now().toString(36).padStart(9, '0');
  return `${prefix}-${time}-${Buffer.from(deps.randomBytes(5)).toString('hex')}`;
}
