import { isPanelError } from '@sluice/panel-http';
import type { HiddifyUser } from '../client/records.js';
import type { CallOptions } from '../client/types.js';
import { failedStep } from '../steps/perform-step.js';
import { StepsStopped, type HiddifyStep, type StepHooks, type StepResult } from '../steps/step.js';
import { nowOf, type ManagerContext } from './context.js';
import { fingerprintOf } from './fingerprint.js';
import { enabledOutcome, goneAstray } from './plan-sweep.js';
import type { DisabledUserRecord } from './records.js';
import type { SweepStep } from './types.js';

export interface ExecuteInput {
  steps: readonly SweepStep[];
  run: string | null;
  /** `limit` for the sweep, `operator` for an order. */
  reason: DisabledUserRecord['reason'];
  /** Figures of the agent that decides, for the record. */
  figuresOf: (agent: string) => { usedBytes: number | null; limitBytes: number | null };
  hooks: StepHooks;
  call: CallOptions;
}

/** After these the panel as a whole does not answer, and the steps that are left would only fail likewise. */
const hopeless: readonly string[] = ['PANEL_AUTH', 'PANEL_CIRCUIT_OPEN', 'PANEL_UNREACHABLE'];

type Step = SweepStep['step'];

/**
 * Performs planned steps one by one: read the user again, write down the intent, call, write down the result. A step that is no
 * longer right is left out; one that fails stops none of the others.
 */
export class SweepExecutor {
  readonly #context: ManagerContext;
  readonly #input: ExecuteInput;
  #records = new Map<string, DisabledUserRecord>();
  /** What the steps that are left end as; null while they are performed. */
  #rest: ((step: HiddifyStep) => StepResult) | null = null;
  #wrote = false;

  constructor(context: ManagerContext, input: ExecuteInput) {
    this.#context = context;
    this.#input = input;
  }

  async run(): Promise<StepResult[]> {
    const open = await this.#context.store.disabled.open();
    this.#records = new Map(open.map((record) => [record.id, record]));
    const results: StepResult[] = [];
    for (const { step, record } of this.#input.steps) {
      results.push(this.#rest === null ? await this.#perform(step, record) : this.#rest(step));
    }
    return results;
  }

  async #perform(step: Step, recordId: string | null): Promise<StepResult> {
    const record = recordId === null ? null : (this.#records.get(recordId) ?? null);
    let seen: HiddifyUser | null;
    try {
      seen = await this.#context.client.users.get(step.target, this.#input.call);
    } catch (error) {
      return this.#failed(step, error);
    }
    const left =
      step.type === 'disable-user'
        ? await this.#leaveEnabled(step, record, seen)
        : await this.#leaveDisabled(step, record, seen);
    if (left !== null || seen === null) return left ?? skipped(step, 'gone', null);

    await this.#pause();
    const intent =
      step.type === 'disable-user' ? await this.#intend(step, record, seen) : await this.#intendRestore(record);
    if (intent === null) return skipped(step, 'other-run', seen);
    if (await this.#isStopped(step)) {
      await this.#conclude(step, intent, { state: 'failed' });
      return stopped(step);
    }
    const result = await this.#write(step, seen);
    await this.#conclude(step, intent, result);
    await this.#input.hooks.after?.(step, result);
    return result;
  }

  async #isStopped(step: Step): Promise<boolean> {
    try {
      await this.#input.hooks.before?.(step);
      return false;
    } catch (error) {
      if (!(error instanceof StepsStopped)) throw error;
      this.#rest = stopped;
      return true;
    }
  }

