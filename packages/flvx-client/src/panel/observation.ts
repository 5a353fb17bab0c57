import {
  type AccountView,
  type Clock,
  isoNow,
  type Observation,
  type ObserveOptions,
  type TargetState,
  type OpenRows,
} from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import {
  emptyHistory,
  type FlvxAccount,
  type FlvxHistory,
  listOwnForwards,
  listOwnPermissions,
  observeAccount,
  toHistory,
} from '../account/history/history.js';
import { nodeNames } from '../account/describe.js';
import { parseLimitKey } from '../account/plan/plan-limits.js';
import type { FlvxClient } from '../client/client.js';
import type { FlvxScope } from '../client/observation.js';
import {
  type FlvxForward,
  type FlvxNode,
  type FlvxSpeedLimit,
  type FlvxTunnel,
  type FlvxTunnelGroup,
  toIso,
} from '../client/records.js';
import { toForwardView } from './forward-view.js';
import { toOldLimitKey, toScope } from './product.js';
import { indexEvidence, EVIDENCE, parseSpeedPrior, ranBefore } from './restrictions.js';
import type { RunSnapshot, TimedSnapshot, TunnelNodes } from './run-snapshot.js';
import {
  readTwice,
  refuseWithoutKept,
  type RowsToKeep,
  toSecondReading,
  type SecondReading,
} from './second-reading.js';
import { unusableList } from '../client/row-list.js';

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
  /** Forwards that earlier readings of the run showed as paused by their customer. */
  paused: ReadonlySet<number>;
  /** Names of speed limits that an earlier version created for the service, by this store's journal. */
  oldLimitNames: readonly string[];
  /** Only users, permissions and forwards were read: speed limits are unknown, and tunnels where no forward was moved. */
  partial: boolean;
  /** The panel's list of accounts, by number and instant; null where only this one was read. */
  listed: { rows: number; at: string } | null;
  /** Other services of this run that name the same user. */
  sharers: readonly string[];
}

/** An observation and its instant by the local clock; of one with the effects of steps, also when its rows were read. */
export interface TimedObservation {
  at: string;
  readAt?: string;
  state: ServiceObservation;
}

/** What reading accounts requires. */
export interface ReadingTools {
  client: FlvxClient;
  clock: Clock;
  snapshot: RunSnapshot;
  /** Returns the names of speed limits that were created for a service, or may have been, by the journal. */
  oldLimitNames: (service: string) => Promise<string[]>;
}

const NOTHING_PAUSED: Pick<ServiceObservation, 'changes' | 'paused'> = { changes: null, paused: new Set() };

/** Returns a service's account from a snapshot, without limits and nodes, and with these tunnels. */
export function observePartly(
  { at, snapshot }: TimedSnapshot,
  service: ServiceRecord,
  sharers: readonly string[],
  tunnels: readonly FlvxTunnel[] = [],
): TimedObservation {
  const scope = toScope(service);
  const byId = snapshot.observe(scope);
  const found = isLost(byId) ? snapshot.observe(byName(scope)) : byId;
  const account = tunnels.length === 0 ? found : { ...found, tunnels };
  const unknown = {
    adoptable: null,
    groups: null,
    nodes: null,
    tunnelNodes: null,
    oldLimitNames: [],
    ...NOTHING_PAUSED,
  };
  return { at, state: { account, ...unknown, listed: { rows: snapshot.users.size, at }, sharers, partial: true } };
}

/** How a service is observed. */
export interface Observing extends RowsToKeep {
  signal: AbortSignal;
  /** Other services of this run that name the same user. */
  sharers: readonly string[];
}

