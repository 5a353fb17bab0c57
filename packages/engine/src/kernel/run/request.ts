import type { SwitchRecord } from '@sluice/state-store';
import type { Session } from '../../context/context.js';

/** Returns the part of the panels that a run is over; null for all of them, or for one service. */
export function toScope({ panel, service }: Pick<RunRequest, 'panel' | 'service'>): string | null {
  return panel === undefined || service !== undefined ? null : `panel ${panel}`;
}

/** Options of a run. */
export interface RunRequest {
  command: string;
  panel?: string | undefined;
  service?: string | undefined;
  dryRun: boolean;
  allowMass: boolean;
  /** Observe every active service, not only those held or about to change. */
  observeAll: boolean;
  /** A switch that a preview of the first enforcing run assumes to be set. */
  assumed?: SwitchRecord | undefined;
  /** Report all services (default), or only those that need attention. */
  keepAll?: boolean | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Counts services of a run that are read, or need no reading. */
export type Advance = (services: number) => void;

/** Returns the progress of a run over these panels, or over one service, whose total stays what it is from the beginning. */
export async function startProgress(
  { store }: Session,
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
