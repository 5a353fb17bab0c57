import type { FlvxClient } from '../../client/client.js';
import { toHistory, observeAccount, type FlvxAccount } from '../account.js';
import { recordStep, restartForwards } from '../history/record-step.js';
import type { FlvxStep } from '../plan/step.js';
import { FlvxRefusedError } from '../refused-error.js';
import { toCallEnd, isRepeatable, notEffective, toStepError, type CallEnd } from './call-end.js';
import type { FlvxExecution, FlvxOperation, FlvxRunOptions, FlvxStepOutcome } from './operation.js';
import { performStep } from './perform.js';
import { findObject, listChangedParts, resolveStep, type StepResolution } from './resolve-step.js';

/** Calls of one step; the second only where a repeat is harmless. */
const mostAttempts = 2;
/** A step that is applied and planned again this often is undone by others. */
const mostRounds = 4;
/** How long the panel waits for a silent node, per forward and push: an update, then an add, 12 s each (docs/panels/flvx.md, 6.3). */
const pushMs = 24_000;
const defaultReadBackMs = [0, 2_000, 5_000, 15_000];

/** One execution of one operation: step by step, each read back before the next is planned. */
export class Execution {
  readonly #results: FlvxExecution['steps'] = [];
  readonly #bad = new Set<string>();
  readonly #rounds = new Map<string, number>();
  /** Number of steps at the last reading of everything. */
  #verifiedAfter = 0;
  #error: Error | null = null;
  #recheck: FlvxExecution['recheck'] = null;
  readonly #callOptions: { tag?: string };

  constructor(
    private readonly client: FlvxClient,
    private readonly operation: FlvxOperation,
    private readonly options: FlvxRunOptions,
    private observed: FlvxAccount,
  ) {
    this.#callOptions = options.tag === undefined ? {} : { tag: options.tag };
  }

