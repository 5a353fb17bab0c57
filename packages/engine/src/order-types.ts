import type { AccountOrder, ItemError, Plan } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import type { Run, RunView } from './run/bracket.js';
import type { Applied, Loaded } from './run/stages.js';
import type { ServiceDetail } from './services/show.js';
import type { Session } from './session.js';

/** `provision … --json`, `hold add --json` and `hold release --json` (docs/json.md). */
export interface OrderReport {
  run: RunView;
  service: ServiceDetail;
  actions: { type: string; target: string; state: string }[];
  credentials: Credentials | null;
  /** Reasons that still hold the service. */
  stillHeld: string[];
  /** What the operator should hear of beside it; said again at each repeat. */
  notices: { code: string; service: string | null; message: string }[];
}

/** Given once, where the operator asked for it; nowhere else. */
export interface Credentials {
  username: string | null;
  password: string | null;
  passwordFile: string | null;
}

/** How an order is run, whatever it is about. */
export interface OrderFrame {
  command: string;
  dryRun: boolean;
  waitMs: number;
  /** The run that it is a part of; absent: a run of its own. */
  run?: string;
  /** A run decided on it, nobody ordered it by name: `observe` stops it before each change. */
  decidedByRun?: boolean;
}

/** What an order does. */
export interface OrderContent {
  /** Changes what is desired, in the store; not called in a dry run. */
  desire: (service: ServiceRecord, tables: StoreTables, run: string) => Promise<void>;
  /** The same on the loaded service alone, for a dry run. */
  pretend: (loaded: Loaded) => Loaded;
  account?: AccountOrder | null;
  /** What of the panel may be brought in line; default everything of the service. */
  scope?: 'hold' | 'order';
  password?: () => string | null;
  /** What has to be there before the panel is called, once the order is stored; throws to refuse. */
  begin?: () => void;
  /** Takes the order back that `begin` has refused. */
  withdraw?: (tables: StoreTables) => Promise<void>;
  /** Writes down the end of the order, when all of it is done. */
  done?: (service: ServiceRecord, tables: StoreTables) => Promise<void>;
  /** Writes down that the order can't be carried out on what the panel shows, and that nothing was tried. */
  refused?: (error: ItemError, tables: StoreTables) => Promise<void>;
}

/** The command that finishes a termination; no other one is taken meanwhile. */
export const TERMINATE = 'provision terminate';

/** An order about one service; by name unless a run decided on it, and then carried out under `observe` too. */
export interface ServiceOrder extends OrderFrame, OrderContent {}

/** How an order ended. */
export interface OrderOutcome {
  report: OrderReport;
  work: Applied;
  /** Notices about open holds of other services, with these. */
  aboutHolds: { hold: string; notice: OrderReport['notices'][number] }[];
}

/** An order that is under way. */
export interface OrderRun {
  session: Session;
  order: ServiceOrder;
  run: Run;
}

/** A service that an order has worked on, and what its plans say. */
export interface CarriedOut {
  work: Applied;
  told: NonNullable<Plan['notices']>;
}
