import { isPanelError } from '@sluice/panel-http';
import {
  type Clock,
  isoNow,
  type ItemError,
  type Observation,
  type ObserveOptions,
  type OpenRows,
  toItemError,
} from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import type { Carrier, Did, Subscriber, TelephoneCustomer, TelephonePlan } from '@sluice/quota-core/telephony';
import type { LineObservation } from '../account/plan-line.js';
import type { LineState as LineWithDids } from '../account/plan-states.js';
import { toReference } from '../account/reference.js';
import type { LineSystem } from '../account/system.js';
import type { AstbillingClient } from '../client/types.js';
import { toCanonicalName } from '../wire/fields.js';
import { listOtherForms } from '../wire/phones.js';
import { isGone, isLineGone } from './absence.js';
import { listReferences, toCustomer, toUsernames, whenKnown } from './line-target.js';
import { CUSTOMER_REF, LINE_REF } from './settings.js';
import { DID_EVIDENCE, isDidById } from './steps.js';

/**
 * What the panel shows of a service's line. `line` is the one that the service names; null where it names none, or the panel has none.
 * The candidates are read only where there is none, and the plans not by every run.
 */
export interface LineState extends LineWithDids, LineObservation {
  /** Ids of numbers with evidence, or an action in doubt, that are known not to be the line's any more. */
  left: readonly string[];
  /** Whether the line that the service names is known to be gone; only read where a line ends. */
  isGone: boolean;
  /** Records of the number that the command is about, and the carriers for a new one. */
  number: readonly Did[];
  /** Records that have a number to link in another form; read only where none has it in that of the profile. */
  otherForms: readonly Did[];
  carriers: readonly Carrier[];
}

/** What a panel is read with. */
export interface Reader {
  client: AstbillingClient;
  system: LineSystem;
  clock: Clock;
  plans: PlanList;
}

/** The plans of a panel, read once for all lines of a run. */
export class PlanList {
  #reading: Promise<TelephonePlan[]> | null = null;

  /** Returns the plans; null where they can't be listed. A failed read is repeated for the next line. */
  async read({ client, call }: Pick<Reads, 'client' | 'call'>): Promise<TelephonePlan[] | null> {
    if (!client.supports('plans', 'list')) return null;
    this.#reading ??= client.plans.list({}, call);
    try {
      return await this.#reading;
    } catch (error) {
      this.#reading = null;
      throw error;
    }
  }
}

type LookOptions = Pick<ObserveOptions, 'scope' | 'command' | 'open' | 'known'>;

/** Reads the line of a service. */
export async function observeLine(
  { client, system, clock, plans }: Reader,
  service: ServiceRecord,
  options: LookOptions,
  signal: AbortSignal,
): Promise<Observation<LineState>> {
  const at = isoNow(clock);
  const call = { signal, tag: service.id };
  try {
    const state = await readState({ client, system, call, plans }, service, options);
    return { service: service.id, at, state, error: null };
  } catch (error) {
    return { service: service.id, at, state: null, error: toReadError(error) };
  }
}

interface Reads {
  client: AstbillingClient;
  system: LineSystem;
  call: { signal: AbortSignal; tag: string };
  plans: PlanList;
}

async function readState(reads: Reads, service: ServiceRecord, options: LookOptions): Promise<LineState> {
  const { client, call, system } = reads;
  const { scope, command = null, open } = options;
  const id = service.refs[LINE_REF];
  const line = id === undefined ? null : await client.subscribers.get(id, call);
  const hasNumbers = id !== undefined && system.reads('dids', 'subscriber_id');
  const numbers = hasNumbers ? await readDids(reads, id, open?.get(service.id)) : NO_NUMBERS;
  const found = line === null ? await readCandidates(reads, service) : NOTHING_FOUND;
  const needsPlans = (scope === 'command' || scope === 'reconcile') && command?.verb !== 'did';
  const plans = needsPlans ? await reads.plans.read(reads) : null;
  const { number, carrier } = command?.verb === 'did' ? command : {};
  const records = number === undefined ? [] : await client.dids.find({ number }, call);
  const isNew = command?.verb === 'did' && command.operation === 'link' && records.length === 0;
  const ofNumber = {
    number: records,
    otherForms: isNew ? await readOtherForms(reads, command.number) : [],
    carriers: carrier === undefined ? [] : await client.carriers.list({}, call),
  };
  const isEnding =
    command?.verb === 'terminate' ||
    (needsPlans && service.status === 'terminated') ||
    (open?.get(service.id)?.unresolved ?? []).some(({ type }) => type === TERMINATE_LINE);
  const isEnded = line === null && id !== undefined && isEnding && (await isLineGone(reads, id, options.known));
  return { line, ...numbers, isGone: isEnded, ...found, plans, ...ofNumber };
}

