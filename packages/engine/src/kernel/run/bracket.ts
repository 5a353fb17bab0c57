import type { Command, RecordNoun } from '@sluice/contract';
import type { PanelsRunView, RunView } from '@sluice/contract/documents';
import { isPanelError } from '@sluice/panel-http/errors';
import { printable } from '@sluice/panel-http/printable';
import { type ErrorKind, type ItemError, toItemError, SluiceError } from '@sluice/panel-kind';
import type { RunOutcome, StoreTables } from '@sluice/state-store';
import { confirmClock } from '../../context/clock-guard.js';
import { refuseEndedAsker } from '../../context/asker.js';
import { Leases } from '../../context/leases.js';
import type { Context } from '../../context/context.js';
import { followRenamedPanels } from './renamed-panels.js';

/** Returns the run without what only documents about panels have. */
export function toRunView({ observing: _observing, ...view }: PanelsRunView): RunView {
  return view;
}

/** What the log names a run by: the words of its command, of a switch with what it is of; and what only the HTTP API offers. */
export type RunCommand =
  | Command
  | `${'enforce' | 'observe' | 'as-configured'} ${string}`
  | `${RecordNoun} ${'create' | 'set' | 'remove'}`
  | 'did unlink'
  | 'notice ack, undone'
  | 'notice choose'
  | 'notice address';

/** What a run is started for. */
export interface RunPurpose {
  command: RunCommand;
  dryRun: boolean;
  /** The service that it is about. */
  service?: string | undefined;
  /** The part that it is over, such as `panel dcim`; null or undefined for all, or for the service. */
  scope?: string | null | undefined;
  /** Id of the run that this one is a part of: its row in the store is that run's. */
  partOf?: string | undefined;
  /** Whether it stores what another run has found, and goes on after that. A run within another one always does. */
  continues?: boolean | undefined;
}

/** How a run ended. */
export interface RunEnd {
  outcome: RunOutcome;
  changes: boolean;
  error?: ItemError | null;
}

/**
 * Executes `work` as a run: the only place where runs start and end. The leases are released in every case, and an error
 * ends a run that was started. A dry run stores nothing.
 */
export async function withRun<T>(context: Context, purpose: RunPurpose, work: (run: Run) => Promise<T>): Promise<T> {
  const outer = context.runId;
  const continues = purpose.continues === true || context.openRuns > 0;
  const run = new Run(context, { ...purpose, continues });
  context.openRuns += 1;
  try {
    if (!purpose.dryRun && purpose.partOf === undefined) await followRenamedPanels(context, run.id);
    return await work(run);
  } catch (error) {
    await run.fail(error).catch(() => undefined);
    throw error;
  } finally {
    context.openRuns -= 1;
    await run.leases.releaseAll();
    if (continues) context.runId = outer;
  }
}

/** One execution of a command, with its leases and its part of the document. */
export class Run {
  readonly view: PanelsRunView;
  readonly leases: Leases;
  /** Stored with the end of the run. */
  totals: object | null = null;
  readonly #session: Context;
  readonly #isStored: boolean;
  readonly #isAsked: boolean;
  readonly #service: string | null;
  readonly #scope: string | null;
  #isStarted = false;
  #callsPanel = true;

  constructor(context: Context, { command, dryRun, service, scope, partOf, continues = false }: RunPurpose) {
    const at = context.now();
    const id = partOf ?? context.id('run');
    this.#session = context;
    this.#service = service ?? null;
    this.#scope = scope ?? null;
    this.#isStored = !dryRun && partOf === undefined;
    this.#isAsked = this.#isStored && !continues;
    this.view = {
      id,
      command,
      dryRun,
      observing: [],
      startedAt: at,
      finishedAt: at,
      outcome: 'done',
      changes: false,
    };
    this.leases = new Leases(context, id, () => this.refuseEndedAsker());
    context.runId = id;
  }

  get id(): string {
    return this.view.id;
  }

