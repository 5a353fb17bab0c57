import type { Clock, PanelKind } from '@sluice/panel-kind';
import type { LeaseOwner } from '@sluice/state-store';
import type { InputHost, TerminalHost } from './terminal/host.js';
import type { Zones } from './terminal/times.js';

/** Everything a command gets from outside; no other module reads the process. */
export interface Deps extends TerminalHost, InputHost {
  /** Reads one line from the terminal; null without a terminal. `secret` hides what is typed. */
  ask: ((question: string, options?: { secret?: boolean }) => Promise<string>) | null;
  clock: Clock;
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
  /** Aborted once nobody reads standard output any more. */
  readerGone?: AbortSignal;
  version: string;
  /** Hides the arguments of the process, which other users of the machine can list. */
  hideArguments?: () => void;
  /** Is called with a config that was read, before anything else is done with it. */
  onConfig?: (config: Zones) => void;
  /** Kinds of panels; by default those that ship with the command. */
  kinds?: readonly PanelKind[];
  /** Absolute paths of the running Node and of the command's file. */
  program: { node: string; script: string };
}
