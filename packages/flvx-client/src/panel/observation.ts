import type { ServiceRecord } from '@sluice/quota-core';
import { isoNow, type Clock, type UsageAnswer, type UsageRequest } from '@sluice/panel-kind';
import { historyOf, observeAccount, type FlvxAccount } from '../account/account.js';
import { emptyHistory, historyIn, type FlvxHistory } from '../account/history/history.js';
import { keyOfLimit } from '../account/plan/speed-limits.js';
import { isResetDayBetween, usedOf } from '../account/rules.js';
import type { FlvxClient } from '../client/client.js';
import type { FlvxForward } from '../client/records/forward.js';
import type { FlvxTunnelGroup } from '../client/records/group.js';
import type { FlvxSpeedLimit } from '../client/records/speed-limit.js';
import type { FlvxNode, FlvxTunnel } from '../client/records/tunnel.js';
import type { FlvxUser } from '../client/records/user.js';
import type { FlvxScope } from '../client/snapshot/observation.js';
import type { FlvxSnapshot } from '../client/snapshot/snapshot.js';
import { oldLimitKey, scopeOf } from './product.js';

/** What the panel shows of one service. */
export interface ServiceObservation {
  account: FlvxAccount;
  /** The same if the operator adopts it: the only account of the name, made by Sluice or not. */
  adoptable: FlvxAccount | null;
  /** Groups of tunnels; null where they were not read. */
  groups: readonly FlvxTunnelGroup[] | null;
  /** Null where they were not read. */
  nodes: readonly FlvxNode[] | null;
  /** When each forward was last written to; read only where that shows what the panel has stopped. */
  changes: ReadonlyMap<number, number> | null;
  /** Names of speed limits with the service's id, as earlier versions gave them, that this store's journal made for it. */
  madeLimits: readonly string[];
  /** Only users, permissions and forwards were read: tunnels and speed limits are unknown. */
  partial: boolean;
  /** Number of accounts that the panel listed; null where only this one was read. */
  listed: number | null;
  /** Other services that name the same user, as far as this run has seen them. */
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

/** A snapshot that is older belongs to an earlier run of the same process. */
const runMs = 10 * 60_000;

/** The panel's lists, each read once in a run: the three long ones, and the short ones when something needs them. */
export class RunSnapshot {
  readonly #client: FlvxClient;
  readonly #clock: Clock;
  readonly #withGroups: boolean;
  #accounts: Promise<TimedSnapshot> | null = null;
  #site: Promise<{ tunnels: readonly FlvxTunnel[]; speedLimits: readonly FlvxSpeedLimit[] }> | null = null;
  #labels: Promise<Pick<ServiceObservation, 'nodes' | 'groups'>> | null = null;
  #changes: Promise<ReadonlyMap<number, number>> | null = null;

  /** @param withGroups whether products name groups of tunnels */
  constructor(client: FlvxClient, clock: Clock, withGroups: boolean) {
    this.#client = client;
    this.#clock = clock;
    this.#withGroups = withGroups;
  }

  /** Users, permissions and forwards: once for all pages of the run's services. */
  async accounts(signal: AbortSignal): Promise<TimedSnapshot> {
    const now = this.#clock.now();
    const known = await this.#accounts;
    if (known && now - Date.parse(known.at) <= runMs) return known;
    this.#site = null;
    this.#labels = null;
    this.#changes = null;
    const at = isoNow(this.#clock);
    this.#accounts = this.#client.snapshot({}, { signal }).then((snapshot) => ({ at, snapshot }));
    try {
      return await this.#accounts;
    } catch (error) {
      this.#accounts = null;
      throw error;
    }
  }

  /** The forwards of a service. */
  async forwardsOf(service: ServiceRecord, signal: AbortSignal): Promise<FlvxForward[]> {
    const { snapshot } = await this.accounts(signal);
    const { user, forwards } = snapshot.observe(scopeOf(service));
    return forwards.filter((row) => row.userId === user?.id);
  }

  /** Tunnels and speed limits. */
  site(signal: AbortSignal): Promise<{ tunnels: readonly FlvxTunnel[]; speedLimits: readonly FlvxSpeedLimit[] }> {
    const { tunnels, speedLimits } = this.#client;
    this.#site ??= Promise.all([tunnels.list({ signal }), speedLimits.list({ signal })]).then(
      ([tunnelRows, limitRows]) => ({ tunnels: tunnelRows, speedLimits: limitRows }),
    );
    return this.#site;
  }

