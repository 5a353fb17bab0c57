/** How a run ended: completed, failed, partly done, refused or stopped. */
export type RunOutcome = 'done' | 'failed' | 'usage' | 'partial' | 'busy' | 'brake' | 'interrupted' | 'terminated';

/** One run of a command; `finishedAt` stays null for a killed run. */
export interface RunRecord {
  id: string;
  command: string;
  dryRun: boolean;
  observing: string[];
  startedAt: string;
  finishedAt: string | null;
  outcome: RunOutcome | null;
  totals: unknown;
  error: string | null;
  host: string;
  pid: number;
  /** When the process began, as its leases name it; null for runs of versions that did not store it. */
  processStart: string | null;
  /** The service that a command is about. */
  service: string | null;
  /** The part that it was over, such as `panel dcim`; null for everything that the command is for, or for a service. */
  scope: string | null;
  /** Who ran it; null for runs of versions that did not store it. */
  actor: string | null;
  /** The operator's note. */
  note: string | null;
}

/** Restrictions of a panel that a run applied again, in case the panel had undone them. */
export interface RefreshRecord {
  id: string;
  run: string;
  panel: string;
  startedAt: string;
  /** Null while it runs, and after an interruption. */
  finishedAt: string | null;
  /** Number of forwards to restrict again. */
  targets: number;
  calls: number;
  failed: number;
  /** Skipped parts of the panel that are not connected. */
  away: string[];
  error: string | null;
  /** State of the panel's adapter for the next refresh; stored for a panel's newest only. */
  state: unknown;
}

/** One attempt of one call to a panel, redacted by the caller: the store writes what it receives. */
export interface ApiCallRecord {
  at: string;
  run: string | null;
  panel: string;
  service: string | null;
  endpoint: string;
  method: string;
  path: string;
  status: number | null;
  durationMs: number;
  attempt: number;
  ok: boolean;
  code: string | null;
  message: string | null;
  changing: boolean;
}
