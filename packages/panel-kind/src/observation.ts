import type { ItemError } from './errors.js';
import type { Desired } from './plan.js';

/** What a panel shows of one service; `error` when it could not be seen or understood. */
export interface Observation<State = unknown> {
  service: string;
  at: string;
  state: State | null;
  error: ItemError | null;
  /** Enough to tell whether something has to be done, not to do it: look again with `fresh` before. */
  partial?: boolean;
}

/** How a panel is looked at. */
export interface Look {
  scope: Desired['scope'];
  /** Read again instead of using the snapshot. */
  fresh: boolean;
}
