import type { RunRecord, SwitchRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';

/** A run without a lease is a command about one user, and never lasts longer. */
const UNLEASED_MS = 3_600_000;

/**
 * Returns whether another process still works on a run: the one that started it, not a later one with its id. One of another
 * host can't be asked: its run is at work while its leases last, or for an hour if it holds none.
 */
export async function isAtWork({ runId, deps, store }: Context, run: RunRecord): Promise<boolean> {
  if (run.id === runId || run.finishedAt !== null) return false;
  const { host, pid, processStart } = run;
  if (host === deps.owner.host) return deps.isAlive({ host, pid, processStart: processStart ?? '' });
  const now = deps.clock.now();
  const own = (await store.leases.list()).filter((lease) => lease.run === run.id);
  if (own.length > 0) return own.some(({ expiresAt }) => Date.parse(expiresAt) > now);
  return Math.abs(now - Date.parse(run.startedAt)) < UNLEASED_MS;
}

/** Begins the scope of a run over one panel. */
const PANEL = 'panel ';

/** Returns the part of the panels that a run is over; null for all of them, or for one service. */
export function toScope({ panel, service }: Pick<RunRequest, 'panel' | 'service'>): string | null {
  return panel === undefined || service !== undefined ? null : PANEL + panel;
}

/** Returns the panel that a run is over, by its scope; null for one over several. */
export function toScopePanel(scope: string | null): string | null {
  return scope?.startsWith(PANEL) === true ? scope.slice(PANEL.length) : null;
}

/** Returns whether a run proves that the runs go on, and so is watched: not a dry run, nor one over a part. */
export function isWatched({ dryRun, panel, service }: Pick<RunRequest, 'dryRun' | 'panel' | 'service'>): boolean {
  return !dryRun && panel === undefined && service === undefined;
}

/** Options of a run. */
export interface RunRequest {
  command: 'poll' | 'reconcile' | 'plan';
  panel?: string | undefined;
  service?: string | undefined;
  /** Read only services whose next reading is due; default all. */
  due?: boolean | undefined;
  dryRun: boolean;
  allowMass: boolean;
  /** Observe every active service, not only those held or about to change. */
  observeAll: boolean;
  /** A switch that a preview of the first enforcing run assumes to be set. */
  assumed?: SwitchRecord | undefined;
  /** Report all services (default), or only those that need attention; of a plan, also those that differ. */
  keepAll?: boolean | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Counts services of a run that are read, or need no reading. */
export type Advance = (services: number) => void;

/** Creates the progress counter of a run; its total is fixed at the start. */
export async function startProgress(
  { store }: Context,
  { service, onProgress }: RunRequest,
  panels: readonly string[],
): Promise<Advance> {
  if (onProgress === undefined) return () => undefined;
  let total = service === undefined ? 0 : 1;
  if (service === undefined) for (const panel of panels) total += await store.services.count({ panel });
  let done = 0;
  return (services) => {
    done += services;
    // Services may be added meanwhile.
    onProgress(done, Math.max(total, done));
  };
}