  /** When each forward was last written to. The panel needs long for it. */
  async changes(signal: AbortSignal): Promise<ReadonlyMap<number, number>> {
    this.#changes ??= this.#client.forwards.changedAt({ signal });
    try {
      return await this.#changes;
    } catch (error) {
      this.#changes = null;
      throw error;
    }
  }

  /** Nodes and groups. */
  labels(signal: AbortSignal): Promise<Pick<ServiceObservation, 'nodes' | 'groups'>> {
    const { nodes, groups } = this.#client;
    this.#labels ??= Promise.all([
      // Only their names are shown: everything else works without them.
      nodes.status({ signal }).catch(() => null),
      this.#withGroups ? groups.tunnels({ signal }) : null,
    ]).then(([nodeRows, groupRows]) => ({ nodes: nodeRows, groups: groupRows }));
    return this.#labels;
  }
}

/** What accounts are read with. */
export interface ReadingTools {
  client: FlvxClient;
  clock: Clock;
  snapshot: RunSnapshot;
  /** Returns the names of speed limits that the journal says were made for a service, or may have been. */
  madeLimits: (service: string) => Promise<string[]>;
}

/** Returns a service's account from a snapshot, without tunnels, limits and nodes. */
export function observePartly(
  { at, snapshot }: TimedSnapshot,
  service: ServiceRecord,
  sharers: readonly string[],
): TimedObservation {
  const scope = scopeOf(service);
  const byId = snapshot.observe(scope);
  const account = isLost(byId) ? snapshot.observe(byName(scope)) : byId;
  const unknown = { adoptable: null, groups: null, nodes: null, changes: null, madeLimits: [] };
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
    someAtRest(state.account) ? run.changes(signal) : null,
  ]);
  const account = { ...state.account, tunnels, speedLimits };
  const madeLimits = await limitsMadeFor(tools, service, speedLimits);
  return { at, state: { ...state, account, ...labels, changes, madeLimits, partial: false } };
}

/** Reads a service's account from the panel, not from the run's snapshot. */
export async function observeNow(
  tools: ReadingTools,
  service: ServiceRecord,
  signal: AbortSignal,
  { last, freshChanges }: { last: TimedObservation | undefined; freshChanges: boolean },
): Promise<TimedObservation> {
  const { client, clock, snapshot } = tools;
  const scope = scopeOf(service);
  const at = isoNow(clock);
  const history: FlvxHistory = last === undefined ? emptyHistory : historyOf(last.state.account);
  const options = { tag: service.id, signal };
  const [byId, labels] = await Promise.all([observeAccount(client, scope, history, options), snapshot.labels(signal)]);
  const account = isLost(byId) ? await observeAccount(client, byName(scope), history, options) : byId;
  const adoptable =
    account.user === null && account.strangers.length === 1
      ? await client.observe({ ...scope, adopt: true }, options)
      : null;
  const changesOf = (): Promise<ReadonlyMap<number, number>> =>
    freshChanges ? client.forwards.changedAt({ signal }) : snapshot.changes(signal);
  const changes = someAtRest(account) ? await changesOf() : null;
  const madeLimits = await limitsMadeFor(tools, service, account.speedLimits);
  const rest = { ...labels, changes, madeLimits, partial: false, listed: null, sharers: [] };
  return { at, state: { account, adoptable, ...rest } };
}