async function readOtherForms({ client, call }: Reads, number: string): Promise<Did[]> {
  const { formats, resources } = client.profile;
  const phone = resources.dids?.formats?.phone ?? formats.phone;
  const found: Did[] = [];
  for (const form of listOtherForms(number, phone)) found.push(...(await client.dids.find({ number: form }, call)));
  return found;
}

const NOTHING_FOUND = { byReference: [], byUsername: [], customers: [] };

const TERMINATE_LINE = 'terminate-subscriber';

/** Steps after which a line does not have its number any more. */
export const GIVING_UP: ReadonlySet<string> = new Set(['unlink-did', 'terminate-did']);

const NO_NUMBERS = { dids: [], left: [] };

/**
 * The numbers of a line; released ones of it are not. What the list lacks although Sluice suspended it, or an action of it is in doubt,
 * is read by its id. After a call that was to give it up, it may be absent.
 */
async function readDids(
  { client, call }: Reads,
  id: string,
  { evidence, unresolved }: OpenRows = { evidence: [], unresolved: [] },
): Promise<Pick<LineState, 'dids' | 'left'>> {
  const isOfLine = (did: Did): boolean => did.status !== 'terminated' && did.subscriberId === id;
  const dids = (await client.dids.find({ subscriberId: id }, call)).filter(({ status }) => status !== 'terminated');
  const listing = { canList: client.supports('dids', 'list'), list: () => client.dids.list({}, call) };
  const left: string[] = [];
  const suspended = evidence.filter(({ kind }) => kind === DID_EVIDENCE);
  const doubtful = unresolved.filter(({ type }) => isDidById(type));
  const isGivenUp = (target: string): boolean =>
    doubtful.some((row) => row.target === target && GIVING_UP.has(row.type));
  for (const target of new Set([...suspended, ...doubtful].map((row) => row.target))) {
    if (dids.some((did) => did.id === target)) continue;
    const did = await client.dids.get(target, call);
    if (did !== null && isOfLine(did)) dids.push(did);
    else if (did !== null || isGivenUp(target) || (await isGone(listing, target))) left.push(target);
  }
  return { dids, left };
}

async function readCandidates(reads: Reads, service: ServiceRecord): Promise<Omit<LineObservation, 'plans'>> {
  const { client, system, call } = reads;
  const byReference: Subscriber[] = [];
  if (system.reads('subscribers', 'external_ref')) {
    for (const externalRef of listReferences(service)) {
      byReference.push(...(await client.subscribers.find({ externalRef }, call)));
    }
  }
  const byUsername: Subscriber[] = [];
  // A service whose names are not known is refused when it is planned.
  const search = whenKnown(() => toUsernames(service))?.search ?? [];
  for (const username of search) byUsername.push(...(await client.subscribers.find({ username }, call)));
  return { byReference, byUsername, customers: await readCustomers(reads, service, [...byReference, ...byUsername]) };
}

async function readCustomers(
  reads: Reads,
  service: ServiceRecord,
  lines: readonly Subscriber[],
): Promise<TelephoneCustomer[]> {
  const { client, system, call } = reads;
  if (system.within) return readOwners(reads, new Set(lines.map(({ id }) => id)));
  const referenced = lines.filter(({ externalRef }) => toReference(externalRef) !== null);
  const owners = new Set(referenced.flatMap(({ customerId }) => customerId ?? []));
  const stated = service.refs[CUSTOMER_REF];
  if (stated !== undefined) return readOwners(reads, owners.add(stated));
  const found = client.supports('customers', 'get') ? await readOwners(reads, owners) : [];
  const wanted = whenKnown(() => toCustomer(service));
  for (const field of ['externalRef', 'document', 'name'] as const) {
    const value = wanted?.[field] ?? null;
    if (value === null || !system.reads('customers', toCanonicalName(field))) continue;
    found.push(...(await client.customers.find({ [field]: value }, call)));
  }
  return found;
}

async function readOwners({ client, call }: Reads, ids: ReadonlySet<string>): Promise<TelephoneCustomer[]> {
  const found: TelephoneCustomer[] = [];
  for (const id of ids) {
    const owner = await client.customers.get(id, call);
    if (owner !== null) found.push(owner);
  }
  return found;
}

function toReadError(error: unknown): ItemError {
  if (isPanelError(error)) return toItemError(error);
  const { name, kind } = error as { name?: unknown; kind?: unknown };
  if (name !== 'AbortError' && kind !== 'interrupted') throw error;
  return { code: 'interrupted', message: 'the run was interrupted before the panel answered' };
}
