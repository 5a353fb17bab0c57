import type { FlvxStep, FlvxStepOf } from '../plan/step.js';
import { pickLimits, type RuledRow, sumBytes } from '../rules.js';
import type { FlvxHistory, StoredHistory } from './history.js';
import { recordStep, type Span, type StepRecord } from './record-step.js';
import type { FlvxPermission, FlvxUser } from '../../client/records.js';

/** The lowest quota of a row (GB), and its highest counters together. */
export interface Worst {
  quota: number;
  bytes: number;
}

type Counted = Pick<Worst, 'bytes'> & Partial<Worst>;

/** Returns the worst of what is known of a row and what it has. */
export function worse(known: Worst | null, row: Partial<RuledRow> | Counted | null): Worst | null {
  if (row === null) return known;
  const bytes = 'bytes' in row ? row.bytes : sumBytes({ inBytes: row.inBytes ?? 0, outBytes: row.outBytes ?? 0 });
  const quota = row.quota ?? Infinity;
  return { quota: Math.min(known?.quota ?? Infinity, quota), bytes: Math.max(known?.bytes ?? 0, bytes) };
}

/** Returns a row with the worst of it and of what is known of it. */
export function toWorst<Row extends RuledRow>(row: Row, known: Worst | null): Row {
  if (known === null) return row;
  const bytes = Math.max(known.bytes, sumBytes(row));
  return { ...row, quota: Math.min(known.quota, row.quota) as Row['quota'], inBytes: bytes, outBytes: 0 };
}

/** Returns rows with other values. */
export interface RuleChange {
  user: (row: FlvxUser) => RuledRow;
  permission: (row: FlvxPermission) => RuledRow;
}

/** Returns rows as they are. */
export const AS_THEY_ARE: RuleChange = { user: (row) => row, permission: (row) => row };

/** Returns rows as they were at worst while the steps of the last run were made. */
export function toWorstBefore(worst: StoredHistory['worst']): RuleChange {
  return {
    user: (row) => toWorst(row, worst?.user ?? null),
    permission: (row) => toWorst(row, worst?.tunnels[row.tunnelId] ?? null),
  };
}

/** From the reading that a step is planned from until its call. */
const LONGEST_READING_MS = 5 * 60_000;

/** Adds the steps since an observation to its history, and collects the state before them. */
export class Replay {
  history: FlvxHistory;
  /** Forwards that the steps paused. */
  readonly paused = new Set<number>();
  /** Those of them that ran until then. The others were stopped by the panel or the customer. */
  readonly ended = new Set<number>();
  /** When the steps started forwards, by the panel's clock: it may have stopped them again before they were read. */
  readonly started = new Map<number, number>();
  /** From when on the steps wrote to forwards, by the panel's clock: an instant of then, or later, may be theirs. */
  readonly written = new Map<number, number>();
  /** The worst that the user had meanwhile: the lowest quota, the highest counters. */
  #worstUser: Worst | null = null;
  readonly #worstPermissions = new Map<number, Worst>();
  /** Values of the user before the steps. */
  #user: Partial<RuledRow> = {};
  /** While steps changed quotas or counters; null where none did. */
  changed: Span | null = null;
  /** While a step zeroed the counters; null where none did. */
  zeroed: Span | null = null;
  readonly #permissions = new Map<number, Partial<RuledRow>>();

  constructor(history: FlvxHistory, records: readonly StepRecord[]) {
    this.history = history;
    for (const record of records) this.#add(record);
  }

