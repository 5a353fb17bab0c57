import {
  type AgentRecords,
  type CreationCheck,
  type ExtendedUser,
  type ItemError,
  type KnownListedUser,
  type RaiseRequest,
  SluiceError,
  toItemError,
  type UserExtension,
} from '@sluice/panel-kind';
import { findSubjectAgent, raiseKey } from '@sluice/quota-core';
import { checkRaise, findRaise, type FOUND } from '@sluice/quota-core/agents';
import type { AgentReservationRecord, StoreTables } from '@sluice/state-store';
import type { UserChanges } from './change-users.js';
import { knownAgent, loadStoredAgents, type ReadFrom } from './read-agents.js';
import { isInDoubt } from './references.js';
import { isSameExtension } from './repeated-creation.js';
import { endReservation, giveUp, hasLimits, newReservation, refusal } from './reserve.js';
import { listAgentChain, toStored } from './stored.js';

/** Lifting a limit reserves nothing, since no agent sells it; with a user that moves goes what it is sold. */
export function isFree({ lifted, user, owner }: RaiseRequest): boolean {
  return lifted === true && user.owner === owner;
}

/** Returns the error that a raise would fail with; null for one that fits. Reserves nothing. */
export async function previewRaise(from: ReadFrom, request: RaiseRequest): Promise<ItemError | null> {
  if (isFree(request) || !(await hasLimits(from))) return null;
  const { check, records, chain } = await readRaise(from, request, from.context.store);
  return check.allowed ? null : toItemError(refusal(check, records, { chain }));
}

async function readRaise(
  { context, name, agents }: ReadFrom,
  request: RaiseRequest,
  tables: Omit<StoreTables, 'write'>,
) {
  const records: AgentRecords = await loadStoredAgents(context, name, tables);
  const earlier = await tables.agentReservations.get(name, raiseKey(request.user.uuid));
  const [user = null] = await tables.agentUsers.list({ panel: name, keys: [request.user.uuid] });
  const chain = listAgentChain(request.owner, records);
  return { ...checkRaise(toStored(agents, records), request, { earlier, user }), chain, earlier, records };
}

/** A raise with what is reserved for it, and the reservation of an earlier raise of the user. */
interface ReservedRaise {
  record: AgentReservationRecord;
  earlier: AgentReservationRecord | null;
}

/** Reserves the difference, calls, and keeps or releases the reservation by how the call ended. */
export async function raise<T>(from: ReadFrom, request: RaiseRequest, work: () => Promise<T>): Promise<T> {
  await knownAgent(from, request.owner, { creation: true });
  const reserved = await from.context.write([], async (tables) => {
    const found = await readRaise(from, request, tables);
    if (!found.check.allowed) throw refusal(found.check, found.records, found);
    return storeRaise(from, { ...found, owner: request.owner }, tables);
  });
  return makeRaise(from, reserved, work);
}

type FoundRaise = Awaited<ReturnType<typeof readRaise>>;

async function storeRaise(
  from: ReadFrom,
  {
    bytes,
    wanted,
    chain,
    earlier,
    owner,
  }: Pick<FoundRaise, 'bytes' | 'wanted' | 'chain' | 'earlier'> & { owner: string },
  tables: StoreTables,
): Promise<ReservedRaise> {
  const content = { agent: owner, chain, bytes, wanted: { ...wanted, uuid: raiseKey(wanted.raises) } };
  const record = { ...newReservation(from, content), wanted };
  await tables.agentReservations.put([record]);
  return { record, earlier };
}

/** Makes a reserved raise, and keeps or releases the reservation by how the call ended. `outcome`: that of the reservation of one that was made. */
export async function makeRaise<T>(
  from: ReadFrom,
  { record, earlier }: ReservedRaise,
  work: () => Promise<T>,
  outcome: typeof FOUND | null = null,
): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // What may be made stays reserved, for anyone who repeats the command.
    if (isInDoubt(error)) await giveUp(from, record);
    else await giveBack(from, record, earlier);
    throw error;
  }
  await endReservation(from, record.uuid, { state: 'settled', outcome }, record);
  return result;
}

/** Restores the earlier reservation after a raise that changed nothing. */
async function giveBack(
  { context, name }: ReadFrom,
  { uuid, holder, expiresAt }: AgentReservationRecord,
  earlier: AgentReservationRecord | null,
): Promise<void> {
  await context.write([], async (tables) => {
    const open = await tables.agentReservations.get(name, uuid);
    if (open?.state !== 'open' || open.holder !== holder || open.expiresAt !== expiresAt) return;
    const end = { state: 'closed' as const, closedAt: context.now(), outcome: 'not-raised' };
    await tables.agentReservations.put([earlier ?? { ...open, ...end }]);
  });
}

