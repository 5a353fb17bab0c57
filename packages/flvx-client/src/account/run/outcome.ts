import type { FlvxAccount } from '../account.js';
import type { FlvxStep } from '../plan/step.js';

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
