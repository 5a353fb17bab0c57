import { type ChangeCall, type ChangeEnd, isOutcomeUnknown, performChange } from '@sluice/panel-kind';
import type { FlvxClient } from '../../client/client.js';
import { listOwnForwards, observeAccount, toHistory, type FlvxAccount } from '../history/history.js';
import { recordStep, restartForwards, withCreatedUser } from '../history/record-step.js';
import { type FlvxStep, listPushed, withoutGone } from '../plan/step.js';
import { FlvxNotInForceError, isRepeatable, notEffective, toCallEnd, toStepError, callStep } from './call-step.js';
import {
  findObject,
  isOvertaken,
  listChangedParts,
  mayBeOvertaken,
  resolveStep,
  type StepResolution,
} from './resolve-step.js';

/** Options of `performStep`. */
export interface FlvxStepOptions {
  /** Called once, directly before the panel is called: journal the step here. An error thrown here ends the step. */
  calling?: () => void | Promise<void>;
  /** Called directly before the call is repeated: journal its time. An error thrown here ends the step after its first call. */
  repeating?: () => void | Promise<void>;
  /** For steps that set one. Neither the outcome nor the account contains it. */
  password?: string | null;
  /** For the log: usually the service's id. */
  tag?: string;
  /** Once it is aborted, the call is not repeated. */
  signal?: AbortSignal;
}

/** How a step ended, after the panel was read again. */
export interface FlvxStepOutcome {
  /**
   * - `applied`: done, and confirmed where the panel can show it.
   * - `unneeded`: nothing had to be changed.
   * - `failed`: not done.
   * - `in-doubt`: an answer was lost and the panel does not show the change yet, however a repeat of the call ended; `resolveStep`
   *   finds out later.
   */
  state: 'applied' | 'unneeded' | 'failed' | 'in-doubt';
  /** `PANEL_*`, or `not_effective`, `out_of_reach`, `speed_not_in_force`, or the code of a refusal. */
  error: { code: string; message: string } | null;
  /** Number of calls of the step. */
  attempts: number;
  /** The step's object as the panel showed it afterwards; null where it does not exist. */
  observed: unknown;
  /**
   * No answer to a pause came: the panel shows it, but may have stopped the forward by its own rules, and its node runs it on. Absent
   * elsewhere.
   */
  mayRun?: true;
  /**
   * Forwards that rest since a moment before the push or after it: their nodes may run them, although the panel shows them as paused. Absent
   * for none.
   */
  restarted?: number[];
  /** The step was left out: the customer has changed the forward since it was planned. Plan again from a new observation. */
  overtaken?: true;
  /** A permission was closed, and the customer had made forwards there since the last reading: no step is about them. Plan again. */
  unplanned?: true;
  /** The account as last read, with the step in its history: pass it with the next step. */
  account: FlvxAccount;
}

/** Calls of one step; the second only where a repeat is harmless. */
const mostAttempts = 2;
/** How long the panel waits for a silent node, per forward and push: an update, then an add, 12 s each (docs/panels/flvx.md, 6.3). */
const pushMs = 24_000;
/** The longest wait for a push. */
const longestPushMs = 60_000;
/** Waits before each reading after a lost answer. */
const readBackMs = [0, 2_000, 5_000, 15_000];

/**
 * Performs one step of a plan: calls `calling`, calls the panel, reads back what the step may have changed, and finds out how the
 * step ended. A call is repeated once where that is harmless. After a lost answer it waits up to a minute until the panel must
 * have finished, since a late push starts paused forwards.
 *
 * A step that would undo what the customer changed since its plan, or put it out of reach, is left out, as far as the account shows that.
 *
 * Changes of one account must not be performed at the same time: see `alone` of the client.
 *
 * @param account the account that the step was planned from, or that of the outcome of the step before
 * @returns every outcome, failures too
 * @throws only what `calling` throws, and the panel was not called, or what `repeating` throws, and the outcome is unknown
 *
 * @example
 * let account: FlvxAccount = await client.observe({ userId: 12 });
 * for (const step of planTerminate(account)) {
 *   const outcome = await performStep(client, account, step, { calling: () => journal.planned(step) });
 *   await journal.ended(step, outcome);
 *   if (outcome.error !== null) throw new Error(outcome.error.message);
 *   account = outcome.account;
 * }
 */
