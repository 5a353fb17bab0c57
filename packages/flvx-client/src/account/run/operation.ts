import type { FlvxScope } from '../../client/observation.js';
import type { FlvxAccount } from '../account.js';
import type { FlvxStep } from '../plan/step.js';

/** An account, and a pure function that plans what is left to do for it. */
export interface FlvxOperation {
  scope: FlvxScope;
  /** Returns no step when nothing is left. Called again after every step. */
  plan(account: FlvxAccount): FlvxStep[];
}

/** Options of an execution. */
export interface FlvxRunOptions {
  /** Called before and after every step. An error thrown in a hook ends the execution at once. */
  hooks?: {
    /** Journal the step. The panel is called when this has returned. */
    before?(step: FlvxStep, account: FlvxAccount): void | Promise<void>;
    /** Journal the outcome. */
    after?(step: FlvxStep, outcome: FlvxStepOutcome, account: FlvxAccount): void | Promise<void>;
  };
  /** For steps that set one. No step and no hook contains it. */
  password?: string | null;
  /** An observation to begin with, for example of a snapshot. Default: the account is read. */
  observed?: FlvxAccount;
  /**
   * Read the whole account again when nothing is left, and plan again: a customer may have started what was paused. Default:
   * true, or false with `observed`.
   */
  verify?: boolean;
  /** For the log: usually the service's id. */
  tag?: string;
  /** Ends the execution before the next step. */
  signal?: AbortSignal;
  /** Waits before each reading after a lost answer, in milliseconds. Default 0, 2, 5 and 15 s. */
  readBackMs?: number[];
  /**
   * Longest wait for a push whose answer was lost, before what it may have started is paused again (24 s per forward and node).
   * Default 60 s; a longer push is in `recheck` of the result.
   */
  waitForPushMs?: number;
}

/** How a step ended, after the panel was read again. */
export interface FlvxStepOutcome {
  /**
   * - `applied`: done, and confirmed where the panel can show it.
   * - `unneeded`: nothing had to be changed.
   * - `failed`: not done.
   * - `in-doubt`: the answer was lost and the panel does not show the change yet; `resolveStep` finds out later.
   */
  state: 'applied' | 'unneeded' | 'failed' | 'in-doubt';
  /** `PANEL_*`, or `not_effective`, `out_of_reach`, `keeps_coming_back`, `speed_not_in_force`, or the code of a refusal. */
  error: { code: string; message: string } | null;
  /** Number of calls of the step. */
  attempts: number;
  /** The step's object as the panel showed it afterwards; null where it does not exist. */
  observed: unknown;
}

/** Result of an execution. */
export interface FlvxExecution {
  /** Nothing is left to do. */
  done: boolean;
  /** The attempted steps, in order. */
  steps: (FlvxStepOutcome & { step: FlvxStep })[];
  /** What a repeat would still do. */
  remaining: FlvxStep[];
  /** The account as last read. */
  observed: FlvxAccount;
  /** Why the execution stopped early. Failures of single steps are in `steps`. */
  error: Error | null;
  /**
   * Forwards that a push of unknown outcome may still start on a slow node, and the local instant (ms) when that is over: pause
   * them again then (`repause`).
   */
  recheck: { forwardIds: number[]; notBefore: number } | null;
}
