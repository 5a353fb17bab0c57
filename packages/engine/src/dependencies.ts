import type { Clock, PanelKind } from '@sluice/panel-kind';
import type { Limit } from '@sluice/quota-core';
import type { LeaseOwner, ServiceRecord } from '@sluice/state-store';
import type { Files } from './files.js';

/** A limit of a service over its billing cycle. */
export type CycleLimit = Omit<Limit, 'window'>;

/** All that the engine has from outside: nothing in it reads the process, the environment or the terminal. */
export interface Dependencies {
  /** The kinds of panels that it knows. */
  kinds: readonly PanelKind[];
  clock: Clock;
  /** Cryptographically strong bytes. */
  randomBytes: (count: number) => Uint8Array;
  /** Jitter and the like, in [0, 1). */
  random: () => number;
  /** This process, as leases name it. */
  owner: LeaseOwner;
  isAlive: (owner: LeaseOwner) => boolean;
  /** Who asks, for the journal. */
  actor: () => string;
  /** Aborted when the caller does not want the result any more. */
  signal: AbortSignal;
  /** Private files beside the store. */
  files: Files;
  /** Returns the secret that a value of the config stands for; `key` names its place in messages. */
  secret: (value: string, key: string) => string;
  /** Returns the limits that a service has beside its quota; none where it is absent. */
  limits?: ((service: ServiceRecord) => readonly CycleLimit[]) | undefined;
  /** Returns the text of a file that the config names; `key` names its place in messages. */
  readFile: (file: string, key: string) => string;
}