export async function performStep(
  client: FlvxClient,
  account: FlvxAccount,
  step: FlvxStep,
  options: FlvxStepOptions = {},
): Promise<FlvxStepOutcome> {
  return await new StepCalls(client, step, options, account).run();
}

/** The calls of one step, and what was read after them. */
class StepCalls {
  /** A push whose answer was lost: its forwards, and the local instant (ms) at which it is over. */
  #push: { forwardIds: number[]; notBefore: number } | null = null;
  readonly #callOptions: { tag?: string };
  /** The account before the step. */
  readonly #before: FlvxAccount;

  constructor(
    private readonly client: FlvxClient,
    private readonly step: FlvxStep,
    private readonly options: FlvxStepOptions,
    private account: FlvxAccount,
  ) {
    this.#callOptions = options.tag === undefined ? {} : { tag: options.tag };
    this.#before = account;
  }

  async run(): Promise<FlvxStepOutcome> {
    const { calling, repeating } = this.options;
    return performChange<StepResolution, FlvxStepOutcome>(
      {
        before: () => Promise.resolve(this.#findOvertaken()),
        call: () => this.#call(),
        read: () => this.#observe(),
        isFinal: (resolution) => resolution !== 'not-done',
        isDone: async (resolution, call) => resolution === 'done' && (await this.#isOurs(call)),
        waitsMs: (call) => this.#toWaits(call),
        endsUnread: true,
        end: (end) => this.#end(end),
      },
      { clock: this.client.clock, calling: (attempt) => (attempt === 1 ? calling?.() : repeating?.()) },
    );
  }

  #findOvertaken(): FlvxStepOutcome | null {
    const { step, account } = this;
    if (!isOvertaken(step, account) && !(account.stale === true && mayBeOvertaken(step))) return null;
    return { ...this.#outcome('unneeded', 0, null), overtaken: true };
  }

  async #call(): Promise<void> {
    const { password = null } = this.options;
    const calledAt = this.client.clock.now();
    try {
      await callStep(this.client, withoutGone(this.step, this.account), { password, ...this.#callOptions });
    } catch (error) {
      if (isOutcomeUnknown(error)) this.#notePush(calledAt);
      throw error;
    }
  }

  #toWaits({ failure, lost }: ChangeCall): readonly number[] {
    const end = toCallEnd(failure);
    if (end === 'lost') return readBackMs;
    const isHopeless = end === 'unsent' || (end === 'turned-away' && resolveStep(this.step, this.account) === 'done');
    return isHopeless && lost === null ? [] : [0];
  }

  async #end(end: ChangeEnd<StepResolution>): Promise<FlvxStepOutcome | null> {
    const { step } = this;
    const { attempt, failure, seen, unreadable } = end;
    if (unreadable !== null) {
      this.account = { ...this.account, stale: true };
      return this.#outcome('in-doubt', attempt, toStepError(step, unreadable));
    }
    if (seen === undefined) return this.#notDone(end, toStepError(step, failure));
    const outcome = this.#judge(end);
    if (outcome === null) return null;
    const restarted = this.#listRestarted();
    this.#record(outcome.state === 'applied' || outcome.state === 'unneeded', restarted);
    await this.#waitForPush();
    const isUnanswered = step.type === 'pause-forward' && outcome.state === 'applied' && isOutcomeUnknown(failure);
    const found = {
      ...(isUnanswered && { mayRun: true as const }),
      ...(restarted.length > 0 && { restarted }),
      ...(this.#hasNewForwards() && { unplanned: true as const }),
    };
    return { ...outcome, ...found, account: this.account };
  }

  async #observe(): Promise<StepResolution> {
    const { step, account } = this;
    const parts = listChangedParts(step);
    const observed = await observeAccount(this.client, account.scope, toHistory(account), {
      ...this.#callOptions,
      ...(parts === null ? {} : { since: account, parts }),
      ...(step.type === 'update-user' && step.payload.setsPassword ? { password: this.options.password ?? null } : {}),
    });
    const isStale = account.stale === true && parts?.includes('forwards') === false;
    this.account = { ...observed, ...(isStale && { stale: true }) };
    return resolveStep(step, this.account);
  }

  /** Combines how the call ended with what the panel shows; null for another attempt. */
  #judge(end: ChangeEnd<StepResolution>): FlvxStepOutcome | null {
    const { step } = this;
    const { attempt, failure, seen } = end;
    const kind = toCallEnd(failure);
    const again = isRepeatable(step) && attempt < mostAttempts && this.options.signal?.aborted !== true;
    if (end.isDone) return this.#outcome(kind === 'no' ? 'unneeded' : 'applied', attempt, null);
    if (kind === 'ok') {
      if (seen === 'unseen') return this.#outcome('applied', attempt, null);
      return again ? null : this.#notDone(end, notEffective(step));
    }
    if (again && (kind === 'lost' || kind === 'broken')) return null;
    if (this.#failedForGone(failure)) return null;
    return this.#notDone(end, toStepError(step, failure));
  }

  /** Whether forwards that a redeploy named are gone, which nodes refuse: those that are left are deployed without them. */
  #failedForGone(error: unknown): boolean {
    if (!(error instanceof FlvxNotInForceError) || this.options.signal?.aborted === true) return false;
    return error.forwardIds.some((id) => !this.account.forwards.some((row) => row.id === id));
  }

