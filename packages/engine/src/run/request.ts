import type { SwitchRecord } from '@sluice/state-store';

/** What a run is asked to do. */
export interface PassRequest {
  command: string;
  panel?: string | undefined;
  service?: string | undefined;
  dryRun: boolean;
  allowMass: boolean;
  /** Look at every active service on the panel, not only at those held or about to change. */
  observeAll: boolean;
  /** Switches as they would be: for the plan of a first enforcing run. */
  switches?: ((stored: SwitchRecord[]) => SwitchRecord[]) | undefined;
  /** Keep every service's element for the document; otherwise only what is out of the ordinary. Default true. */
  keepAll?: boolean | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}
