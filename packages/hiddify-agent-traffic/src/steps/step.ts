import type { HiddifyUser } from '../client/records.js';
import type { HiddifyUserChange, NewHiddifyUser } from '../client/types.js';

/** What every step has. */
export interface StepBase {
  /** Uuid of the user. */
  target: string;
  /** What the user showed when the step was planned; null when it was not there. */
  prior: HiddifyUser | null;
  /** The agent that the step is about: whose limit decides, or who owns the user. Null: the key's own account. */
  agent: string | null;
  /** Stable word: why the step is due, e.g. `agent-over-limit`. */
  why: string;
}

/** One change to one user, decided but not done. Plain data: it can be shown, stored and performed later. */
export type HiddifyStep =
  | (StepBase & { type: 'create-user'; wanted: NewHiddifyUser & { uuid: string } })
  | (StepBase & { type: 'update-user'; change: HiddifyUserChange })
  | (StepBase & { type: 'disable-user' })
  | (StepBase & { type: 'enable-user' })
  | (StepBase & { type: 'delete-user' });

/** How a step ended. */
export interface StepResult<S extends HiddifyStep = HiddifyStep> {
  step: S;
  /**
   * `applied`: done and proved. `unneeded`: it was so already. `failed`: certainly not done. `in-doubt`: it may have been done
   * and the panel could not be asked; settle it by looking. `skipped`: no longer right (see `code`), or not reached.
   */
  state: 'applied' | 'unneeded' | 'failed' | 'in-doubt' | 'skipped';
  /** The user as last seen; null when it is not there or was not seen. */
  observed: HiddifyUser | null;
  /** `PANEL_*` of a failure; `moved`, `touched`, `gone`, `enabled-by-others`, `other-run`, `stopped`, `not-reached` of a step left out. */
  code: string | null;
  /** Without uuids and secrets. */
  message: string | null;
}

/**
 * Thrown by a hook when nothing more may be changed. The step that it was called for is not done, nothing that was
 * written down for it stays, and the steps that are left are `skipped` with the code `stopped`.
 */
export class StepsStopped extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'StepsStopped', configurable: true, writable: true });
  }
}

/** Called around every step, e.g. by a journal. A hook that rejects ends the run before anything else is done. */
export interface StepHooks {
  before?(step: HiddifyStep): Promise<void>;
  after?(step: HiddifyStep, result: StepResult): Promise<void>;
}
