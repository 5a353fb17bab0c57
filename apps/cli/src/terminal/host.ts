import type { Clock } from '@sluice/panel-kind';

/** Where a command writes. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  /** Columns of what is not a terminal: `COLUMNS` of the environment. */
  asked?: number | undefined;
  /** Calls the listener when more may be written after `write` returned false, or when nobody reads any more. */
  once?(event: 'drain' | 'close', listener: () => void): unknown;
}

/** What a terminal needs of the process. */
export interface TerminalHost {
  stdout: Output;
  stderr: Output;
  env: Record<string, string | undefined>;
  clock: Pick<Clock, 'now'>;
  /** Returns cryptographically strong bytes. */
  randomBytes: (count: number) => Uint8Array;
  /** Returns the message of an error with what can be done about it; by default the message alone. */
  describe?: ((error: DescribedError) => string) | undefined;
}

/** A message with its code, and details for what can be done about it. */
export interface DescribedError {
  code: string;
  message: string;
  details?: Readonly<Record<string, unknown>> | undefined;
}

/** What files that a command names are read with. */
export interface InputHost {
  /** Folder that relative paths begin in. */
  cwd: string;
  /** Reads all of standard input. */
  readStdin: () => Promise<Uint8Array>;
}
