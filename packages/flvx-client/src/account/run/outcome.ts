import type { FlvxObservation } from '../plan/observation.js';
import type { FlvxStep } from '../plan/step.js';

/**
 * How a step ended, after the panel was read again:
 * - `applied`: done, and seen where the panel can show it,
 * - `unneeded`: it was so already,
 * - `failed`: not done,
 * - `in-doubt`: the answer was lost and the panel does not (yet) show the change; the next run settles it by looking.
 */
export type FlvxStepState = 'applied' | 'unneeded' | 'failed' | 'in-doubt';

export interface FlvxStepOutcome {
  state: FlvxStepState;
  /** `PANEL_*`, or `not_effective`, `out_of_reach`, `keeps_coming_back`, or of a refusal. */
  error: { code: string; message: string } | null;
  /** Calls of the step. */
  attempts: number;
  /** What the panel showed of the step's object afterwards; null where it is gone. */
  observed: unknown;
}

export interface FlvxStepResult extends FlvxStepOutcome {
  step: FlvxStep;
}

/** Called around every step. An error thrown in a hook ends the execution before anything else is called. */
export interface FlvxHooks {
  /** Journal the step. The panel is called when this has returned. */
  before?(step: FlvxStep, observed: FlvxObservation): void | Promise<void>;
  /** Settle it. */
  after?(step: FlvxStep, outcome: FlvxStepOutcome, observed: FlvxObservation): void | Promise<void>;
}

/** What an execution came to. */
export interface FlvxExecution {
  /** Nothing is left to do. */
  done: boolean;
  steps: FlvxStepResult[];
  /** What a repeat would still do. */
  remaining: FlvxStep[];
  /** The panel as last read. */
  observed: FlvxObservation;
  /** Why the execution stopped early; the failures of single steps stand with them. */
  error: Error | null;
  /**
   * Forwards that a push of unknown end may yet start again on a slow node, and the local instant (ms) from which it can't any more:
   * pause them again then (`repause`).
   */
  recheck: { forwardIds: number[]; notBefore: number } | null;
}
