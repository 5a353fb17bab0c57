import type { SwitchRecord } from '@sluice/state-store';

/** Returns the part of the panels that a run is over; null for all of them, or for one service. */
export function scopeOf({ panel, service }: Pick<RunRequest, 'panel' | 'service'>): string | null {
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
  /** Changes the switches for a preview of the first enforcing run. */
  switches?: ((stored: SwitchRecord[]) => SwitchRecord[]) | undefined;
  /** Report all services (default), or only those that need attention. */
  keepAll?: boolean | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}
