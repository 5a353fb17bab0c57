import type { BillingKind, DrawPicture, NoticeChannelKind, QueueReader } from '@sluice/contract/ports';
import type { Clock, PanelKind } from '@sluice/panel-kind';
import type { LeaseOwner } from '@sluice/state-store';
import type { Config } from '../base/config/schema.js';
import type { Files } from '../base/files.js';
import type { Asker } from './asker.js';
import type { RatesOfPlans } from './kept-rates.js';

/** Calls an address once, without a body; never waits longer than about two seconds. */
export type Ping = (url: string) => Promise<void>;

/** Everything passed to the engine, which never reads process, environment or terminal itself. */
export interface Dependencies {
  kinds: readonly PanelKind[];
  /** Billing systems besides the ledger. */
  billing: readonly BillingKind[];
  /** Channels that notices are sent through. */
  channels: readonly NoticeChannelKind[];
  /** Calls the address of the heartbeat; null: there is none. */
  ping: Ping | null;
  /** Draws the charts of mails; null: they have none. */
  drawPicture: DrawPicture | null;
  /** Reads the queue of jobs; null: there is none. */
  queue: QueueReader | null;
  clock: Clock;
  /** Cryptographically strong bytes. */
  randomBytes: (count: number) => Uint8Array;
  /** Jitter and the like, in [0, 1). */
  random: () => number;
  /** This process, as leases name it. */
  owner: LeaseOwner;
  isAlive: (owner: LeaseOwner) => boolean;
  /** Returns the actor, for the log. */
  actor: () => string;
  /** The operator's note, for the log. */
  note: string | null;
  /** The token, link or session that asks; null: an operator of this machine. */
  asker: Asker | null;
  /** Aborts the call. */
  signal: AbortSignal;
  /** Private files next to the store. */
  files: Files;
  /** Returns the secret that a config value refers to; `key` names the value in messages. */
  secret: (value: string, key: string) => string;
  /** Returns the text of a file that the config names; `key` names the value in messages. */
  readFile: (file: string, key: string) => string;
  /** Returns the config as it is by now, which may differ from that with which the call began. */
  latestConfig: () => Config;
  /** Of the instance: whether the store has the panels by the names of its config, or had them so once. */
  panelNames: { areFollowed: boolean };
  /** Of the instance and its config: rates of plans that were read lately. */
  keptRates: RatesOfPlans;
}
