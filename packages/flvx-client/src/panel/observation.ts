import { isoNow, type Clock, type UsageAnswer, type UsageRequest } from '@sluice/panel-kind';
import type { RefusedReading, ServiceRecord } from '@sluice/quota-core';
import { listOwnForwards, observeAccount, toHistory, type FlvxAccount } from '../account/account.js';
import { nodeNames } from '../account/describe.js';
import { emptyHistory, parseHistory, type FlvxHistory } from '../account/history/history.js';
import { parseLimitKey } from '../account/plan/plan-limits.js';
import { isResetDayBetween, sumBytes } from '../account/rules.js';
import type { FlvxClient } from '../client/client.js';
import type { FlvxScope, FlvxSnapshot } from '../client/observation.js';
import type { FlvxForward, FlvxNode, FlvxSpeedLimit, FlvxTunnelGroup, FlvxUser } from '../client/records.js';
import { toOldLimitKey, toScope } from './product.js';

/** Name and nodes of each tunnel. */
export type TunnelNodes = ReadonlyMap<number, { name: string; nodes: string[] }>;

/** The part of the panel's lists that concerns one service. */
export interface ServiceObservation {
  account: FlvxAccount;
  /** The account that the operator may adopt: the only one of the name. */
  adoptable: FlvxAccount | null;
  /** Groups of tunnels; null where they were not read. */
  groups: readonly FlvxTunnelGroup[] | null;
  /** Null where they were not read. */
  nodes: readonly FlvxNode[] | null;
  /** Read by polls where a view of an account lacks nodes; null elsewhere. */
  tunnelNodes: TunnelNodes | null;
  /** When each forward was last written to; read only where that may show what the panel has stopped. */
  changes: ReadonlyMap<number, number> | null;
  /** Names of speed limits that an earlier version created for the service, by this store's journal. */
  oldLimitNames: readonly string[];
  /** Only users, permissions and forwards were read: tunnels and speed limits are unknown. */
  partial: boolean;
  /** Number of accounts that the panel listed; null where only this one was read. */
  listed: number | null;
  /** Other services of this run that name the same user. */
  sharers: readonly string[];
}

/** An observation and its instant by the local clock. */
export interface TimedObservation {
  at: string;
  state: ServiceObservation;
}

/** A snapshot of users, permissions and forwards, and its instant by the local clock. */
export interface TimedSnapshot {
  at: string;
  snapshot: FlvxSnapshot;
}

/** An older snapshot belongs to an earlier run of the same process. */
const runMs = 10 * 60_000;

/** The panel's lists, each read once in a run: the three long ones, and the short ones when something needs them. */
export class RunSnapshot {
  #accounts: Promise<TimedSnapshot> | null = null;
  #site: Promise<Site> | null = null;
  #labels: Promise<Labels> | null = null;
  #changes: Promise<ReadonlyMap<number, number>> | null = null;

  /** @param withGroups whether products name groups of tunnels */
  constructor(
    private readonly client: FlvxClient,
    private readonly clock: Clock,
    private readonly withGroups: boolean,
  ) {}

  /** Reads users, permissions and forwards: once for all pages of the run's services. */
  async accounts(signal: AbortSignal): Promise<TimedSnapshot> {
    const now = this.clock.now();
    const known = await this.#accounts;
    if (known && now - Date.parse(known.at) <= runMs) return known;
    this.#site = null;
    this.#labels = null;
    this.#changes = null;
    const at = isoNow(this.clock);
    this.#accounts = this.client.snapshot({}, { signal }).then((snapshot) => ({ at, snapshot }));
    try {
      return await this.#accounts;
    } catch (error) {
      this.#accounts = null;
      throw error;
    }
  }

  async listForwards(service: ServiceRecord, signal: AbortSignal): Promise<FlvxForward[]> {
    const { snapshot } = await this.accounts(signal);
    return listOwnForwards(snapshot.observe(toScope(service)));
  }

  /** Reads tunnels and speed limits. */
  site(signal: AbortSignal): Promise<Site> {
    const { tunnels, speedLimits } = this.client;
    this.#site ??= Promise.all([tunnels.list({ signal }), speedLimits.list({ signal })]).then(
      ([tunnelRows, limitRows]) => ({ tunnels: tunnelRows, speedLimits: limitRows }),
    );
    return this.#site;
  }

  /** Reads when each forward was last written to, which is slow on the panel. */
  async changes(signal: AbortSignal): Promise<ReadonlyMap<number, number>> {
    this.#changes ??= this.client.forwards.listChanges({ signal });
    try {
      return await this.#changes;
    } catch (error) {
      this.#changes = null;
      throw error;
    }
  }

  /** Reads nodes and groups. */
  labels(signal: AbortSignal): Promise<Labels> {
    const { nodes, groups } = this.client;
    this.#labels ??= Promise.all([
      // Only the names of nodes are used: everything else works without them.
      nodes.checkStatus({ signal }).catch(() => null),
      this.withGroups ? groups.listTunnelGroups({ signal }) : null,
    ]).then(([nodeRows, groupRows]) => ({ nodes: nodeRows, groups: groupRows }));
    return this.#labels;
  }

  /** Reads the nodes of all tunnels; null where that fails: only their names are shown. */
  async tunnelNodes(signal: AbortSignal): Promise<TunnelNodes | null> {
    const [site, { nodes }] = await Promise.all([this.site(signal).catch(() => null), this.labels(signal)]);
    if (site === null || nodes === null) return null;
    return new Map(site.tunnels.map((tunnel) => [tunnel.id, { name: tunnel.name, nodes: nodeNames(tunnel, nodes) }]));
  }
}