  async run(): Promise<FlvxExecution> {
    let plan = this.operation.plan(this.observed);
    for (;;) {
      const step = this.#error === null ? this.#next(plan) : undefined;
      if (step === undefined) {
        if (this.#error !== null) return this.#end(plan);
        if (!(await this.#waitedForPush()) && !(await this.#verified(plan))) return this.#end(plan);
      } else {
        if (this.#isAborted()) return this.#end(plan);
        await this.#perform(step);
      }
      try {
        plan = this.operation.plan(this.observed);
      } catch (error) {
        if (!(error instanceof FlvxRefusedError)) throw error;
        this.#error = error;
        return this.#end([]);
      }
    }
  }

  /** Returns the first step that has not failed and waits for none that has. */
  #next(plan: readonly FlvxStep[]): FlvxStep | undefined {
    const blocked = new Set<string>();
    for (const step of plan) {
      if (!this.#bad.has(step.id) && !step.needs.some((id) => blocked.has(id))) return step;
      blocked.add(step.id);
    }
    return undefined;
  }

  async #perform(step: FlvxStep): Promise<void> {
    const { hooks } = this.options;
    await hooks?.before?.(step, this.observed);
    const outcome = this.#isUndoneByOthers(step) ?? (await this.#attempt(step));
    if (outcome.state === 'failed' || outcome.state === 'in-doubt') this.#bad.add(step.id);
    this.#results.push({ step, ...outcome });
    await hooks?.after?.(step, outcome, this.observed);
  }

  #isUndoneByOthers(step: FlvxStep): FlvxStepOutcome | null {
    const rounds = (this.#rounds.get(step.id) ?? 0) + 1;
    this.#rounds.set(step.id, rounds);
    if (rounds <= mostRounds) return null;
    const message = `${step.id} was done ${mostRounds} times, and others undid it each time. Find out who changes it on the panel.`;
    return {
      state: 'failed',
      error: { code: 'keeps_coming_back', message },
      attempts: 0,
      observed: findObject(step, this.observed),
    };
  }

  async #attempt(step: FlvxStep): Promise<FlvxStepOutcome> {
    for (let attempts = 1; ; attempts += 1) {
      const calledAt = this.client.clock.now();
      const end = await this.#call(step);
      if (end.kind === 'unsent') {
        this.#error = asError(end.error);
        return this.#outcome(step, 'failed', attempts, toStepError(step, end.error));
      }
      if (end.kind === 'lost') this.#notePush(step, calledAt);
      const resolution = await this.#readBack(step, end);
      if (resolution === null) return this.#outcome(step, 'in-doubt', attempts, toStepError(step, this.#error));
      const outcome = await this.#judge(step, end, resolution, attempts);
      if (outcome === null) continue;
      this.#record(step, outcome, end);
      return outcome;
    }
  }

  async #call(step: FlvxStep): Promise<CallEnd> {
    try {
      await performStep(this.client, step, { password: this.options.password ?? null, ...this.#callOptions });
      return toCallEnd(null);
    } catch (error) {
      return toCallEnd(error);
    }
  }

  /** Reads the panel until it shows the step; null if it can't be read. */
  async #readBack(step: FlvxStep, end: CallEnd): Promise<StepResolution | null> {
    const waits = end.kind === 'lost' ? (this.options.readBackMs ?? defaultReadBackMs) : [0];
    let resolution: StepResolution = 'not-done';
    for (const ms of waits) {
      try {
        if (ms > 0) await this.client.clock.sleep(ms, this.options.signal);
        await this.#observe(step);
      } catch (error) {
        this.#error = asError(error);
        return null;
      }
      resolution = resolveStep(step, this.observed);
      if (resolution !== 'not-done') break;
    }
    return resolution;
  }

  async #observe(step: FlvxStep): Promise<void> {
    const parts = listChangedParts(step);
    this.observed = await observeAccount(this.client, this.operation.scope, toHistory(this.observed), {
      ...this.#callOptions,
      ...(parts === null ? {} : { since: this.observed, parts }),
      ...(step.type === 'update-user' && step.payload.setsPassword ? { password: this.options.password ?? null } : {}),
    });
  }

  /** Combines how the call ended with what the panel shows; null for another attempt. */
  async #judge(
    step: FlvxStep,
    end: CallEnd,
    resolution: StepResolution,
    attempts: number,
  ): Promise<FlvxStepOutcome | null> {
    const again = isRepeatable(step) && attempts < mostAttempts;
    if (resolution === 'done' && (await this.#isOurs(step, end))) {
      return this.#outcome(step, end.kind === 'no' && !end.transient ? 'unneeded' : 'applied', attempts, null);
    }
    if (end.kind === 'ok') {
      if (resolution === 'unseen') return this.#outcome(step, 'applied', attempts, null);
      return again ? null : this.#outcome(step, 'failed', attempts, notEffective(step));
    }
    if (again && (end.kind === 'lost' || end.transient)) return null;
    const state = end.kind === 'lost' ? 'in-doubt' : 'failed';
    return this.#outcome(step, state, attempts, toStepError(step, end.error));
  }

  /**
   * Whether the account of the name is the one that the step created: the panel accepted the create, the name is unguessable, or
   * the new password opens it. Otherwise another account may have got the name at the same moment.
   */
  async #isOurs(step: FlvxStep, end: CallEnd): Promise<boolean> {
    if (step.type !== 'create-user' || this.observed.user !== null || end.kind === 'ok') return true;
    if (end.kind !== 'lost') return false;
    const { password } = this.options;
    if (password == null) return false;
    return (await this.client.passwordOpens(step.payload.name, password, this.#callOptions)) === true;
  }

  #outcome(
    step: FlvxStep,
    state: FlvxStepOutcome['state'],
    attempts: number,
    error: FlvxStepOutcome['error'],
  ): FlvxStepOutcome {
    return { state, error, attempts, observed: findObject(step, this.observed) };
  }

  #record(step: FlvxStep, outcome: FlvxStepOutcome, end: CallEnd): void {
    // The panel may refuse after it has written the row and begun the push.
    const sent = end.kind !== 'unsent';
    const done = outcome.state === 'applied' || outcome.state === 'unneeded';
    const history = recordStep(toHistory(this.observed), { step, done, sent });
    this.observed = { ...this.observed, history };
    if (done && step.type === 'create-user') this.observed = withCreatedUser(this.observed, step.payload.name);
  }

