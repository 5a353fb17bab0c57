import { randomUUID } from 'node:crypto';
import type { RunReport, Sluice } from '@sluice/engine';
import { SluiceError } from '@sluice/panel-kind';
import { toFailure } from '../server/failure.js';

/** Runs that can be started and watched. */
export const RUN_COMMANDS = ['poll', 'plan', 'reconcile', 'agent-check'] as const;
export type RunCommand = (typeof RUN_COMMANDS)[number];

/** What a run is started for. */
export interface RunRequest {
  command: RunCommand;
  panel?: string | undefined;
  service?: string | undefined;
  dryRun?: boolean | undefined;
  /** For the log. */
  actor: string;
}

type CheckReport = Awaited<ReturnType<Sluice['agents']['check']>>;

/** A run of this process, under way or ended. */
export interface WatchedRun {
  id: string;
  request: RunRequest;
  startedAt: number;
  /** Null before the first service is read. */
  progress: { done: number; total: number } | null;
  /** Null while it is under way. */
  report: RunReport | CheckReport | null;
  /** What a client may know of an error that ended it. */
  failure: { code: string; message: string } | null;
}

/** Something that happened to a run. */
export type RunEvent =
  | { type: 'progress'; data: { done: number; total: number } }
  | { type: 'report'; data: RunReport | CheckReport }
  | { type: 'failure'; data: { code: string; message: string } };

/** Ended runs that are kept for their pages. */
const KEPT = 50;
/** Runs under way at once. */
const MOST = 20;

/** The runs that clients of the dashboard started. */
export class Runs {
  readonly #sluice: Sluice;
  readonly #runs = new Map<string, WatchedRun & { listeners: Set<(event: RunEvent) => void> }>();

  constructor(sluice: Sluice) {
    this.#sluice = sluice;
  }

  /**
   * Starts a run; it goes on when the client has left.
   *
   * @throws SluiceError `too_many_runs`
   */
  start(request: RunRequest, now: number): WatchedRun {
    const underWay = [...this.#runs.values()].filter(isUnderWay);
    if (underWay.length >= MOST)
      throw new SluiceError('too_many_runs', `${MOST} runs are under way; wait for one of them`, { kind: 'busy' });
    const run = {
      ...{ id: randomUUID(), request, startedAt: now, progress: null, report: null, failure: null },
      listeners: new Set<(event: RunEvent) => void>(),
    } satisfies WatchedRun & { listeners: Set<(event: RunEvent) => void> };
    this.#runs.set(run.id, run);
    this.#forgetOld();
    void this.#perform(run);
    return run;
  }

  /** Returns a run; undefined for one that is not known any more. */
  find(id: string): WatchedRun | undefined {
    return this.#runs.get(id);
  }

  /** Calls the listener with the last event of a run, and with each further one; returns what ends that. */
  watch(id: string, listener: (event: RunEvent) => void): () => void {
    const run = this.#runs.get(id);
    if (run === undefined) return () => undefined;
    const last = lastEvent(run);
    if (last !== null) listener(last);
    if (!isUnderWay(run)) return () => undefined;
    run.listeners.add(listener);
    return () => run.listeners.delete(listener);
  }

  async #perform(run: WatchedRun & { listeners: Set<(event: RunEvent) => void> }): Promise<void> {
    const tell = (event: RunEvent): void => {
      for (const listener of run.listeners) listener(event);
    };
    try {
      run.report = await call(this.#sluice, run.request, (done, total) => {
        run.progress = { done, total };
        tell({ type: 'progress', data: run.progress });
      });
      tell({ type: 'report', data: run.report });
    } catch (error) {
      const { code, message } = toFailure(error);
      run.failure = { code, message };
      tell({ type: 'failure', data: run.failure });
    } finally {
      run.listeners.clear();
    }
  }

  #forgetOld(): void {
    const ended = [...this.#runs.values()].filter((run) => !isUnderWay(run));
    for (const run of ended.slice(0, Math.max(0, ended.length - KEPT))) this.#runs.delete(run.id);
  }
}

/** Whether a run has not ended. */
export function isUnderWay({ report, failure }: Pick<WatchedRun, 'report' | 'failure'>): boolean {
  return report === null && failure === null;
}

function lastEvent({ report, failure, progress }: WatchedRun): RunEvent | null {
  if (report !== null) return { type: 'report', data: report };
  if (failure !== null) return { type: 'failure', data: failure };
  return progress === null ? null : { type: 'progress', data: progress };
}

function call(
  sluice: Sluice,
  { command, actor, panel, service, dryRun }: RunRequest,
  onProgress: (done: number, total: number) => void,
): Promise<RunReport | CheckReport> {
  if (command === 'agent-check') return sluice.agents.check({ actor, panel, dryRun });
  const options = { actor, panel, service, allServices: false, onProgress };
  if (command === 'plan') return sluice.plan(options);
  return sluice[command]({ ...options, dryRun });
}

const ofEngines = new WeakMap<Sluice, Runs>();

/** Returns the runs of an engine. */
export function runsOf(sluice: Sluice): Runs {
  const known = ofEngines.get(sluice) ?? new Runs(sluice);
  ofEngines.set(sluice, known);
  return known;
}