type Labels = Pick<ServiceObservation, 'nodes' | 'groups'>;
type Site = Pick<FlvxSnapshot, 'tunnels' | 'speedLimits'>;

/** What reading accounts requires. */
export interface ReadingTools {
  client: FlvxClient;
  clock: Clock;
  snapshot: RunSnapshot;
  /** Returns the names of speed limits that were created for a service, or may have been, by the journal. */
  oldLimitNames: (service: string) => Promise<string[]>;
}

/** Returns a service's account from a snapshot, without tunnels, limits and nodes. */
export function observePartly(
  { at, snapshot }: TimedSnapshot,
  service: ServiceRecord,
  sharers: readonly string[],
): TimedObservation {
  const scope = toScope(service);
  const byId = snapshot.observe(scope);
  const account = isLost(byId) ? snapshot.observe(byName(scope)) : byId;
  const unknown = { adoptable: null, groups: null, nodes: null, tunnelNodes: null, changes: null, oldLimitNames: [] };
  return { at, state: { account, ...unknown, listed: snapshot.users.size, sharers, partial: true } };
}

/** Returns a service's account from the run's snapshot, with tunnels, limits and nodes. */
export async function observeInSnapshot(
  tools: ReadingTools,
  service: ServiceRecord,
  signal: AbortSignal,
  sharers: readonly string[],
): Promise<TimedObservation> {
  const { snapshot: run } = tools;
  const { at, state } = observePartly(await run.accounts(signal), service, sharers);
  const [{ tunnels, speedLimits }, labels, changes] = await Promise.all([
    run.site(signal),
    run.labels(signal),
    hasPausedForward(state.account) ? run.changes(signal) : null,
  ]);
  const account = { ...state.account, tunnels, speedLimits };
  const oldLimitNames = await listOldLimitNames(tools, service, speedLimits);
  return { at, state: { ...state, account, ...labels, changes, oldLimitNames, partial: false } };
}

/** Reads a service's account from the panel, not from the run's snapshot. */
export async function observeNow(
  tools: ReadingTools,
  service: ServiceRecord,
  signal: AbortSignal,
  { last, refreshChanges }: { last: TimedObservation | undefined; refreshChanges: boolean },
): Promise<TimedObservation> {
  const { client, clock, snapshot } = tools;
  const scope = toScope(service);
  const at = isoNow(clock);
  const history: FlvxHistory = last === undefined ? emptyHistory : toHistory(last.state.account);
  const options = { tag: service.id, signal };
  const [byId, labels] = await Promise.all([observeAccount(client, scope, history, options), snapshot.labels(signal)]);
  const account = isLost(byId) ? await observeAccount(client, byName(scope), history, options) : byId;
  const adoptable =
    account.user === null && account.strangers.length === 1
      ? await client.observe({ ...scope, adopt: true }, options)
      : null;
  const listChanges = (): Promise<ReadonlyMap<number, number>> =>
    refreshChanges ? client.forwards.listChanges({ signal }) : snapshot.changes(signal);
  const changes = hasPausedForward(account) ? await listChanges() : null;
  const oldLimitNames = await listOldLimitNames(tools, service, account.speedLimits);
  const rest = { ...labels, tunnelNodes: null, changes, oldLimitNames, partial: false, listed: null, sharers: [] };
  return { at, state: { account, adoptable, ...rest } };
}

/** Lists limits on the panel that an earlier version created for the service; the journal is read only if there are candidates. */
async function listOldLimitNames(
  { oldLimitNames }: ReadingTools,
  service: ServiceRecord,
  limits: readonly FlvxSpeedLimit[],
): Promise<string[]> {
  const key = toOldLimitKey(service);
  if (!limits.some((limit) => parseLimitKey(limit.name) === key)) return [];
  return await oldLimitNames(service.id);
}

/** Returns the scope without the id. */
function byName(scope: FlvxScope): FlvxScope {
  return { ...scope, userId: null };
}

/** Whether to search by the unguessable name: the stored id no longer exists. */
function isLost({ user, scope, history }: FlvxAccount): boolean {
  const created = history?.run.createdUserId ?? null;
  return user === null && scope.userId != null && scope.nameIsOurs === true && created === null;
}

/** Whether a forward is paused: only then the instants of changes matter. */
function hasPausedForward(account: FlvxAccount): boolean {
  return listOwnForwards(account).some((row) => row.status !== 1);
}