/** Returns a service's account from the run's snapshot, with tunnels, limits and nodes. */
export async function observeInSnapshot(
  tools: ReadingTools,
  service: ServiceRecord,
  { signal, sharers, ...rows }: Observing,
): Promise<TimedObservation> {
  const { snapshot: run } = tools;
  const first = observePartly(await run.accounts(signal), service, sharers);
  const rests = hasPausedForward(first.state.account);
  const { at, state } = rests ? observePartly(await run.recounted(signal), service, sharers) : first;
  await refuseWithoutKept(run.second(signal), state.account, rows);
  const [{ tunnels, speedLimits }, labels, changes] = await Promise.all([
    run.site(signal),
    run.labels(signal),
    hasPausedForward(state.account) ? run.changes(signal) : null,
  ]);
  const account = { ...state.account, tunnels, speedLimits };
  await refuseWithoutLimits(run.second(signal), account, rows.open);
  const oldLimitNames = await listOldLimitNames(tools, service, speedLimits);
  return { at, state: { ...state, account, ...labels, changes, oldLimitNames, partial: false } };
}

/** What a service is read again for. */
interface ReadingAgain extends RowsToKeep, Pick<ObserveOptions, 'command'>, Pick<ServiceObservation, 'paused'> {
  last: TimedObservation | undefined;
  refreshChanges: boolean;
}

/** Reads a service's account from the panel, not from the run's snapshot. */
export async function observeNow(
  tools: ReadingTools,
  service: ServiceRecord,
  signal: AbortSignal,
  { last, refreshChanges, paused, ...rows }: ReadingAgain,
): Promise<TimedObservation> {
  const { client, clock, snapshot } = tools;
  const scope = toScope(service);
  const at = isoNow(clock);
  const history: FlvxHistory = last === undefined ? emptyHistory : toHistory(last.state.account);
  const options = { tag: service.id, signal };
  const readOne = async (): Promise<FlvxAccount> => {
    const byId = await observeAccount(client, scope, history, options);
    const named = isLost(byId) ? await observeAccount(client, byName(scope), history, options) : byId;
    return named.user === null ? byId : named;
  };
  const second = toSecondReading(client, options);
  const [read, labels] = await Promise.all([readTwice(second, readOne, rows), snapshot.labels(signal)]);
  await refuseWithoutLimits(second, read, rows.open);
  // A removal removes what is left of an account that is gone; elsewhere, the next one is found by its name.
  const isLeft = isLost(read) && rows.command?.verb !== 'terminate';
  const account = isLeft ? { ...read, scope: byName(scope), permissions: [], forwards: [] } : read;
  const adoptable =
    account.user === null && account.strangers.length === 1
      ? await client.observe({ ...scope, adopt: true }, options)
      : null;
  const changes = hasPausedForward(account)
    ? await readChanges(tools, service, { account, refreshChanges, signal })
    : null;
  const oldLimitNames = await listOldLimitNames(tools, service, account.speedLimits);
  const rest = { ...labels, tunnelNodes: null, changes, paused, oldLimitNames, partial: false, listed: null };
  return { at, state: { account, adoptable, ...rest, sharers: [] } };
}

/**
 * Returns when each forward was last written to, as the run read it. It is read again for a forward that was paused since, and not by
 * a step of the run: its instant shows by whom.
 */
async function readChanges(
  { client, snapshot }: ReadingTools,
  service: ServiceRecord,
  { account, refreshChanges, signal }: Pick<ReadingAgain, 'refreshChanges'> & ReadFor,
): Promise<ReadonlyMap<number, number>> {
  if (refreshChanges) return await client.forwards.listChanges({ signal });
  if (!snapshot.hasChanges) return await snapshot.changes(signal);
  const { forwardsAt } = (await snapshot.accounts(signal)).snapshot;
  const listed = await snapshot.listForwards(service, signal);
  const known = await snapshot.changes(signal);
  const ran = new Set(listed.flatMap(({ id, status }) => (status === 1 ? [id] : [])));
  const isOurs = ({ id }: FlvxForward): boolean => toHistory(account).run.paused.includes(id);
  const isNew = (row: FlvxForward): boolean => row.status !== 1 && ran.has(row.id) && !isOurs(row);
  const isOld = (row: FlvxForward): boolean => isNew(row) && (known.get(row.id) ?? 0) <= forwardsAt;
  return listOwnForwards(account).some(isOld) ? await snapshot.changes(signal, { again: true }) : known;
}

