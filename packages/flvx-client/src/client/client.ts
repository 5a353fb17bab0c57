import type { CallEvent, Clock, PanelHttpOptions } from '@sluice/panel-http';
import type { FlvxObservation, FlvxScope, FlvxSnapshot } from './observation.js';
import type {
  FlvxAssignValues,
  FlvxForward,
  FlvxGroupGrant,
  FlvxListedPermission,
  FlvxNode,
  FlvxPermission,
  FlvxQuotaValues,
  FlvxSpeedLimit,
  FlvxTunnel,
  FlvxTunnelGroup,
  FlvxUser,
  FlvxUserGroup,
  FlvxUserValues,
  EpochMs,
  MegabitsPerSecond,
} from './records.js';

/** What the client is authorized with: an administrator's account, or the token of one. Exactly one of them. */
export type FlvxCredentials =
  | {
      /** The client logs in before its first call. */
      username: string;
      password: string;
      token?: undefined;
    }
  | {
      /** A token that the panel issued to an administrator: the client never logs in, and can't renew it. */
      token: string;
      username?: undefined;
      password?: undefined;
    };

/** The panel's address, and options of the transport. */
export interface FlvxConnection extends Pick<
  PanelHttpOptions,
  | 'concurrency'
  | 'requestsPerSecond'
  | 'admit'
  | 'breaker'
  | 'retry'
  | 'tls'
  | 'proxy'
  | 'maxBodyBytes'
  | 'random'
  | 'userAgent'
> {
  /** The panel's name in the configuration, for messages. */
  panel: string;
  /** Address of the panel or of its web port. A path prefix is kept; endings such as `/api/v1` are cut off. */
  baseUrl: string;
  /** Accept plain `http`. Default false. */
  allowHttp?: boolean;
  /** Milliseconds. Defaults: connect 5 s, one attempt of a list 60 s, of a write 45 s (the panel cuts an answer after 30 s). */
  timeouts?: { connectMs?: number; readMs?: number; writeMs?: number };
  onCall?: (event: CallEvent) => void;
  clock?: Clock;
}

/** Options of a client: the connection and the credentials. */
export type FlvxOptions = FlvxConnection & FlvxCredentials;

/** Options of every call. */
export interface FlvxCallOptions {
  /** For the log: usually the service's id. */
  tag?: string;
  signal?: AbortSignal;
}

/** Options of an observation. */
export interface FlvxObserveOptions extends FlvxCallOptions {
  /** Tried at the login; that changes nothing on the panel. */
  password?: string | null;
  /** An earlier observation, of which only `parts` (default: all) are read again. */
  since?: FlvxObservation;
  parts?: FlvxObservedPart[];
}

/**
 * A part of an observation that can be read again. `quotas` are the values and counters of the account's permissions (a short
 * list without their status), `permissions` those of all users with the status.
 */
export type FlvxObservedPart = 'user' | 'quotas' | 'permissions' | 'forwards' | 'speedLimits';

/** The session with the panel. */
export interface FlvxSession {
  name: string;
  /** When the token expires, by the panel's clock. */
  expiresAt: EpochMs;
  /** True for the seeded account, whose name or password is publicly known; null with a token, which doesn't show it. */
  mustChangePassword: boolean | null;
}

/** The difference between the panel's clock and the local one. */
export interface FlvxClockDifference {
  /** Panel minus local, milliseconds; positive when the panel is ahead. */
  ms: number;
  /** Local instant of the measurement. */
  measuredAt: EpochMs;
}

/** Result of a connection test. */
export interface FlvxProbe {
  /** Whether the address is that of the panel itself or of its web port (whose liveness page is the web application's). */
  port: 'panel' | 'web';
  /** The name that the panel shows; null where there is none. */
  appName: string | null;
  /** The login requires a captcha: this session continues to work, the next login will fail. A token needs no login. */
  captcha: boolean;
  session: FlvxSession;
  tunnels: number;
  clock: FlvxClockDifference;
}

/** Which lists a snapshot holds besides users, permissions and forwards. */
export interface FlvxSnapshotParts {
  tunnels?: boolean;
  speedLimits?: boolean;
  nodes?: boolean;
  groups?: boolean;
}

/** When the panel last wrote to its rows, by its own clock. Rows without a readable instant are left out. */
export interface FlvxWrites {
  /** When the panel answered. */
  at: EpochMs;
  /** Edited, started or paused. A redeploy writes nothing. */
  forwards: ReadonlyMap<number, EpochMs>;
  tunnels: ReadonlyMap<number, EpochMs>;
  /** When a node's agent last connected or disconnected. */
  nodes: ReadonlyMap<number, { changedAt: EpochMs; online: boolean; name: string }>;
}

