import type { ApiCallRecord, RefreshRecord, RunRecord, RunOutcome } from './run-records.js';
import type { Page, PageRequest } from './page.js';

/** Runs, refreshes, and the calls to panels. */
export interface RunTables {
  runs: {
    start(record: RunRecord): Promise<void>;
    /** Fails with `store_not_found` for a run that was not started. */
    finish(
      id: string,
      change: { finishedAt: string; outcome: RunOutcome; totals: unknown; error: string | null; observing: string[] },
    ): Promise<void>;
    get(id: string): Promise<RunRecord | null>;
    /** Returns who started each of these runs; runs without a known actor are left out. */
    actors(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
    /** Newest first. `whole` matches runs over everything that the command is for, not about one service or a part. */
    list(filter?: {
      command?: string;
      service?: string;
      whole?: boolean;
      outcomes?: readonly RunOutcome[];
      since?: string;
      until?: string;
      limit?: number;
    }): Promise<RunRecord[]>;
    /** In the order of starting, `limit` at a time. */
    page(request: PageRequest & { service?: string }): Promise<Page<RunRecord>>;
  };
  refreshes: {
    start(record: RefreshRecord): Promise<void>;
    /** Fails with `store_not_found` for a refresh that was not started. Drops the state of the panel's earlier ones. */
    finish(
      id: string,
      panel: string,
      change: Pick<RefreshRecord, 'finishedAt' | 'calls' | 'failed' | 'error' | 'state'>,
    ): Promise<void>;
    /** State of the panel's newest refresh; null if there is none. */
    state(panel: string): Promise<unknown>;
    /** Newest first. */
    list(filter?: { since?: string; until?: string; limit?: number }): Promise<RefreshRecord[]>;
    /** In the order of starting, `limit` at a time. */
    page(request: PageRequest): Promise<Page<RefreshRecord>>;
  };
  apiCalls: {
    /** Adds the calls as one compressed block: many at once take a fraction of the space. */
    add(records: ApiCallRecord[]): Promise<void>;
    /** Joins the blocks of a run that were written last to one, at its end. */
    join(run: string): Promise<void>;
    /** Newest first. */
    list(filter?: {
      service?: string;
      panel?: string;
      run?: string;
      since?: string;
      until?: string;
      limit?: number;
    }): Promise<ApiCallRecord[]>;
    /** In the order of calling, `limit` at a time. */
    page(request: PageRequest & { service?: string }): Promise<Page<ApiCallRecord>>;
    /**
     * In the order of writing, `limit` at a time, to follow the log: calls are written some time after
     * they were made. `after` is the `last` of the previous result; null returns the newest rows.
     */
    written(request: {
      service?: string;
      panel?: string;
      since?: string;
      after: number | null;
      limit: number;
    }): Promise<{ records: ApiCallRecord[]; last: number }>;
  };
}