/** Returns one service's reading from a snapshot. */
export function toUsageAnswer({ at, snapshot }: TimedSnapshot, request: UsageRequest, timeZone: string): UsageAnswer {
  const id = Number(request.service.refs['flvx_user_id']);
  const user = snapshot.users.get(id);
  const [odd] = snapshot.listUnreadable(id);
  if (odd && user === undefined) return toUnreadAnswer(at, 'PANEL_UNREADABLE', `user ${id}: ${odd.message}`);
  if (user === undefined) {
    const message = describeMissingAccount(request.service.id, request.service.refs['flvx_user_id'] ?? '');
    return toUnreadAnswer(at, 'account_missing', message);
  }
  if (isReplaced(request.service, user, request.checkpoint))
    return toUnreadAnswer(at, 'account_renamed', describeRenamed(request.service, user));
  const { inBytes, outBytes } = user;
  return {
    reading: { known: true, at, inBytes, outBytes, totalBytes: inBytes + outBytes },
    raw: { user: id, inBytes, outBytes, quota: user.quota, status: user.status, resetDay: user.resetDay },
    shape: [],
    warnings: [],
    counter: {
      resetBetween: (previousAt, now) => {
        const ours = request.unresolved.some(
          (row) =>
            row.type === 'reset-user' && row.calledAt !== null && row.calledAt >= previousAt && row.calledAt <= now,
        );
        const possible = ours || isResetDayBetween(user.resetDay, previousAt, now, timeZone);
        const isDue = (from: string): boolean => isResetDayBetween(user.resetDay, from, now, timeZone);
        return possible && hasReset(user, snapshot.listForwards(id), request, isDue) ? 'certain' : possible;
      },
      seen: findSeen(request.checkpoint, user),
    },
  };
}

/** Returns what the last run saw of the same account's counters; stores of earlier versions have only their sum. */
function findSeen(checkpoint: unknown, user: FlvxUser): RefusedReading | null {
  const history = parseHistory(checkpoint);
  const { at } = (checkpoint ?? {}) as { at?: string };
  if (history?.userId !== user.id || history.usedInBytes === undefined || at === undefined) return null;
  return { at, inBytes: history.usedInBytes, outBytes: history.usedBytes - history.usedInBytes };
}

/** Describes that the account that a service names does not exist. */
export function describeMissingAccount(service: string, id: string): string {
  return `the panel has no account with the flvx_user_id ${id} of "${service}"`;
}

/**
 * Whether the account with the stored id is another one than before, as after a restore of the panel. Customers can rename
 * themselves, so that another name alone proves nothing. An import over the account keeps its instant of creation and is not
 * noticed (docs/panels/flvx.md, 8.2).
 */
export function isReplaced(
  { refs }: Pick<ServiceRecord, 'refs'>,
  user: Pick<FlvxUser, 'id' | 'name' | 'createdAt'>,
  checkpoint: unknown,
): boolean {
  const history = parseHistory(checkpoint);
  if (history?.userId !== user.id || history.createdAt === undefined) return false;
  return history.createdAt !== user.createdAt && refs['flvx_username'] !== user.name;
}

/** Describes that an account has another name than before. */
export function describeRenamed({ id, refs }: Pick<ServiceRecord, 'id' | 'refs'>, user: FlvxUser): string {
  const before = refs['flvx_username'];
  const other = before === undefined ? 'and was created at another time' : `not "${before}"`;
  return `the account ${user.id} of "${id}" is named "${user.name}" on the panel, ${other}: it may belong to another customer, and was left unchanged`;
}

/** Returns an answer without a reading. */
export function toUnreadAnswer(at: string, code: string, message: string): UsageAnswer {
  return { reading: { known: false, at, code, message }, raw: null, shape: [], warnings: [] };
}

/**
 * Whether the panel's daily job has zeroed the counters since the last observation. The day alone proves nothing: a panel that
 * was down at that midnight skips the reset. But a reset does not change the counters of forwards, whose growth is also growth of
 * the user: a user counter far below its old value plus that growth was zeroed. The two lists are read one after the other, so
 * at least half of the old value must be missing.
 */
function hasReset(
  user: FlvxUser,
  forwards: readonly FlvxForward[],
  { checkpoint: seen }: UsageRequest,
  isDue: (from: string) => boolean,
): boolean {
  const history = parseHistory(seen);
  const observedAt = (seen as { at?: string } | null)?.at;
  if (history?.userId !== user.id || observedAt === undefined || !isDue(observedAt)) return false;
  let growth = 0;
  for (const forward of forwards) {
    const before = history.forwards[forward.id]?.bytes;
    // A forward that was not observed may have existed, so its counter may not be growth.
    if (before !== undefined) growth += Math.max(0, sumBytes(forward) - before);
  }
  const missing = history.usedBytes + growth - sumBytes(user);
  return history.usedBytes > 0 && missing * 2 > history.usedBytes;
}
