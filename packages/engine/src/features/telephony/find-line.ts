import { type CallTerms, type PanelTelephony, SluiceError } from '@sluice/panel-kind';
import type { Subscriber } from '@sluice/quota-core/telephony';
import { type ActionRecord, type OwnershipRecord, ownershipSubject, type ServiceRecord } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import { findEntry, isPanelRemoved } from '../../base/config/find-entry.js';
import { COMMAND_PREFIX, type StoredCommand } from '../../kernel/subject/command-row.js';
import { requireFacet } from '../../base/facet.js';
import {
  findLineRef,
  findOwners,
  type PanelObject,
  type ServiceWindow,
  toSecond,
  toWindows,
} from '../../base/ownership.js';
import type { Context } from '../../context/context.js';

/** A service with its line on a telephony panel. */
export interface Line {
  service: ServiceRecord;
  telephony: PanelTelephony;
  subscriberId: string;
  /** How its calls are billed; null where the product of the service is missing in the config. */
  terms: CallTerms | null;
  /** The line as an object of the panel; null where no ref of the service names it. */
  object: PanelObject | null;
  /** When the service had the line, the oldest first. */
  windows: ServiceWindow[];
}

/** Returns the telephony of a panel. */
export async function openTelephony(context: Context, panel: string): Promise<PanelTelephony> {
  return requireFacet(await context.panel(panel), 'telephony');
}

/** Returns a service's line; null where it has none yet. */
export async function findLine(context: Context, service: ServiceRecord): Promise<Line | null> {
  const telephony = await openTelephony(context, service.panel);
  const subscriberId = telephony.findSubscriber(service);
  if (subscriberId === null) return null;
  return toLine(context, { service, telephony, subscriberId }, findLineRef(telephony, service));
}

/**
 * Returns the line whose calls are a service's: its own, else the one that it had last; with `wanted`, that one of its lines. Null
 * where it never had one.
 */
export async function findLineOfCalls(
  context: Context,
  service: ServiceRecord,
  wanted: string | null = null,
): Promise<Line | null> {
  const line = await findLine(context, service);
  if (line !== null && (wanted === null || line.subscriberId === wanted)) return line;
  const telephony = await openTelephony(context, service.panel);
  const had = (await context.store.ownership.list({ service: service.id })).filter(
    ({ panel }) => panel === service.panel,
  );
  for (const { subject } of had.reverse()) {
    const [ref, value] = splitSubject(subject);
    if (wanted !== null && value !== wanted) continue;
    if (telephony.findSubscriber({ ...service, refs: { [ref]: value } }) !== value) continue;
    return toLine(context, { service, telephony, subscriberId: value }, ref);
  }
  return null;
}

/** Returns whether the calls of a line are those of a service: it is billed for one line, of those that it had. */
export async function isLineOfCalls(
  context: Context,
  service: ServiceRecord,
  { panel, line }: Pick<LineOfService, 'panel' | 'line'>,
): Promise<boolean> {
  return service.panel === panel && (await findLineOfCalls(context, service))?.subscriberId === line;
}

function splitSubject(subject: string): [ref: string, value: string] {
  const end = subject.indexOf(':');
  return [subject.slice(0, end), subject.slice(end + 1)];
}

async function toLine(
  context: Context,
  own: Pick<Line, 'service' | 'telephony' | 'subscriberId'>,
  ref: string | null,
): Promise<Line> {
  const { service, telephony, subscriberId } = own;
  const product = findEntry(context.config.products, service.product);
  const terms = product === undefined ? null : telephony.terms(product);
  const object = ref === null ? null : { panel: service.panel, ref, value: subscriberId };
  const whole = { from: null, to: null };
  const windows =
    object === null
      ? [{ ...whole, client: service.client, sharedWith: [] }]
      : toWindows(await findOwners(context, object, whole), service.id);
  return { ...own, terms, object, windows };
}

const [CREATE, TERMINATE] = [`${COMMAND_PREFIX}create`, `${COMMAND_PREFIX}terminate`];

/** Returns whether a command ended the line of a service; a service may be terminated without one. */
export async function wasEnded(context: Context, service: ServiceRecord): Promise<boolean> {
  return (await findTermination(context, service)) !== null;
}

/** What becomes of the last calls of a service. */
export type LastCallsFate = 'due' | 'given-up' | 'prepaid';

/** Returns what becomes of the last calls of a service: those of one that a command ended may be given up, or paid already. */
export async function findLastCalls(context: Context, service: ServiceRecord): Promise<LastCallsFate> {
  const ended = await findTermination(context, service);
  if (ended === null) return 'due';
  const { prepaid, billsLast } = toStored(ended);
  if (prepaid === true) return 'prepaid';
  return billsLast === true ? 'due' : 'given-up';
}

/** A line that a service has or had. */
interface LineOfService {
  service: string;
  panel: string;
  line: string;
}

/**
 * Returns until when a service gave up the calls of a line, ISO UTC in whole seconds; null where it did not. With a termination that
 * is not finished, that is until now.
 */
export async function findGivenUp(context: Context, { service, panel, line }: LineOfService): Promise<string | null> {
  const rows = await context.store.actions.list({ service, type: TERMINATE });
  // The panel may have another name in the config now.
  const isHere = (row: ActionRecord): boolean => row.panel === panel || isPanelRemoved(context.config, row.panel);
  const own = rows.filter((row) => toStored(row).givenUpLine === line && isHere(row));
  if (own.some(({ state }) => state === 'planned')) return toSecond(context.now());
  const ended =
    own.findLast(({ state }) => state === 'applied') ??
    (rows.length === 0 ? null : await findUnnamed(context, service));
  return ended?.endedAt == null ? null : toSecond(ended.endedAt);
}

