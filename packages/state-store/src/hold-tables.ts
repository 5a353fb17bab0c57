import type { ActionRecord, ActionState, DecisionRecord, EvidenceRecord, HoldRecord } from './records.js';
import type { Page, PageRequest } from './page.js';

/** Holds with their evidence, the actions on panels, and the decisions behind them. */
export interface HoldTables {
  holds: {
    /**
     * Ordered by service, then oldest first. `panel` is the panel of the service. Includes holds of agents only if
     * `agentsOf` names their panel, or `services` their subjects.
     */
    open(filter?: { services?: string[]; panel?: string; reason?: string; agentsOf?: string }): Promise<HoldRecord[]>;
    /**
     * Holds that still restrict, or are to: the open ones, and those that have ended and of which evidence is open. Filter and order
     * are those of `open`.
     */
    lasting(filter?: {
      services?: string[];
      panel?: string;
      reason?: string;
      agentsOf?: string;
    }): Promise<HoldRecord[]>;
    /** Open and past holds of services, of that subject, or of the agents of a panel, in the same order; `panel` as in `open`. */
    all(filter?: { service?: string; panel?: string; reason?: string; agentsOf?: string }): Promise<HoldRecord[]>;
    /** Returns the panels with holds of agents that are open, or of which evidence is open, also of agents that are not stored. */
    panelsOfAgents(): Promise<string[]>;
    /** A subject has at most one open hold of a reason; a second `add` changes nothing and returns false. */
    add(record: HoldRecord): Promise<boolean>;
    /** An ended hold keeps its end. */
    end(id: string, at: string): Promise<void>;
    /** Reverts an end. Returns false, and changes nothing, where the subject has an open hold of that reason. */
    reopen(id: string): Promise<boolean>;
    update(
      id: string,
      change: Partial<Pick<HoldRecord, 'note' | 'restriction' | 'cycle' | 'usedBytes' | 'allowedBytes'>>,
    ): Promise<void>;
  };
  evidence: {
    /** Ordered by service, then oldest first. Evidence of agents' holds as in `holds.open`. */
    open(filter?: { services?: string[]; panel?: string; agentsOf?: string }): Promise<EvidenceRecord[]>;
    /** Open and past evidence of these holds. */
    ofHolds(holds: string[]): Promise<EvidenceRecord[]>;
    /** At most one open row per panel, kind and target; a second `add` returns false. */
    add(record: EvidenceRecord): Promise<boolean>;
    /** Ended evidence keeps its end and outcome. */
    end(id: string, at: string, outcome: string): Promise<void>;
    /** Replaces the state before the change, as after a change of Sluice's own that its release must not take for one of others. */
    update(id: string, change: Pick<EvidenceRecord, 'prior'>): Promise<void>;
    /**
     * Moves open evidence to another hold, of the same subject or of another one on the same panel. Returns false,
     * and changes nothing, when that hold has ended. Evidence that has ended, and a hold on another panel, are a
     * `store_conflict`.
     */
    move(id: string, hold: string): Promise<boolean>;
  };
  actions: {
    get(id: string): Promise<ActionRecord | null>;
    /** Fails with `store_conflict` when an unresolved action has the same key. */
    plan(records: ActionRecord[]): Promise<void>;
    /** Stamps that the panel is about to be called, and counts the attempt; `payload` replaces the planned one. */
    called(id: string, at: string, payload?: unknown): Promise<void>;
    /** Members missing from `change` stay. */
    end(
      id: string,
      change: {
        state: ActionState;
        endedAt: string | null;
        givenUpAt?: string | null;
        observed?: unknown;
        errorCode?: string | null;
        errorMessage?: string | null;
      },
    ): Promise<void>;
    /** Actions that are planned or in doubt, oldest first. */
    unresolved(filter?: { panel?: string; services?: string[] }): Promise<ActionRecord[]>;
    /** Oldest first by `plannedAt`, or the newest first; `limit` counts from that end. */
    list(filter: {
      service?: string;
      run?: string;
      type?: string;
      since?: string;
      until?: string;
      limit?: number;
      newestFirst?: boolean;
    }): Promise<ActionRecord[]>;
    /** In the order of planning, `limit` at a time. */
    page(request: PageRequest & { service?: string }): Promise<Page<ActionRecord>>;
  };
  decisions: {
    /** The decision of the last run about each service, ordered by service. */
    latest(services?: string[]): Promise<DecisionRecord[]>;
    /**
     * Replaces the latest; adds it to the history when anything but the run, the time and the usage changed. In
     * `inputs`, the members `usage`, `peak`, `reading` and `remainingBytes` count as usage.
     */
    record(records: DecisionRecord[]): Promise<void>;
    /**
     * The decision in force at an instant: the latest, or the first of an earlier series of equal decisions, with
     * its figures.
     */
    at(service: string, at: string): Promise<DecisionRecord | null>;
    /** The first of each series of equal decisions about a service from an instant on, oldest first. */
    since(service: string, since: string): Promise<DecisionRecord[]>;
    /** The decision of a run about a service, with the figures of that run; null where it was equal to the one before. */
    ofRun(service: string, run: string): Promise<DecisionRecord | null>;
  };
}