  /** Why the user is not to be disabled after all; null: it is. */
  async #leaveEnabled(
    step: Step,
    record: DisabledUserRecord | null,
    seen: HiddifyUser | null,
  ): Promise<StepResult | null> {
    if (seen === null) return this.#end(step, record, 'gone', null);
    if (seen.owner !== step.prior?.owner) return skipped(step, 'moved', seen);
    if (seen.enabled) return null;
    // Somebody else was quicker, so it is not ours to give back.
    return this.#end(step, record, 'touched', seen);
  }

  /** Why the user is not to be given back after all; null: it is. */
  async #leaveDisabled(
    step: Step,
    record: DisabledUserRecord | null,
    seen: HiddifyUser | null,
  ): Promise<StepResult | null> {
    if (record === null) return skipped(step, 'touched', seen);
    if (seen === null) return this.#end(step, record, 'gone', null);
    if (seen.enabled) return this.#end(step, record, enabledOutcome(record), seen);
    const astray = goneAstray(seen, record);
    return astray === null ? null : this.#end(step, record, astray, seen);
  }

  async #end(
    step: Step,
    record: DisabledUserRecord | null,
    outcome: string,
    seen: HiddifyUser | null,
  ): Promise<StepResult> {
    if (record !== null) await this.#put({ ...record, settledAt: nowOf(this.#context), outcome });
    return skipped(step, outcome, seen);
  }

  async #intend(step: Step, record: DisabledUserRecord | null, seen: HiddifyUser): Promise<DisabledUserRecord | null> {
    const agent = step.agent ?? '';
    const intent: DisabledUserRecord = {
      id: record?.id ?? this.#context.newUuid(),
      uuid: step.target,
      name: seen.name,
      owner: seen.owner,
      agent,
      reason: this.#input.reason,
      ...this.#input.figuresOf(agent),
      run: this.#input.run,
      at: nowOf(this.#context),
      state: 'intended',
      fingerprint: fingerprintOf(seen),
      // An intent that was never carried out is no sign that somebody enabled the user.
      reenabled: record === null ? 0 : record.reenabled + (record.state === 'disabled' ? 1 : 0),
      settledAt: null,
      outcome: null,
    };
    return this.#claim(intent);
  }

  async #intendRestore(record: DisabledUserRecord | null): Promise<DisabledUserRecord | null> {
    return record === null ? null : this.#claim({ ...record, state: 'restoring' });
  }

  /** Stores an intent, unless another run has meanwhile opened or ended a record of this user: then it is that one's. */
  async #claim(intent: DisabledUserRecord): Promise<DisabledUserRecord | null> {
    return this.#context.store.write(async (tables) => {
      const [newest] = await tables.disabled.list({ uuid: intent.uuid, limit: 1 });
      // Ours has to be still open, somebody else's already closed.
      if (newest !== undefined && (newest.id === intent.id) !== (newest.settledAt === null)) return null;
      await tables.disabled.put([intent]);
      return intent;
    });
  }

  async #write(step: Step, seen: HiddifyUser): Promise<StepResult> {
    const { users } = this.#context.client;
    const options = { ...this.#input.call, seen };
    try {
      const { user } =
        step.type === 'disable-user'
          ? await users.disable(step.target, options)
          : await users.enable(step.target, options);
      return { step, state: 'applied', observed: user, code: null, message: null };
    } catch (error) {
      return this.#failed(step, error);
    }
  }

  async #conclude(step: Step, record: DisabledUserRecord, { state }: Pick<StepResult, 'state'>): Promise<void> {
    const settledAt = nowOf(this.#context);
    if (step.type === 'enable-user') {
      if (state === 'applied') await this.#put({ ...record, settledAt, outcome: 'restored' });
      else if (state === 'failed') await this.#put({ ...record, state: 'disabled' });
    } else if (state === 'applied') await this.#put({ ...record, state: 'disabled' });
    else if (state === 'failed') await this.#put({ ...record, settledAt, outcome: 'not-done' });
  }

  #failed(step: Step, error: unknown): StepResult {
    if (isPanelError(error) && hopeless.includes(error.code)) this.#rest = notReached;
    return failedStep(step, error);
  }

  async #pause(): Promise<void> {
    const { clock, writePauseMs } = this.#context;
    if (this.#wrote && writePauseMs > 0) await clock.sleep(writePauseMs, this.#input.call.signal);
    this.#wrote = true;
  }

  async #put(record: DisabledUserRecord): Promise<void> {
    this.#records.set(record.id, record);
    await this.#context.store.write((tables) => tables.disabled.put([record]));
  }
}

function skipped(step: HiddifyStep, code: string, observed: HiddifyUser | null): StepResult {
  const isSo = code === 'enabled-by-others' || code === 'restored';
  const state = isSo ? 'unneeded' : 'skipped';
  return { step, state, observed, code, message: null };
}

/** A step that was left undone since nothing more may be changed. */
export function stopped(step: HiddifyStep): StepResult {
  return { step, state: 'skipped', observed: null, code: 'stopped', message: null };
}

function notReached(step: HiddifyStep): StepResult {
  return {
    step,
    state: 'skipped',
    observed: null,
    code: 'not-reached',
    message: 'The panel did not answer any more; the next sweep, or the same order once more, goes on.',
  };
}
