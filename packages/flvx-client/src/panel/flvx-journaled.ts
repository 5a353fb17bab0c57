import type { FlvxPermissionValues } from '../account/index.js';
import { NOWHERE } from '../account/plan/plan-forwards.js';
import type { FlvxStepOf } from '../account/plan/step.js';
import type { ActionRecord } from '@sluice/quota-core';
import type { FlvxMemo } from './flvx-memo.js';
import type { Ruled } from './flvx-rules.js';
import { journaledStep, payloadOf, type FlvxPayload } from './flvx-step.js';

/** Takes what was journaled since the last look into the memory. */
export class Journal {
  memo: FlvxMemo;
  readonly paused = new Set<number>();
  /** Those of them that ran until then: what was at rest already and was only paused once more had been stopped by others. */
  readonly ended = new Set<number>();
  /** How user and permissions were before Sluice wrote to them. */
  #user: Partial<Ruled> = {};
  readonly #permissions = new Map<number, Partial<Ruled>>();

  constructor(memo: FlvxMemo) {
    this.memo = memo;
  }

  take(row: ActionRecord): void {
    const step = journaledStep(row);
    if (step === null || row.calledAt === null) return;
    const { memo } = this;
    const done = row.state === 'applied' || row.state === 'unneeded';
    switch (step.type) {
      case 'create-user':
        if (done) this.memo = { ...memo, ownQuota: true };
        return;
      case 'update-user':
        this.#user = { ...step.prior.user, ...this.#user };
        // A call whose end is not known counts as made: it may have overwritten the permissions.
        this.memo = {
          ...memo,
          ownQuota: memo.ownQuota || (done && step.payload.changes.quota !== undefined),
          values: [...memo.values, ...step.prior.permissions.filter((own) => !has(memo.values, own.tunnelId))],
        };
        return;
      case 'reset-user':
        this.#user = { ...step.prior.user, ...this.#user };
        for (const { id, ...counters } of step.prior.permissions) this.#note(id, counters);
        if (done) this.memo = { ...memo, usedBytes: 0, resetCycle: payloadOf(row)?.cycle ?? memo.resetCycle };
        return;
      case 'assign-tunnel': {
        const { tunnelId, values, restarts } = step.payload;
        if (step.prior !== null) this.#note(step.prior.id, step.prior);
        this.#push(step, payloadOf(row)?.cuts ?? []);
        const { memo } = this;
        const speeds = done && values.speedId !== undefined ? { [tunnelId]: values.speedId } : {};
        this.#restart(restarts, { ...memo, speeds: { ...memo.speeds, ...speeds } });
        return;
      }
      case 'redeploy-forwards': {
        const { tunnelId, restarts } = step.payload;
        const unpushed = done ? without(memo.unpushed, tunnelId) : memo.unpushed;
        this.#restart(restarts, { ...memo, unpushed });
        return;
      }
      case 'redirect-forward': {
        const { id, remoteAddr, status } = step.prior;
        const isMoved = payloadOf(row)?.moved === true || remoteAddr === NOWHERE;
        const redirects = isMoved ? {} : { [id]: remoteAddr };
        this.#restart(status === 0 ? [id] : [], {
          ...memo,
          redirects: { ...memo.redirects, ...redirects },
          away: { ...memo.away, [id]: step.payload.remoteAddr },
        });
        return;
      }
      case 'restore-forward':
        this.#restart(step.prior.status === 0 ? [step.payload.forwardId] : [], memo);
        return;
      case 'pause-forward':
        if (done) this.#pause(step, payloadOf(row));
        if (done && step.prior.status === 1) this.ended.add(step.payload.forwardId);
        return;
      case 'resume-forward':
        if (done) this.#resume(step.payload.forwardId);
        return;
      default:
    }
  }

  /** The user as he was before Sluice wrote to him since the last look. */
  userBefore<Row extends Ruled>(user: Row): Row {
    return { ...user, ...this.#user };
  }

  /** The same of a permission; what an update of the user writes is written to it, too. */
  permissionBefore<Row extends Ruled & { id: number }>(row: Row): Row {
    const { quota, expiresAt } = this.#user;
    const ofUser = { ...(quota === undefined ? {} : { quota }), ...(expiresAt === undefined ? {} : { expiresAt }) };
    return { ...row, ...ofUser, ...this.#permissions.get(row.id) };
  }

  #note(id: number, before: Partial<Ruled>): void {
    this.#permissions.set(id, { ...before, ...this.#permissions.get(id) });
  }

  #restart(ids: readonly number[], memo: FlvxMemo): void {
    const again = memo.again.filter((id) => !ids.includes(id));
    this.memo = { ...memo, again, restarted: [...new Set([...memo.restarted, ...ids])] };
  }

  /** Whether the nodes have taken another speed, only a redeploy tells. */
  #push(step: FlvxStepOf<'assign-tunnel'>, cuts: readonly number[]): void {
    const { tunnelId, values, speedName } = step.payload;
    const changesSpeed = step.prior !== null && (speedName !== null || values.speedId !== undefined);
    if (!changesSpeed) return;
    const { memo } = this;
    this.memo = {
      ...memo,
      unpushed: [...new Set([...memo.unpushed, tunnelId])],
      cuts: [...new Set([...memo.cuts, ...cuts])],
    };
  }

  #pause({ payload: { forwardId: id }, prior }: FlvxStepOf<'pause-forward'>, noted: FlvxPayload | null): void {
    const { memo } = this;
    const { parks = null, begins = [] } = noted ?? {};
    const isAgain = prior.status !== 1 && begins.length === 0 && !memo.restarted.includes(id);
    const again = [...without(memo.again, id), ...(isAgain ? [id] : [])];
    this.paused.add(id);
    this.memo = {
      ...memo,
      restarted: without(memo.restarted, id),
      cuts: without(memo.cuts, id),
      again,
      parked: parks === null ? memo.parked : { ...memo.parked, [id]: parks },
    };
  }

  #resume(id: number): void {
    const { memo } = this;
    this.paused.delete(id);
    this.ended.delete(id);
    this.memo = {
      ...memo,
      restarted: without(memo.restarted, id),
      stopped: without(memo.stopped, id),
      again: without(memo.again, id),
      parked: Object.fromEntries(Object.entries(memo.parked).filter(([key]) => key !== String(id))),
    };
  }
}

function has(values: readonly FlvxPermissionValues[], tunnelId: number): boolean {
  return values.some((own) => own.tunnelId === tunnelId);
}

function without(ids: readonly number[], id: number): number[] {
  return ids.filter((known) => known !== id);
}
