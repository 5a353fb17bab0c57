import { EventEmitter } from 'node:events';
import { SluiceError } from '@sluice/panel-kind';
import { notFound, toFailure } from '../server/failure.js';
import type { Context } from '../server/options.js';

/** An event of a task, as the stream of events has it. */
export type TaskEvent =
  | { event: 'progress'; data: { done: number; total: number } }
  | { event: 'report'; data: unknown }
  | { event: 'failure'; data: { code: string; message: string; details: Record<string, unknown> } };

/** A run that a request started. */
export interface Task {
  id: string;
  command: string;
  /** Who started it, for people. */
  by: string;
  /** What it works on; null is all. */
  panel: string | null;
  service: string | null;
  startedAt: string;
  finishedAt: string | null;
  /** The last event: its progress, or how it ended. */
  last: TaskEvent | null;
}

type Work = (onProgress: (done: number, total: number) => void) => Promise<unknown>;

/** Runs at the same time; more are refused. */
const MOST = 16;
/** How long the outcome of a run can be read after its end. */
const KEPT_MS = 3_600_000;

/** The runs that requests started: they go on when a client hangs up. */
export class Tasks {
  readonly #context: Context;
  readonly #tasks = new Map<string, Task>();
  /** Events by the ids of their tasks. */
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #underWay = new Set<Promise<void>>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Starts a run and returns at once. */
  start(request: Pick<Task, 'command' | 'by' | 'panel' | 'service'>, work: Work): Task {
    const refused = this.#context.current?.({ beforeChange: true }).refused ?? null;
    if (refused !== null) throw refused;
    const now = this.#context.clock.now();
    this.#forget(now);
    if (this.#underWay.size >= MOST)
      throw new SluiceError('too_many_runs', `${MOST} runs are under way`, { kind: 'busy' });
    const id = `task-${Buffer.from(this.#context.randomBytes(12)).toString('base64url')}`;
    const task: Task = {
      ...{ id, ...request, startedAt: new Date(now).toISOString() },
      ...{ finishedAt: null, last: null },
    };
    this.#tasks.set(id, task);
    const running = this.#run(task, work).finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
    return task;
  }

  /**
   * Returns a run, under way or ended less than an hour ago.
   *
   * @throws SluiceError `unknown_run`
   */
  get(id: string): Task {
    const task = this.find(id);
    if (task !== undefined) return task;
    throw notFound('unknown_run', `There is no run "${id}"`);
  }

  /** Returns such a run; undefined for one that is not known. */
  find(id: string): Task | undefined {
    this.#forget(this.#context.clock.now());
    return this.#tasks.get(id);
  }

  /** Calls the listener with the last event and all further ones; returns a function that ends it. */
  listen(task: Task, onEvent: (event: TaskEvent) => void): () => void {
    this.#events.on(task.id, onEvent);
    if (task.last !== null) onEvent(task.last);
    return () => {
      this.#events.off(task.id, onEvent);
    };
  }

  /** Waits for the runs under way. */
  async ended(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #run(task: Task, work: Work): Promise<void> {
    const last = await work((done, total) => {
      this.#emit(task, { event: 'progress', data: { done, total } });
    }).then(
      (report): TaskEvent => ({ event: 'report', data: report }),
      (error: unknown): TaskEvent => {
        const { code, message, details, defect } = toFailure(error);
        if (defect) this.#context.onError?.(error);
        return { event: 'failure', data: { code, message, details } };
      },
    );
    task.finishedAt = new Date(this.#context.clock.now()).toISOString();
    this.#emit(task, last);
    this.#events.removeAllListeners(task.id);
  }

  #emit(task: Task, event: TaskEvent): void {
    task.last = event;
    this.#events.emit(task.id, event);
  }

  #forget(now: number): void {
    for (const [id, { finishedAt }] of this.#tasks)
      if (finishedAt !== null && now - Date.parse(finishedAt) > KEPT_MS) this.#tasks.delete(id);
  }
}