/** An extension of a user of an agent. */
export interface Extension {
  user: KnownListedUser;
  /** Uuid of the user's agent. */
  owner: string;
  /** Uuid of the agent that extends it: the owner, or one above it. */
  asker: string;
  by: UserExtension;
  /** One reference extends once, however often it is repeated. */
  ref: string | undefined;
}

/** An extension with what is reserved for it. */
export interface ReservedExtension extends ReservedRaise {
  to: ExtendedUser;
}

/**
 * Checks and reserves an extension in one transaction. One that was broken off is continued to the same figures, so that it is made
 * once however often it is repeated; null where another run has found it made already.
 *
 * @throws SluiceError `agent_limit`, `agent_suspended`, `outcome_unknown` while another extension of the user is in doubt
 */
export async function reserveExtension(on: UserChanges, extension: Extension): Promise<ReservedExtension | null> {
  const { context, name } = on;
  const { user, owner, by, ref } = extension;
  return context.write(on.leases(), async (tables) => {
    const earlier = await tables.agentReservations.get(name, raiseKey(user.uuid));
    const same = earlier !== null && isSameExtension(context, earlier, owner, { ...by, ref }) ? earlier : null;
    if (same?.state === 'settled') return null;
    if (earlier?.state === 'open' && same === null) throw inDoubtError(user);
    const { to, found } = await readExtension(on, extension, same, tables);
    const { packageDays } = to;
    const days = packageDays === undefined ? {} : { packageDays };
    const wanted = { ...found.wanted, ...days, asked: { ...by }, ...toRef(same, ref) };
    const reserved = await storeRaise(on, { ...found, wanted, owner }, tables);
    for (const { id, prior } of listEvidence(found.records, user))
      await tables.evidence.update(id, { prior: on.agents.users?.afterExtension(user, to, prior) ?? prior });
    return { ...reserved, to };
  });
}

/** Returns the reference of an extension: one that goes on without it keeps that of the first attempt. */
function toRef(same: AgentReservationRecord | null, own: string | undefined): { ref?: string } {
  const ref = (same === null ? undefined : findRaise(same)?.ref) ?? own;
  return ref === undefined ? {} : { ref };
}

/** Returns what a user has after an extension, without reserving anything. Throws as `reserveExtension` does. */
export async function previewExtension(on: UserChanges, extension: Extension): Promise<ExtendedUser> {
  return (await readExtension(on, extension, null, on.context.store)).to;
}

async function readExtension(
  on: UserChanges,
  { user, owner, asker, by }: Extension,
  same: AgentReservationRecord | null,
  tables: Omit<StoreTables, 'write'>,
): Promise<{ to: ExtendedUser; found: FoundRaise }> {
  const begun = same === null ? null : findRaise(same);
  const to = begun ?? on.agents.users?.extend(user, by, on.context.now());
  if (to === undefined) throw new Error('a panel whose agents extend no users');
  const found = await readRaise(on, { user, owner, limitBytes: to.limitBytes }, tables);
  const check = withSuspension(on, found);
  if (!check.allowed) throw refusal(check, found.records, { chain: found.chain, asker });
  const { limitBytes, packageDays } = to;
  return { to: packageDays === undefined ? { limitBytes } : { limitBytes, packageDays }, found };
}

/** Returns the check with the suspension of an agent, which may not change anything meanwhile. */
function withSuspension({ agents }: ReadFrom, { check, chain, records }: FoundRaise): CreationCheck {
  const { suspensions, agents: known } = toStored(agents, records);
  const suspended = chain.find((agent) => suspensions.has(agent));
  if (suspended === undefined) return check;
  const { name = '' } = known.get(suspended) ?? {};
  const reason = `Agent "${name}" is suspended, so no user can be extended below it.`;
  return { ...check, allowed: false, reason, suspended: name };
}

/** Returns the open evidence of a disabled user of an agent. */
function listEvidence(
  { evidence }: Pick<AgentRecords, 'evidence'>,
  { uuid }: KnownListedUser,
): AgentRecords['evidence'] {
  return evidence.filter(({ service, target }) => target === uuid && findSubjectAgent(service) !== null);
}

function inDoubtError({ name }: KnownListedUser): SluiceError {
  return new SluiceError(
    'outcome_unknown',
    `It is not known whether an earlier extension of user "${name}" was made: repeat that one, or try again in a minute. Nothing was changed.`,
    { kind: 'busy' },
  );
}