/** The account that instants are read for. */
interface ReadFor {
  account: FlvxAccount;
  signal: AbortSignal;
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

/** Returns an account as its page shows it; names that were not read are those of the view before. */
export function accountView(
  url: string,
  { evidence }: Pick<TargetState, 'evidence'>,
  state: ServiceObservation,
  { before, history }: { before: AccountView | null; history: FlvxHistory },
): AccountView {
  const { user } = state.account;
  const paused = indexEvidence(evidence).forward;
  // What the customer had paused himself stays so after the hold.
  const isOurs = (id: number): boolean => {
    const before = paused.get(String(id));
    return (before !== undefined && ranBefore(before)) || history.parked[id] !== undefined;
  };
  const ids = listOwnPermissions(state.account).map((row) => row.tunnelId);
  return {
    url,
    username: user?.name ?? '',
    expiresAt: toIso(user?.expiresAt ?? 0),
    tunnels: ids.map((id) => ({ id, ...tunnelView(id, state, before) })),
    ...(user !== null && { maxForwards: user.maxForwards }),
    forwards: listOwnForwards(state.account).map((row) => ({
      ...toForwardView(row),
      pausedByUs: row.status !== 1 && isOurs(row.id),
    })),
  };
}

function tunnelView(
  id: number,
  { account, nodes, tunnelNodes }: ServiceObservation,
  before: AccountView | null,
): Omit<AccountView['tunnels'][number], 'id'> {
  const known = before?.tunnels.find((row) => row.id === id);
  const speed = known?.speedMbit === undefined ? {} : { speedMbit: known.speedMbit };
  const read = tunnelNodes?.get(id);
  if (read !== undefined) return { ...read, ...speed };
  const tunnel = account.tunnels.find((row) => row.id === id);
  const forward = account.forwards.find((row) => row.tunnelId === id);
  if (!tunnel || !nodes)
    return { name: tunnel?.name ?? known?.name ?? forward?.tunnelName ?? '', nodes: known?.nodes ?? [], ...speed };
  return { name: tunnel.name, nodes: nodeNames(tunnel, nodes), ...speed };
}

/** Lists what the service changes on the panel, which no other service may. */
export function listResources(service: ServiceRecord, observation: Observation<ServiceObservation> | null): string[] {
  const { flvx_user_id: id } = service.refs;
  const account = observation?.state?.account;
  // The username may belong to another service, which is reported before anything is created or adopted.
  const named = account?.user === null ? account.strangers : [];
  const ids = new Set([
    ...(id === undefined ? [] : [id]),
    ...(account?.user ? [String(account.user.id)] : []),
    ...named.map((user) => String(user.id)),
  ]);
  return [...ids].map((user) => `user:${user}`);
}

/**
 * Refuses a list of speed limits that lacks one which a permission has, or is to have again, before that counts as deleted: it would be
 * lifted, or made a second time.
 * @throws {PanelUnreadableError}
 */
export async function refuseWithoutLimits(
  second: SecondReading,
  { permissions, speedLimits }: Pick<FlvxAccount, 'permissions' | 'speedLimits'>,
  open: OpenRows | undefined,
): Promise<void> {
  const throttled = (open?.evidence ?? []).filter(({ kind }) => kind === EVIDENCE.speed);
  const ids = [...throttled.map((item) => parseSpeedPrior(item).speedId), ...permissions.map((row) => row.speedId)];
  const missing = ids.filter((id) => id !== null && !speedLimits.some((limit) => limit.id === id));
  if (missing.length === 0) return;
  const shown = await second.limits();
  const hidden = missing.filter((id) => id !== null && shown.has(id));
  if (hidden.length === 0) return;
  const what = `it lacks speed limit ${[...new Set(hidden)].join(', ')}, which backup/export shows`;
  throw unusableList(second.panel, 'POST /api/v1/speed-limit/list', what);
}
