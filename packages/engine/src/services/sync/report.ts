import type { PanelsRunView, RunView } from '../../run/bracket.js';

/** A key of a service with its texts; null is unset. */
export interface ChangedField {
  key: string;
  before: string | null;
  after: string | null;
}

/** A service that a sync adds or changes. */
export interface SyncChange {
  id: string;
  change: 'added' | 'changed' | 'vanished' | 'terminated';
  fields: ChangedField[];
}

/** Why a service of the billing system was left as it is. */
export interface SyncProblem {
  service: string;
  /** The column; null where the problem is about the whole service. */
  key: string | null;
  message: string;
  /** Code of the remedy (docs/errors.md), where there is one. */
  code?: string;
}

/** `service sync --json` (docs/json.md). */
export interface SyncReport {
  run: RunView;
  totals: {
    /** Services that the billing system lists. */
    seen: number;
    added: number;
    changed: number;
    unchanged: number;
    vanished: number;
    terminated: number;
    /** Listed, and not taken: see `skipped`. */
    skipped: number;
  };
  changes: SyncChange[];
  /** Services that are not taken, by reason. */
  skipped: { reason: string; services: string[] }[];
  problems: SyncProblem[];
}

/** Returns the run without what only documents about panels have. */
export function toRunView({ observing: _observing, ...view }: PanelsRunView): RunView {
  return view;
}
