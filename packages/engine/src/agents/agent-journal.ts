import {
  type HiddifyStep,
  type HiddifyUser,
  observedOf,
  type StepHooks,
  type StepResult,
} from '@sluice/hiddify-agent-traffic/account';
import { printable } from '@sluice/panel-http/printable';
import { type ItemError, SluiceError } from '@sluice/panel-kind';
import type { ActionRecord, ActionState, HeldLease, StoreTables } from '@sluice/state-store';
import { plannedRow } from '../run/journal.js';
import type { Session } from '../session.js';

/** One journaled change, with the agent that it was about. */
export interface JournaledAction {
  row: ActionRecord;
  agent: string | null;
  error: ItemError | null;
}

/** Thrown by the journal when the command was interrupted: nothing else is begun. */
export const INTERRUPTED = 'interrupted';

/** How a journal writes. */
export interface JournalOptions {
  /** Leases: with one of them lost, nothing is written any more. */
  leases?: () => HeldLease[];
  /** Called in the transaction before each change; throws where nothing more may be changed. Absent in a command by name. */
  mayBegin?: (tables: StoreTables) => Promise<void>;
}

/** The journal on the library's hooks: every change is written down before the panel is called, and settled after it. */
export class AgentJournal {
  readonly entries: JournaledAction[] = [];
  readonly #session: Session;
  readonly #panel: string;
  readonly #run: string;
  readonly #leases: () => HeldLease[];
  readonly #mayBegin: JournalOptions['mayBegin'];
  readonly #open = new Map<HiddifyStep, JournaledAction>();

  constructor(session: Session, panel: string, run: string, { leases, mayBegin }: JournalOptions = {}) {
    this.#session = session;
    this.#panel = panel;
    this.#run = run;
    this.#leases = leases ?? (() => []);
    this.#mayBegin = mayBegin;
  }

  readonly hooks: StepHooks = {
    before: (step) => this.#before(step),
    after: (step, result) => this.#after(step, result),
  };

  async #before(step: HiddifyStep): Promise<void> {
    const { deps } = this.#session;
    if (deps.signal.aborted)
      throw new SluiceError(INTERRUPTED, 'the command was interrupted before the panel was called', {
        kind: 'interrupted',
      });
    const now = this.#session.now();
    const id = this.#session.id('act');
    const row = plannedRow({
      id,
      run: this.#run,
      panel: this.#panel,
      service: null,
      type: step.type,
      target: step.target,
      key: `${this.#panel}:${step.type}:${step.target}:${id}`,
      hold: null,
      prior: step.prior === null ? null : { name: step.prior.name, ...observedOf(step.prior) },
      payload: payloadOf(step),
      plannedAt: now,
    });
    await this.#session.write(this.#leases(), async (tables) => {
      await this.#mayBegin?.(tables);
      await tables.actions.plan([row]);
      await tables.actions.called(id, now);
    });
    const entry: JournaledAction = { row: { ...row, calledAt: now }, agent: step.agent, error: null };
    this.entries.push(entry);
    this.#open.set(step, entry);
  }

  async #after(step: HiddifyStep, result: StepResult): Promise<void> {
    const entry = this.#open.get(step);
    if (entry === undefined) return;
    this.#open.delete(step);
    const state: ActionState = result.state === 'skipped' ? 'unneeded' : result.state;
    const now = this.#session.now();
    const { code } = result;
    const message = result.message === null ? null : printable(result.message);
    const change = {
      state,
      settledAt: state === 'in-doubt' ? null : now,
      observed: observed(result.observed),
      errorCode: code,
      errorMessage: message,
    };
    await this.#session.write(this.#leases(), (tables) => tables.actions.settle(entry.row.id, change));
    Object.assign(entry.row, change);
    if (code !== null && (state === 'failed' || state === 'in-doubt')) entry.error = { code, message: message ?? code };
  }
}

function observed(user: HiddifyUser | null): unknown {
  return user === null ? null : observedOf(user);
}

function payloadOf(step: HiddifyStep): unknown {
  const { agent, why } = step;
  if (step.type === 'create-user') return { agent, why, wanted: step.wanted };
  return step.type === 'update-user' ? { agent, why, change: step.change } : { agent, why };
}