  /**
   * Refuses to begin anything for a token, link or session that has ended meanwhile. What continues another run finishes what that began.
   *
   * @throws SluiceError `no_token`
   */
  async refuseEndedAsker(tables: Pick<StoreTables, 'apiTokens' | 'sessions'> = this.#session.store): Promise<void> {
    const { asker } = this.#session.deps;
    if (this.#isAsked && asker !== null) await refuseEndedAsker(tables, asker, this.#session.now());
  }

  /** Stores the start of the run, in the transaction of `tables` where one is passed. */
  async start(tables: Pick<StoreTables, 'runs' | 'apiTokens' | 'sessions'> = this.#session.store): Promise<void> {
    if (!this.#isStored) return;
    await this.refuseEndedAsker(tables);
    const { id, command, dryRun, observing, startedAt } = this.view;
    const { owner, actor, note } = this.#session.deps;
    const { host, pid, processStart } = owner;
    const who = { actor: printable(actor()), note: note === null ? null : printable(note) };
    const process = { host, pid, processStart };
    const about = { service: this.#service, scope: this.#scope };
    const end = { finishedAt: null, outcome: null, totals: null, error: null };
    this.#isStarted = true;
    // oxlint-disable-next-line sluice/syntax -- the only place
    await tables.runs.start({ id, command, dryRun, observing, startedAt, ...end, ...process, ...about, ...who });
  }

  /** Stores what a command that calls no panel changes, with its run, in one transaction; by default anything counts as a change. */
  store<T>(
    work: (tables: StoreTables) => Promise<T>,
    isChange: (result: T) => boolean = (): boolean => true,
  ): Promise<T> {
    this.#callsPanel = false;
    return this.#session.write(this.leases.held, async (tables) => {
      this.#isStarted = false;
      await this.start(tables);
      const result = await work(tables);
      await this.end({ outcome: 'done', changes: isChange(result) }, tables);
      return result;
    });
  }

  /** Stores what a command that calls no panel changes, and its run only where `work` returns that anything is changed. */
  async storeChange(work: (tables: StoreTables) => Promise<boolean>): Promise<void> {
    this.#callsPanel = false;
    await this.#session.write(this.leases.held, async (tables) => {
      this.#isStarted = false;
      if (!(await work(tables))) return;
      await this.start(tables);
      await this.end({ outcome: 'done', changes: true }, tables);
    });
  }

  /**
   * Ends the run in its view and in the store, in the transaction of `tables` where one is passed. A run that a signal
   * interrupted ends as `interrupted` or `terminated`, whatever was finished of it.
   */
  async end({ outcome, changes, error = null }: RunEnd, tables?: StoreTables): Promise<void> {
    const context = this.#session;
    const finishedAt = context.now();
    Object.assign(this.view, { finishedAt, outcome: interruption(context) ?? outcome, changes });
    if (!this.#isStarted) return;
    if (tables === undefined) await context.store.write((own) => this.#storeEnd(error, own));
    else await this.#storeEnd(error, tables);
  }

  /** Ends the run by an error that was thrown in it. A run that was refused for the lease of another run gets a row too. */
  async fail(error: unknown): Promise<void> {
    const end = { outcome: toOutcome(error), changes: this.view.changes, error: toItemError(error) };
    if (this.#isStarted || end.outcome !== 'busy') return this.end(end);
    return this.#session.store.write(async (tables) => {
      await this.start(tables);
      await this.end(end, tables);
    });
  }

  async #storeEnd(error: ItemError | null, tables: StoreTables): Promise<void> {
    const { id, finishedAt, outcome, observing } = this.view;
    const message = error === null ? null : printable(`${error.code}: ${error.message}`);
    // oxlint-disable-next-line sluice/syntax -- the only place
    await tables.runs.finish(id, { finishedAt, outcome, totals: this.totals, error: message, observing });
    // Without a lease, nothing but the row is stored.
    if (this.#callsPanel && outcome !== 'busy') await confirmClock(this.#session, tables);
  }
}

function interruption({ deps: { signal } }: Context): RunOutcome | null {
  if (!signal.aborted) return null;
  return (signal.reason as SluiceError).details['signal'] === 'SIGTERM' ? 'terminated' : 'interrupted';
}

const BY_KIND: Partial<Record<ErrorKind, RunOutcome>> = {
  usage: 'usage',
  busy: 'busy',
  brake: 'brake',
  interrupted: 'interrupted',
};

function toOutcome(error: unknown): RunOutcome {
  return error instanceof SluiceError ? (BY_KIND[error.kind] ?? 'failed') : 'failed';
}

/** Returns whether an error is about one panel: a run over several continues with the others. */
export function concernsPanelAlone(error: unknown): boolean {
  return isPanelError(error) || (error instanceof SluiceError && toOutcome(error) === 'failed');
}

/** Returns whether an error is a mistake in what is made of a panel's answers. */
export function isMistake(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError;
}
