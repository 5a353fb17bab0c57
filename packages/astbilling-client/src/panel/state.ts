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
import type { Carrier, Did, Subscriber, TelephoneCustomer, TelephonePlan } from '@sluice/telephony';
import type { LineObservation } from '../account/plan-line.js';
import type { LineState as LineWithDids } from '../account/plan-states.js';
import { toReference } from '../account/reference.js';
import type { LineSystem } from '../account/system.js';
import type { AstbillingClient } from '../client/types.js';
import { toCanonicalName } from '../wire/fields.js';
import { isGone } from './absence.js';
import { listReferences, toCustomer, toUsernames, whenKnown } from './line-target.js';
import { CUSTOMER_REF, LINE_REF } from './settings.js';
import { DID_EVIDENCE } from './steps.js';

/**
 * What the panel shows of a service's line. `line` is the one that the service names; null where it names none, or the panel has none.
 * The candidates are read only where there is none, and the plans not by every run.
 */
export interface LineState extends LineWithDids, LineObservation {
  /** Ids of numbers that Sluice suspended with the line, and that are known not to be its numbers any more. */
  left: readonly string[];
  /** Records of the number that the command is about, and the carriers for a new one. */
  number: readonly Did[];
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

type Looking = Pick<ObserveOptions, 'scope' | 'command' | 'open'>;

/** Reads the line of a service. */
export async function observeLine(
  { client, system, clock, plans }: Reader,
  service: ServiceRecord,
  options: Looking,
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

async function readState(
  reads: Reads,
  service: ServiceRecord,
  { scope, command = null, open }: Looking,
): Promise<LineState> {
  const { client, call, system } = reads;
  const id = service.refs[LINE_REF];
  const line = id === undefined ? null : await client.subscribers.get(id, call);
  const numbers =
    line === null || !system.reads('dids', 'subscriber_id')
      ? NO_NUMBERS
      : await readDids(reads, line, open?.get(service.id));
  const found = line === null ? await readCandidates(reads, service) : NOTHING_FOUND;
  const needsPlans = (scope === 'command' || scope === 'reconcile') && command?.verb !== 'did';
  const plans = needsPlans ? await reads.plans.read(reads) : null;
  const { number, carrier } = command?.verb === 'did' ? command : {};
  const ofNumber = {
    number: number === undefined ? [] : await client.dids.find({ number }, call),
    carriers: carrier === undefined ? [] : await client.carriers.list({}, call),
  };
  return { line, ...numbers, ...found, plans, ...ofNumber };
}

const NOTHING_FOUND = { byReference: [], byUsername: [], customers: [] };

const NO_NUMBERS = { dids: [], left: [] };

/** The numbers of a line; released ones of it are not. What Sluice suspended and the list lacks is read by its id. */
async function readDids(
  { client, call }: Reads,
  { id }: Subscriber,
  open?: OpenRows,
): Promise<Pick<LineState, 'dids' | 'left'>> {
  const isOfLine = (did: Did): boolean => did.status !== 'terminated' && did.subscriberId === id;
  const dids = (await client.dids.find({ subscriberId: id }, call)).filter(({ status }) => status !== 'terminated');
  const listing = { canList: client.supports('dids', 'list'), list: () => client.dids.list({}, call) };
  const left: string[] = [];
  const targets = open?.evidence.filter(({ kind }) => kind === DID_EVIDENCE).map(({ target }) => target) ?? [];
  for (const target of new Set(targets)) {
    if (dids.some((did) => did.id === target)) continue;
    const did = await client.dids.get(target, call);
    if (did !== null && isOfLine(did)) dids.push(did);
    else if (did !== null || (await isGone(listing, target))) left.push(target);
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