/** Names of limits on the panel that an earlier version made for the service; the journal is read only if there are some. */
async function limitsMadeFor(
  { madeLimits }: ReadingTools,
  service: ServiceRecord,
  limits: readonly FlvxSpeedLimit[],
): Promise<string[]> {
  const key = oldLimitKey(service);
  if (!limits.some((limit) => keyOfLimit(limit.name) === key)) return [];
  return await madeLimits(service.id);
}

/** The same account, searched by its name alone. */
function byName(scope: FlvxScope): FlvxScope {
  return { ...scope, userId: null };
}

/** The account of the stored id is gone. One that has the service's unguessable name belongs to the service all the same. */
function isLost({ user, scope, history }: FlvxAccount): boolean {
  const created = history?.run.createdUserId ?? null;
  return user === null && scope.userId != null && scope.nameIsOurs === true && created === null;
}

/** Who paused a forward matters only of paused ones. */
function someAtRest({ user, forwards }: FlvxAccount): boolean {
  return forwards.some((row) => row.userId === user?.id && row.status !== 1);
}

/** Returns one service's reading from the snapshot. */
export function usageIn({ at, snapshot }: TimedSnapshot, request: UsageRequest, timeZone: string): UsageAnswer {
  const id = Number(request.service.refs['flvx_user_id']);
  const user = snapshot.users.get(id);
  const [odd] = snapshot.unreadableOf(id);
  if (odd && user === undefined) return unread(at, 'PANEL_UNREADABLE', `user ${id}: ${odd.message}`);
  if (user === undefined) {
    return unread(
      at,
      'account_missing',
      missingAccount(request.service.id, request.service.refs['flvx_user_id'] ?? ''),
    );
  }
  const { inBytes, outBytes } = user;
  return {
    reading: { known: true, at, inBytes, outBytes, totalBytes: inBytes + outBytes },
    raw: { user: id, inBytes, outBytes, quota: user.quota, status: user.status, resetDay: user.resetDay },
    shape: [],
    warnings: [],
    counter: {
      resetBetween: (previousAt, now) => {
        const ours = request.unsettled.some(
          (row) =>
            row.type === 'reset-user' && row.calledAt !== null && row.calledAt >= previousAt && row.calledAt <= now,
        );
        const possible = ours || isResetDayBetween(user.resetDay, previousAt, now, timeZone);
        const isDue = (from: string): boolean => isResetDayBetween(user.resetDay, from, now, timeZone);
        return possible && hasReset(user, snapshot.forwardsOf(id), request, isDue) ? 'certain' : possible;
      },
    },
  };
}

/** Returns why a service has no account although it names one. */
export function missingAccount(service: string, id: string): string {
  return `the panel has no account with the flvx_user_id ${id} of "${service}"`;
}

/** Returns an answer without a reading. */
export function unread(at: string, code: string, message: string): UsageAnswer {
  return { reading: { known: false, at, code, message }, raw: null, shape: [], warnings: [] };
}

/**
 * Whether the panel's daily job has zeroed the counters since the last observation. Its day alone proves nothing: a panel that
 * was down at that midnight leaves the reset out. The counters of the forwards do, since no reset touches them: what they have
 * grown by, the user has grown by too. A user that shows less than its old figure and that growth was zeroed in between. The two
 * lists are read one after the other, so half of the old figure has to be missing.
 */
function hasReset(
  user: FlvxUser,
  forwards: readonly FlvxForward[],
  { seen }: UsageRequest,
  isDue: (from: string) => boolean,
): boolean {
  const history = historyIn(seen);
  const observedAt = (seen as { at?: string } | null)?.at;
  if (history?.userId !== user.id || observedAt === undefined || !isDue(observedAt)) return false;
  let growth = 0;
  for (const forward of forwards) {
    const before = history.forwards[forward.id]?.bytes;
    // A forward that was not observed may have existed, so its counter need not be growth.
    if (before !== undefined) growth += Math.max(0, usedOf(forward) - before);
  }
  const missing = history.usedBytes + growth - usedOf(user);
  return history.usedBytes > 0 && missing * 2 > history.usedBytes;
}
