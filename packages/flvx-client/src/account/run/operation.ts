import type { FlvxObservation, FlvxScope } from '../plan/observation.js';
import type { FlvxStep } from '../plan/step.js';
import type { FlvxHooks } from './outcome.js';

/** What is executed: which account, and a pure function from what was observed of it to what is left to do. */
export interface FlvxOperation {
  scope: FlvxScope;
  /** Empty when nothing is left. Asked again after every step. */
  plan(observed: FlvxObservation): FlvxStep[];
}

/** How an operation is run. */
export interface FlvxRunOptions {
  hooks?: FlvxHooks;
  /** For steps that set one; it is in no step and no hook. */
  password?: string | null;
  /** A fresh observation (of a snapshot, say) to begin with, instead of reading the account. */
  observed?: FlvxObservation;
  /**
   * Read the whole account once more when nothing is left, and go on if that is no longer so: a customer may start again what was
   * paused a moment before. Default yes, but no where `observed` was given.
   */
  verify?: boolean;
  /** For the log: usually the service's id. */
  tag?: string;
  /** Ends the execution before the next step; the one under way is finished. */
  signal?: AbortSignal;
  /** When the panel is looked at again after a lost answer, milliseconds from one look to the next. Default 0, 2, 5 and 15 s. */
  settleMs?: number[];
  /**
   * How long to wait at most for a push whose answer was lost, in order to pause again what it may start (24 s per forward and node).
   * Default 60 s; what would take longer is told in `recheck`.
   */
  waitForPushMs?: number;
}