  /** The outcome of a step that the panel does not show. */
  #notDone({ attempt, lost }: ChangeCall, error: FlvxStepOutcome['error']): FlvxStepOutcome {
    if (lost === null) return this.#outcome('failed', attempt, error);
    return this.#outcome('in-doubt', attempt, toStepError(this.step, lost));
  }

  /**
   * Whether the account of the name is the one that the step created: the panel accepted the create, the name is unguessable, or
   * the new password opens it. Otherwise another account may have got the name at the same moment.
   */
  async #isOurs({ failure, isRefused }: ChangeCall): Promise<boolean> {
    const { step } = this;
    if (step.type !== 'create-user' || this.account.user !== null || failure === null) return true;
    if (isRefused) return false;
    const { password } = this.options;
    if (password == null) return false;
    const opens = this.client.passwordOpens(step.payload.name, password, this.#callOptions);
    return (await opens.catch(() => null)) === true;
  }

  #outcome(state: FlvxStepOutcome['state'], attempts: number, error: FlvxStepOutcome['error']): FlvxStepOutcome {
    const { step, account } = this;
    return { state, error, attempts, observed: findObject(step, account), account };
  }

  /** Whether forwards of a permission that the step closes were made since the account was read that it began with. */
  #hasNewForwards(): boolean {
    const { step, account } = this;
    if (step.type !== 'assign-tunnel' || step.payload.values.status !== 0) return false;
    const known = new Set(this.#before.forwards.map(({ id }) => id));
    return listOwnForwards(account).some((row) => !known.has(row.id));
  }

  /** Lists the forwards of a redeploy that ran when it was planned, and rest now. */
  #listRestarted(): number[] {
    const { step, account } = this;
    if (step.type !== 'redeploy-forwards') return [];
    const resting = listPushed(step, account).filter(({ status }) => status !== 1);
    return resting.flatMap(({ id }) => (step.payload.restarts.includes(id) ? [] : [id]));
  }

  #record(done: boolean, restarted: readonly number[]): void {
    const { step, account } = this;
    // The panel may refuse after it has written the row and begun the push.
    const history = recordStep(toHistory(account), { step, done, sent: true, restarted });
    this.account = { ...account, history };
    if (done && step.type === 'create-user') this.account = withCreatedUser(this.account, step.payload.name);
  }

  /** The panel continues a push after its answer was lost: on a slow node it may start what is paused meanwhile. */
  #notePush(calledAt: number): void {
    const forwards = listPushed(this.step, this.account);
    const [first] = forwards;
    if (first === undefined) return;
    const nodes = this.account.tunnels.find((tunnel) => tunnel.id === first.tunnelId)?.entryNodes.length ?? 1;
    this.#push = {
      forwardIds: forwards.map((row) => row.id),
      notBefore: calledAt + pushMs * forwards.length * Math.max(1, nodes),
    };
  }

  /** Waits until a lost push is over, and records that its paused forwards may run. */
  async #waitForPush(): Promise<void> {
    if (this.#push === null) return;
    const { forwardIds, notBefore } = this.#push;
    const paused = this.account.forwards.filter((row) => forwardIds.includes(row.id) && row.status === 0);
    const wait = notBefore - this.client.clock.now();
    if (paused.length === 0 || wait > longestPushMs) return;
    if (wait > 0) await this.client.clock.sleep(wait);
    const ids = paused.map((row) => row.id);
    this.account = { ...this.account, history: restartForwards(toHistory(this.account), ids) };
  }
}