  /** The panel continues a push after its answer was lost: on a slow node it may start what is paused meanwhile. */
  #notePush(step: FlvxStep, calledAt: number): void {
    const onTunnel =
      step.type === 'assign-tunnel' && step.prior !== null
        ? this.observed.forwards.filter((row) => row.tunnelId === step.payload.tunnelId)
        : [];
    const redeployed = step.type === 'redeploy-forwards' ? step.payload.forwardIds : [];
    const pushed = this.observed.forwards.filter((row) => redeployed.includes(row.id));
    const alone = step.type === 'redirect-forward' || step.type === 'restore-forward' ? [step.prior] : [];
    const forwards = [...onTunnel, ...pushed, ...alone];
    const [first] = forwards;
    if (first === undefined) return;
    const nodes = this.observed.tunnels.find((tunnel) => tunnel.id === first.tunnelId)?.entryNodes.length ?? 1;
    this.#recheck = {
      forwardIds: [...new Set([...(this.#recheck?.forwardIds ?? []), ...forwards.map((row) => row.id)])],
      notBefore: Math.max(this.#recheck?.notBefore ?? 0, calledAt + pushMs * forwards.length * Math.max(1, nodes)),
    };
  }

  /** Waits until a lost push is over and records that its forwards may run; false if there is none, or the wait is too long. */
  async #waitedForPush(): Promise<boolean> {
    const recheck = this.#recheck;
    if (recheck === null) return false;
    const paused = this.observed.forwards.filter((row) => recheck.forwardIds.includes(row.id) && row.status === 0);
    if (paused.length === 0) this.#recheck = null;
    const wait = recheck.notBefore - this.client.clock.now();
    if (paused.length === 0 || wait > (this.options.waitForPushMs ?? 60_000)) return false;
    try {
      if (wait > 0) await this.client.clock.sleep(wait, this.options.signal);
    } catch (error) {
      this.#error = asError(error);
      return false;
    }
    this.#recheck = null;
    const ids = paused.map((row) => row.id);
    this.observed = { ...this.observed, history: restartForwards(toHistory(this.observed), ids) };
    return true;
  }

  /** Reads everything once after the last step; false if that was done already, or is not required. */
  async #verified(plan: readonly FlvxStep[]): Promise<boolean> {
    const { observed: given, verify = given === undefined, password } = this.options;
    if (!verify || plan.length > 0 || this.#results.length === this.#verifiedAfter) return false;
    this.#verifiedAfter = this.#results.length;
    try {
      const { scope } = this.operation;
      const { password: opens } = this.observed;
      const observed = await observeAccount(this.client, scope, toHistory(this.observed), this.#callOptions);
      this.observed = { ...observed, password: password == null ? null : opens };
      return true;
    } catch (error) {
      this.#error = asError(error);
      return false;
    }
  }

  #isAborted(): boolean {
    const { signal } = this.options;
    if (signal?.aborted !== true) return false;
    this.#error = asError(signal.reason);
    return true;
  }

  #end(remaining: FlvxStep[]): FlvxExecution {
    return {
      done: remaining.length === 0 && this.#error === null,
      steps: this.#results,
      remaining,
      observed: this.observed,
      error: this.#error,
      recheck: this.#recheck,
    };
  }
}

/** Adds the created account: the one of the name that did not exist before. */
function withCreatedUser(account: FlvxAccount, name: string): FlvxAccount {
  const history = toHistory(account);
  const named = account.strangers.filter((user) => user.name === name);
  const [only] = named.length === 1 ? named : [];
  const createdUserId = history.run.createdUserId ?? account.user?.id ?? only?.id ?? null;
  const known: FlvxAccount = { ...account, history: { ...history, run: { ...history.run, createdUserId } } };
  const created = [...account.strangers, ...account.duplicates].find((user) => user.id === createdUserId);
  if (account.user !== null || created === undefined) return known;
  return { ...known, user: created, strangers: account.strangers.filter((user) => user !== created) };
}

function asError(error: unknown): Error {
  return typeof error === 'object' && error !== null && 'message' in error
    ? (error as Error)
    : new Error(String(error));
}
