import { EventEmitter } from 'node:events';
import { SluiceError } from '@sluice/panel-kind';
import { isOnServer } from '@sluice/state-store';
import { notFound, toFailure } from '../server/failure.js';
import type { Context } from '../server/options.js';
import { SharedTasks } from './shared-tasks.js';
import { KEPT_MS, type Task, type TaskEvent } from './task.js';

/** What a task may do: state how far it is, and end where it is asked to. */
interface Means {
  onProgress: (done: number, total: number) => void;
  signal: AbortSignal;
}

type Work = (means: Means) => Promise<unknown>;

/** A run of this process. */
interface OwnTask {
  task: Task;
  cancel: AbortController;
}

/** Runs at the same time; more are refused. */
const MOST = 16;
/** Of the runs that have ended, the newest: a report of 10,000 services has less than a megabyte. */
const MOST_ENDED = 100;

/**
 * The runs that requests started: they go on when a client hangs up. Where several servers may share the store, each follows and cancels
 * those of the others too.
 */
export class Tasks {
  readonly #context: Context;
  readonly #own = new Map<string, OwnTask>();
  /** Events by the ids of their tasks. */
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #underWay = new Set<Promise<void>>();
  readonly #shared: SharedTasks | null;

  constructor(context: Context) {
    this.#context = context;
    // What one process has of a file, the others have no need of.
    this.#shared = isOnServer(context.store.location) ? new SharedTasks(context) : null;
  }

  /** Starts a run, and returns before its end. */
  async start(request: Pick<Task, 'command' | 'by' | 'panel' | 'service'>, work: Work): Promise<Task> {
    const refused = this.#context.current?.({ beforeChange: true }).refused ?? null;
    if (refused !== null) throw refused;
    const now = this.#context.clock.now();
    this.#forget(now);
    if (this.#underWay.size >= MOST)
      throw new SluiceError('too_many_runs', `${MOST} runs are under way`, { kind: 'busy' });
    const id = `task-${Buffer.from(this.#context.randomBytes(12)).toString('base64url')}`;
    const task: Task = {
      ...{ id, ...request, startedAt: new Date(now).toISOString() },
      ...{ finishedAt: null, cancelledBy: null, last: null },
    };
    const own: OwnTask = { task, cancel: new AbortController() };
    // The next request about it may go to another server.
    const begun = this.#shared?.add(task, (by) => {
      cancel(own, by);
    });
    const running = this.#run(own, work, begun).finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
    this.#own.set(id, own);
    try {
      await begun;
    } catch (error) {
      this.#own.delete(id);
      throw error;
    }
    return task;
  }

  /**
   * Returns a run, under way or ended less than an hour ago; of those that have ended on a file only the newest hundred.
   *
   * @throws SluiceError `unknown_run`
   */
  async get(id: string): Promise<Task> {
    const task = await this.find(id);
    if (task !== undefined) return task;
    throw notFound('unknown_run', `There is no run "${id}"`);
  }

  /** Returns such a run; undefined for one that is not known. */
  async find(id: string): Promise<Task | undefined> {
    const now = this.#context.clock.now();
    this.#forget(now);
    const task = this.#own.get(id)?.task ?? (await this.#shared?.read(id)) ?? undefined;
    return task === undefined || isOver(task, now) ? undefined : task;
  }

  /** Returns the runs under way. */
  async listOpen(): Promise<Task[]> {
    if (this.#shared !== null) return this.#shared.listOpen();
    return [...this.#own.values()].map(({ task }) => task).filter(({ finishedAt }) => finishedAt === null);
  }

  /**
   * Asks a run to end, which it does at a safe step; changes nothing of one that has ended.
   *
   * @throws SluiceError `unknown_run`
   */
  async cancel(id: string, by: string): Promise<Task> {
    const task = await this.get(id);
    const own = this.#own.get(id);
    if (own !== undefined) cancel(own, by);
    else if (task.finishedAt === null) await this.#shared?.cancel(id, by);
    return this.get(id);
  }

  /** Calls the listener with the last event and all further ones; returns a function that ends it. */
  listen(task: Task, onEvent: (event: TaskEvent) => void): () => void {
    if (this.#shared !== null && !this.#own.has(task.id)) return this.#shared.listen(task.id, onEvent);
    this.#events.on(task.id, onEvent);
    if (task.last !== null) onEvent(task.last);
    return () => {
      this.#events.off(task.id, onEvent);
    };
  }

  /** Ends the stored runs of servers that are gone. */
  async endLost(): Promise<void> {
    await this.#shared?.endLost();
  }

  /** Waits for the runs under way. */
  async ended(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #run({ task, cancel: { signal } }: OwnTask, work: Work, begun: Promise<void> | undefined): Promise<void> {
    try {
      await begun;
    } catch {
      // The request fails with it.
      return;
    }
    const onProgress = (done: number, total: number): void => {
      this.#emit(task, { event: 'progress', data: { done, total } });
      this.#shared?.note(task);
    };
    const last = await work({ onProgress, signal }).then(
      (report): TaskEvent => ({ event: 'report', data: report }),
      (error: unknown): TaskEvent => {
        const { code, message, details, defect } = toFailure(error);
        if (defect) this.#context.onError?.(error);
        return { event: 'failure', data: { code, message, details } };
      },
    );
    task.finishedAt = new Date(this.#context.clock.now()).toISOString();
    // First, since the next request about it may go to another server.
    await this.#shared?.end({ ...task, last });
    this.#emit(task, last);
    this.#events.removeAllListeners(task.id);
  }

  #emit(task: Task, event: TaskEvent): void {
    task.last = event;
    this.#events.emit(task.id, event);
  }

  #forget(now: number): void {
    for (const [id, { task }] of this.#own) if (isOver(task, now)) this.#own.delete(id);
    const ended = [...this.#own.values()].flatMap(({ task }) => (task.finishedAt === null ? [] : task));
    if (ended.length <= MOST_ENDED) return;
    const newest = ended.sort((a, b) => Date.parse(b.finishedAt ?? '') - Date.parse(a.finishedAt ?? ''));
    for (const { id } of newest.slice(MOST_ENDED)) this.#own.delete(id);
  }
}

function isOver({ finishedAt }: Task, now: number): boolean {
  return finishedAt !== null && now - Date.parse(finishedAt) > KEPT_MS;
}

function cancel({ task, cancel: control }: OwnTask, by: string): void {
  if (task.finishedAt !== null) return;
  task.cancelledBy ??= by;
  control.abort();
}