  /** Returns the user as it was before the steps. */
  userBefore<Row extends RuledRow>(user: Row): Row {
    return { ...user, ...this.#user };
  }

  /** Returns a permission as it was before the steps. An update of the user also changes its permissions. */
  permissionBefore<Row extends RuledRow & { id: number }>(row: Row): Row {
    return { ...row, ...pickLimits(this.#user), ...this.#permissions.get(row.id) };
  }

  /** The quotas and counters before the steps. */
  readonly before: RuleChange = {
    user: (row) => this.userBefore(row),
    permission: (row) => this.permissionBefore(row),
  };

  /** The worst quotas and counters while the steps were made, now included: the panel may have stopped forwards by them. */
  readonly worst: RuleChange = {
    user: (row) => toWorst(row, this.#worstUser),
    permission: (row) => {
      const own = this.#worstPermissions.get(row.id) ?? null;
      return toWorst(row, worse(own, this.#worstUser === null ? null : { ...this.#worstUser, bytes: 0 }));
    },
  };

  /** The quotas before the steps, with the highest counters that they may have had until then. */
  readonly untilChanged: RuleChange = {
    user: (row) => withBytes(this.userBefore(row), sumBytes(this.worst.user(row))),
    permission: (row) => withBytes(this.permissionBefore(row), sumBytes(this.worst.permission(row))),
  };

  #add(record: StepRecord): void {
    const { step, done, sent } = record;
    if (!sent) return;
    this.history = recordStep(this.history, record);
    if (isRule(step)) this.changed = widen(this.changed, record.at);
    if ('forwardId' in step.payload) this.#noteWritten(step.payload.forwardId, record.at?.from ?? -Infinity);
    switch (step.type) {
      case 'update-user':
        this.#worstUser = worse(this.#worstUser, step.prior.user);
        this.#user = { ...step.prior.user, ...this.#user };
        return;
      case 'reset-user':
        this.#noteZeroed(step, record);
        this.#user = { ...step.prior.user, ...this.#user };
        for (const { id, ...counters } of step.prior.permissions) this.#note(id, counters);
        return;
      case 'assign-tunnel':
        if (step.prior !== null) this.#note(step.prior.id, step.prior);
        if (step.prior !== null) this.#noteWorst(step.prior.id, step.prior);
        return;
      case 'pause-forward':
        // One that rested already was stopped by the panel or its customer.
        if (step.prior.status === 1) this.started.delete(step.payload.forwardId);
        if (done) this.paused.add(step.payload.forwardId);
        if (done && step.prior.status === 1) this.ended.add(step.payload.forwardId);
        return;
      case 'resume-forward':
        if (done) this.paused.delete(step.payload.forwardId);
        if (done) this.ended.delete(step.payload.forwardId);
        if (done) this.started.set(step.payload.forwardId, record.at?.from ?? -Infinity);
        return;
      default:
    }
  }

  #noteWritten(forwardId: number, from: number): void {
    this.written.set(forwardId, Math.min(this.written.get(forwardId) ?? Infinity, from));
  }

  #noteZeroed(step: FlvxStepOf<'reset-user'>, { at, zeroed }: StepRecord): void {
    // Where the counters directly before are not known, they may have passed the quota since the reading before the step.
    const span = at === undefined || zeroed !== undefined ? at : { ...at, from: at.from - LONGEST_READING_MS };
    this.zeroed = widen(this.zeroed, span);
    this.#worstUser = worse(worse(this.#worstUser, step.prior.user), zeroed?.user ?? null);
    for (const row of step.prior.permissions) {
      this.#noteWorst(row.id, row);
      this.#noteWorst(row.id, zeroed?.permissions[row.id] ?? null);
    }
  }

  #noteWorst(id: number, row: Parameters<typeof worse>[1]): void {
    const worst = worse(this.#worstPermissions.get(id) ?? null, row);
    if (worst !== null) this.#worstPermissions.set(id, worst);
  }

  #note(id: number, before: Partial<RuledRow>): void {
    this.#permissions.set(id, { ...before, ...this.#permissions.get(id) });
  }
}

/** Whether a step changes what the panel stops an account by. */
function isRule({ type, prior }: FlvxStep): boolean {
  return type === 'update-user' || type === 'reset-user' || (type === 'assign-tunnel' && prior !== null);
}

/** Returns a span with another in it; one that is not known is unbounded. */
function widen(span: Span | null, { from, until }: Span = { from: -Infinity, until: Infinity }): Span {
  return span === null ? { from, until } : { from: Math.min(span.from, from), until: Math.max(span.until, until) };
}

/** Returns a row whose counters have this sum. */
function withBytes<Row extends RuledRow>(row: Row, bytes: number): Row {
  return { ...row, inBytes: bytes, outBytes: 0 };
}