/** Counts of a batch call, which succeeds even when all its items failed. */
export interface FlvxBatchCounts {
  succeeded: number;
  failed: number;
}

/**
 * A client of one FLVX panel. Every method rejects with a `PanelError`. If the answer of a changing call was lost, the error has
 * `outcomeUnknown`: read back before you repeat it.
 */
export interface FlvxClient extends Disposable {
  readonly panel: string;
  readonly baseUrl: string;
  /** The local clock, for waits after lost answers. */
  readonly clock: Clock;
  /** Warnings about the configuration, for example that an ending of the address was cut off. */
  readonly warnings: readonly string[];

  /**
   * Logs in where needed; with a token, parses it and calls nothing.
   * @throws {PanelForbiddenError} with `panelCode` `not_admin` if the account or token is not an administrator's
   * @throws {PanelAuthError} with `panelCode` `token_unreadable` for a token that the panel can't have issued
   * @throws {PanelAuthError} with `panelCode` `captcha` if the login requires one
   */
  session(): Promise<FlvxSession>;
  /** Null before the first answer. */
  clockDifference(): FlvxClockDifference | null;
  probe(options?: FlvxCallOptions): Promise<FlvxProbe>;
  /** Whether the login requires a captcha, so that no program can log in. */
  captchaRequired(options?: FlvxCallOptions): Promise<boolean>;
  /** Returns a public setting; null if no setting has that name. */
  setting(name: string, options?: FlvxCallOptions): Promise<string | null>;
  /** Adds or replaces a setting. Every user of the panel can read it. */
  setSetting(name: string, value: string, options?: FlvxCallOptions): Promise<void>;
  /** Whether the password opens the account; true also for a disabled account, null while the login requires a captcha. */
  passwordOpens(name: string, password: string, options?: FlvxCallOptions): Promise<boolean | null>;