/** Returns the termination of an older version that gave up the calls of a service, whatever its line: it counts until the service is back. */
async function findUnnamed(context: Context, id: string): Promise<ActionRecord | null> {
  const service = await context.store.services.get(id);
  if (service === null || (await findLastCalls(context, service)) !== 'given-up') return null;
  const ended = await findTermination(context, service);
  return ended === null || toStored(ended).givenUpLine !== undefined ? null : ended;
}

function toStored({ payload }: ActionRecord): StoredCommand {
  return payload ?? {};
}

/**
 * Returns whether a command that found the calls of a line paid ended it after one of these periods, in which a service had it. The
 * service may have ended before the command, been removed since, or be back with another line.
 */
export async function endedPrepaid(
  { store }: Context,
  id: string,
  periods: readonly OwnershipRecord[],
): Promise<boolean> {
  const rows = await store.actions.list({ service: id, type: TERMINATE });
  const prepaid = rows.filter((row) => row.state === 'applied' && toStored(row).prepaid === true);
  const own = periods.filter(({ service }) => service === id);
  const [one] = own;
  if (one === undefined || prepaid.length === 0) return false;
  const ref = ownershipSubject(one.subject.slice(0, one.subject.indexOf(':')), '');
  const all = (await store.ownership.list({ panel: one.panel, service: id })).filter(({ subject }) =>
    subject.startsWith(ref),
  );
  return prepaid.some(({ plannedAt, endedAt }) => {
    const isOver = ({ until }: OwnershipRecord): boolean => until !== null && until <= (endedAt ?? '');
    const last = all.findLast((period) => (period.since ?? '') <= plannedAt && isOver(period));
    return last !== undefined && own.some((mine) => isSamePeriod(mine, last));
  });
}

function isSamePeriod(a: OwnershipRecord, b: OwnershipRecord): boolean {
  return a.subject === b.subject && a.since === b.since;
}

async function findTermination({ store }: Context, { id, status }: ServiceRecord): Promise<ActionRecord | null> {
  if (status !== 'terminated') return null;
  const rows = await store.actions.list({ service: id });
  const done = rows.filter(({ type, state }) => state === 'applied' && (type === CREATE || type === TERMINATE));
  const last = done.at(-1);
  if (last?.type !== TERMINATE) return null;
  const periods = await store.ownership.list({ panel: '', subjects: [ownershipSubject('service', id)], service: id });
  // A service that came back since, or another one with its id, ended without the command.
  return (last.endedAt ?? '') >= (periods.at(-1)?.until ?? '') ? last : null;
}

/** Returns a service's line. */
export async function requireLine(context: Context, service: ServiceRecord): Promise<Line> {
  return (await findLine(context, service)) ?? refuseNoLine(service);
}

/** Returns the line whose calls are a service's, as {@link findLineOfCalls}. */
export async function requireLineOfCalls(
  context: Context,
  service: ServiceRecord,
  wanted: string | null = null,
): Promise<Line> {
  return (await findLineOfCalls(context, service, wanted)) ?? refuseNoLine(service);
}

/** @throws SluiceError `no_account` */
export function refuseNoLine(service: ServiceRecord): never {
  throw notFound('no_account', `"${service.id}" has no line on panel "${service.panel}" yet`, { service: service.id });
}

/** Returns the subscriber of a line; refuses one of another service. */
export async function readSubscriber(context: Context, line: Line): Promise<Subscriber> {
  const { telephony, subscriberId } = line;
  const subscriber = await telephony.get('subscribers', subscriberId, context.deps.signal);
  if (subscriber === null) {
    const message = `Panel "${line.service.panel}" has no line ${subscriberId}, which is that of "${line.service.id}". Check the id.`;
    throw new SluiceError('PANEL_NOT_FOUND', message, { kind: 'panel' });
  }
  refuseForeign(line, subscriber);
  return subscriber;
}

/**
 * Returns the subscriber of a line, to bill its calls; null where the panel has none any more, as after it was deleted there.
 * Refuses one of another service, unless that one got it from this service.
 */
export async function findSubscriber(context: Context, line: Line): Promise<Subscriber | null> {
  const { telephony, subscriberId } = line;
  const subscriber = await telephony.get('subscribers', subscriberId, context.deps.signal);
  if (subscriber === null) return null;
  if (!(await hasPassedOn(context, line, subscriber))) refuseForeign(line, subscriber);
  return subscriber;
}

/**
 * Refuses to show the calls of a line that is of another service by its reference; a panel without single lines has no references.
 *
 * @throws SluiceError `line_conflict`
 */
export async function refuseCallsOfOther(context: Context, line: Line): Promise<void> {
  if (line.telephony.unsupported({ resource: 'subscribers', operation: 'get' }) !== null) return;
  await findSubscriber(context, line);
}

function refuseForeign({ telephony, service }: Line, subscriber: Subscriber): void {
  const conflict = telephony.ownerConflict?.(service, subscriber) ?? null;
  if (conflict === null) return;
  const details = { service: service.id };
  throw new SluiceError('line_conflict', `"${service.id}": ${conflict}`, { kind: 'conflict', details });
}

/** Returns whether a line that the service had passed on to the service that the panel names, which may have ended since. */
async function hasPassedOn(
  context: Context,
  { telephony, object, windows }: Line,
  subscriber: Subscriber,
): Promise<boolean> {
  if (object === null || windows.some(({ to }) => to === null)) return false;
  const later = await findOwners(context, object, { from: windows.at(-1)?.to ?? null, to: null });
  const ids = later.flatMap(({ owners }) => owners.map(({ service }) => service));
  const services = await context.store.services.list({ ids });
  return services.some((service) => (telephony.ownerConflict?.(service, subscriber) ?? null) === null);
}
