import type { FlvxScope } from '../../client/observation.js';
import type { FlvxAccount } from '../account.js';
import type { FlvxStep } from '../plan/step.js';

/** What is executed: which account, and a pure function from what was observed of it to what is left to do. */
export interface FlvxOperation {
  scope: FlvxScope;
  /** Returns no step when nothing is left. Called again after every step. */
  plan(account: FlvxAccount): FlvxStep[];
}

/** How an operation is run. */
export interface FlvxRunOptions {
  /** Called around every step. An error thrown in a hook ends the execution before anything else is called. */
  hooks?: {
    /** Journal the step. The panel is called when this has returned. */
    before?(step: FlvxStep, account: FlvxAccount): void | Promise<void>;
    /** Journal how it ended. */
    after?(step: FlvxStep, outcome: FlvxStepOutcome, account: FlvxAccount): void | Promise<void>;
  };
  /** For steps that set one. No step and no hook contains it. */
  password?: string | null;
  /** A fresh observation (of a snapshot, say) to begin with, instead of reading the account. */
  observed?: FlvxAccount;
  /**
   * Read the whole account once more when nothing is left, and continue if something is: a customer may start again what was
   * paused a moment before. Default yes, but no where `observed` was given.
   */
  verify?: boolean;
  /** For the log: usually the service's id. */
  tag?: string;
  /** Ends the execution before the next step; the present one is finished. */
  signal?: AbortSignal;
  /** When the panel is read again after a lost answer, milliseconds from one reading to the next. Default 0, 2, 5 and 15 s. */
  readBackMs?: number[];
  /**
   * How long to wait at most for a push whose answer was lost, in order to pause again what it may start (24 s per forward and node).
   * Default 60 s; what would take longer is in `recheck` of the result.
   */
  waitForPushMs?: number;
}

/** How a step ended, after the panel was read again. */
export interface FlvxStepOutcome {
  /**
   * - `applied`: done, and seen where the panel can show it.
   * - `unneeded`: it was so already.
   * - `failed`: not done.
   * - `in-doubt`: the answer was lost and the panel does not (yet) show the change; `resolveStep` finds out later.
   */
  state: 'applied' | 'unneeded' | 'failed' | 'in-doubt';
  /** `PANEL_*`, or `not_effective`, `out_of_reach`, `keeps_coming_back`, `speed_not_in_force`, or the code of a refusal. */
  error: { code: string; message: string } | null;
  /** Number of calls of the step. */
  attempts: number;
  /** What the panel showed of the step's object afterwards; null where it is gone. */
  observed: unknown;
}

/** What an execution came to. */
export interface FlvxExecution {
  /** Nothing is left to do. */
  done: boolean;
  /** The steps that were tried, in order. */
  steps: (FlvxStepOutcome & { step: FlvxStep })[];
  /** What a repeat would still do. */
  remaining: FlvxStep[];
  /** The account as last read. */
  observed: FlvxAccount;
  /** Why the execution stopped early. The failures of single steps are in `steps`. */
  error: Error | null;
  /**
   * Forwards that a push of unknown outcome may yet start again on a slow node, and the local instant (ms) after which it can't
   * any more: pause them again then (`repause`).
   */
  recheck: { forwardIds: number[]; notBefore: number } | null;
}
