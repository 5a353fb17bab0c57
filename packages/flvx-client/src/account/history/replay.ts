import type { Ruled } from '../rules.js';
import type { FlvxHistory } from './history.js';
import { recordStep, type StepRecord } from './record-step.js';

/** Adds the steps since an observation to its history, and knows what they found. */
export class Replay {
  /** The history with the steps that were added so far. */
  history: FlvxHistory;
  /** Forwards that the steps paused. */
  readonly paused = new Set<number>();
  /** Those of them that ran until then. One that was paused already, and only paused once more, was stopped by others. */
  readonly ended = new Set<number>();
  /** How the user was before the steps wrote to it. */
  #user: Partial<Ruled> = {};
  readonly #permissions = new Map<number, Partial<Ruled>>();

  constructor(history: FlvxHistory, records: readonly StepRecord[]) {
    this.history = history;
    for (const record of records) this.#add(record);
  }

  /** Returns the user as it was before the steps. */
  userBefore<Row extends Ruled>(user: Row): Row {
    return { ...user, ...this.#user };
  }

  /** Returns a permission as it was before the steps. An update of the user also writes to its permissions. */
  permissionBefore<Row extends Ruled & { id: number }>(row: Row): Row {
    const { quota, expiresAt } = this.#user;
    const ofUser = { ...(quota === undefined ? {} : { quota }), ...(expiresAt === undefined ? {} : { expiresAt }) };
    return { ...row, ...ofUser, ...this.#permissions.get(row.id) };
  }

  #add(record: StepRecord): void {
    const { step, done, sent } = record;
    if (!sent) return;
    this.history = recordStep(this.history, record);
    switch (step.type) {
      case 'update-user':
        this.#user = { ...step.prior.user, ...this.#user };
        return;
      case 'reset-user':
        this.#user = { ...step.prior.user, ...this.#user };
        for (const { id, ...counters } of step.prior.permissions) this.#note(id, counters);
        return;
      case 'assign-tunnel':
        if (step.prior !== null) this.#note(step.prior.id, step.prior);
        return;
      case 'pause-forward':
        if (done) this.paused.add(step.payload.forwardId);
        if (done && step.prior.status === 1) this.ended.add(step.payload.forwardId);
        return;
      case 'resume-forward':
        if (done) this.paused.delete(step.payload.forwardId);
        if (done) this.ended.delete(step.payload.forwardId);
        return;
      default:
    }
  }

  #note(id: number, before: Partial<Ruled>): void {
    this.#permissions.set(id, { ...before, ...this.#permissions.get(id) });
  }
}
