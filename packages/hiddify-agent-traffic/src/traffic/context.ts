import type { Clock } from '@sluice/panel-http';
import type { HiddifyClient } from '../client/types.js';
import type { CheckedSettings } from './settings.js';
import type { AgentTrafficStore } from './store.js';
import type { Zeroing } from './zeroings.js';

/** What the parts of one manager share. */
export interface ManagerContext {
  client: HiddifyClient;
  store: AgentTrafficStore;
  clock: Clock;
  /** The instant by which periods begin and end. */
  periodNow: () => string;
  newUuid: () => string;
  settings: CheckedSettings;
  writePauseMs: number;
  maxWritesPerSweep: number;
  maxFiguresAgeMs: number;
  figuresSince: string | null;
  reservationMs: number;
  holder: string | null;
  isHolderAlive: (holder: string) => boolean | null;
  mayResume: (holder: string) => boolean;
  recheck: boolean;
  maxLookups: number;
  zeroings: (since: string) => Promise<readonly Zeroing[]>;
}

export function nowOf(context: ManagerContext): string {
  return new Date(context.clock.now()).toISOString();
}