  readonly users: {
    /** Returns all users except administrators. `keyword` is a case-insensitive part of the name. */
    list(filter?: { keyword?: string }, options?: FlvxCallOptions): Promise<FlvxUser[]>;
    /**
     * Creates a user and reads it back, since the panel returns no id. Not idempotent: two clients at once can both succeed. Creates
     * through one client wait for each other.
     */
    create(values: FlvxUserValues, password: string, options?: FlvxCallOptions): Promise<FlvxUser>;
    /**
     * Reads the user, applies the changes and writes all fields: the panel overwrites absent fields. Updates of one user wait for
     * each other. The panel also copies quota, number, expiry and reset day to all permissions of the user. `knownAs`, the last
     * known name, makes the read short.
     */
    update(
      id: number,
      changes: Partial<FlvxUserValues>,
      password?: string | null,
      options?: FlvxCallOptions & { knownAs?: string },
    ): Promise<void>;
    /** Delete the user's forwards first: they would continue to run. */
    remove(id: number, options?: FlvxCallOptions): Promise<void>;
    /** Zeroes the counters of the user and of all its permissions. Resolves also if nothing was done. */
    reset(id: number, options?: FlvxCallOptions): Promise<void>;
    /** Returns the ids of the user's groups. */
    listGroups(id: number, options?: FlvxCallOptions): Promise<number[]>;
  };
  readonly permissions: {
    /** Returns the permissions of all users, with the true status (`backup/export`). */
    list(options?: FlvxCallOptions): Promise<FlvxPermission[]>;
    listByUser(userId: number, options?: FlvxCallOptions): Promise<FlvxListedPermission[]>;
    /** Creates the permission, or changes these values. Starts all forwards of the user on the tunnel, paused ones too. */
    assign(userId: number, tunnelId: number, values: FlvxAssignValues, options?: FlvxCallOptions): Promise<void>;
    /** Assigns many tunnels: new permissions get the user's values, existing ones keep theirs. Stops at the first failure. */
    assignMany(
      userId: number,
      tunnels: { tunnelId: number; speedId?: number }[],
      options?: FlvxCallOptions,
    ): Promise<void>;
    /** Overwrites all values of the permission; starts forwards as `assign` does. Resolves also for an unknown id. */
    update(
      id: number,
      values: FlvxQuotaValues & { status: number; speedId: number | null },
      options?: FlvxCallOptions,
    ): Promise<void>;
    /** Delete its forwards first: they would continue to run, out of reach. Resolves also for an unknown id. */
    remove(id: number, options?: FlvxCallOptions): Promise<void>;
    /** Zeroes the counters of this permission only. */
    reset(id: number, options?: FlvxCallOptions): Promise<void>;
  };
  readonly tunnels: {
    list(options?: FlvxCallOptions): Promise<FlvxTunnel[]>;
    /** Returns a tunnel; null where the panel has none with this id. */
    get(id: number, options?: FlvxCallOptions): Promise<FlvxTunnel | null>;
  };
  readonly nodes: {
    /** Contacts the panels of remote nodes (up to 5 s). For polling use `checkStatus`. */
    list(options?: FlvxCallOptions): Promise<FlvxNode[]>;
    /** Returns the same rows without contacting remote nodes. */
    checkStatus(options?: FlvxCallOptions): Promise<FlvxNode[]>;
  };
  readonly speedLimits: {
    list(options?: FlvxCallOptions): Promise<FlvxSpeedLimit[]>;
    /** Returns the ids of all by `backup/export`, which proves whether a row that `list` lacks is gone. */
    listIds(options?: FlvxCallOptions): Promise<ReadonlySet<number>>;
    create(
      limit: { name: string; tunnelId: number; speed: MegabitsPerSecond },
      options?: FlvxCallOptions,
    ): Promise<FlvxSpeedLimit>;
    /** Permissions keep the id of the deleted limit. Resolves also for an unknown id. */
    remove(id: number, options?: FlvxCallOptions): Promise<void>;
  };
  readonly forwards: {
    /** Returns the forwards of all users. */
    list(options?: FlvxCallOptions): Promise<FlvxForward[]>;
    /**
     * Returns when each forward was last edited, started or paused (`backup/export`). Forwards that the panel stops together by
     * its own rules have the same instant, to the millisecond. Forwards without a readable instant are left out.
     */
    listChanges(options?: FlvxCallOptions): Promise<ReadonlyMap<number, EpochMs>>;
    /** Returns the user of each forward by `backup/export`, which proves whether a row that `list` lacks is gone. */
    listOwners(options?: FlvxCallOptions): Promise<ReadonlyMap<number, number>>;
    /** Absent fields stay. Starts the forward's services, also when it is paused. */
    update(
      id: number,
      changes: { name?: string; remoteAddr?: string; strategy?: string },
      options?: FlvxCallOptions,
    ): Promise<void>;
    pause(id: number, options?: FlvxCallOptions): Promise<void>;
    /** The panel checks neither quota, expiry nor status. */
    resume(id: number, options?: FlvxCallOptions): Promise<void>;
    /** Fails while an entry node is offline. */
    remove(id: number, options?: FlvxCallOptions): Promise<void>;
    /** Pauses one after the other, up to 36 s each: pass few ids. */
    pauseMany(ids: number[], options?: FlvxCallOptions): Promise<FlvxBatchCounts>;
    resumeMany(ids: number[], options?: FlvxCallOptions): Promise<FlvxBatchCounts>;
    removeMany(ids: number[], options?: FlvxCallOptions): Promise<FlvxBatchCounts>;
    /** Starts the services again, also those of paused forwards, whose status stays 0. */
    redeployMany(ids: number[], options?: FlvxCallOptions): Promise<FlvxBatchCounts>;
  };
  /** Returns when forwards, tunnels and nodes were last written to (`backup/export`). The nodes' secrets are dropped. */
  writes(options?: FlvxCallOptions): Promise<FlvxWrites>;
  readonly groups: {
    listUserGroups(options?: FlvxCallOptions): Promise<FlvxUserGroup[]>;
    listTunnelGroups(options?: FlvxCallOptions): Promise<FlvxTunnelGroup[]>;
    listGrants(options?: FlvxCallOptions): Promise<FlvxGroupGrant[]>;
  };

  /**
   * Returns whole tables, indexed: three list calls, however many users there are, and more for `parts`. The forwards are read first, so
   * that the counters show why one rests; `atOnce` reads all at the same time. With `since`, users and permissions are read again, after
   * the forwards of that snapshot.
   */
  snapshot(
    parts?: FlvxSnapshotParts,
    options?: FlvxCallOptions & { atOnce?: boolean; since?: FlvxSnapshot },
  ): Promise<FlvxSnapshot>;
  /** Returns one account with everything that the planners read. With `password` it also tries the login. */
  observe(scope: FlvxScope, options?: FlvxObserveOptions): Promise<FlvxObservation>;
  /**
   * Runs `work` while no other work with the same key runs through this client: use one key per account, such as its name, for
   * everything that changes the account.
   */
  alone<T>(key: string, work: () => Promise<T>): Promise<T>;
  close(): void;
}
