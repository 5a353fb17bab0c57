import { Readable } from 'node:stream';
import { type Panel, usageError } from '@sluice/panel-kind';
import { LISTS, type HeldLease, type NextReadingRecord, type ServiceRecord } from '@sluice/state-store';
import type { Config } from '../base/config/schema.js';
import type { Context } from '../context/context.js';
import { readEnforcements } from '../context/enforcement.js';
import {
  findBusy,
  drawSpread,
  planAfter,
  type PlannedNext,
  type Planning,
  planStored,
  planUnchanged,
  toBasis,
} from './due-facts.js';
import type { RunRequest } from '../kernel/run/run-request.js';
import { NEVER } from '../kernel/subject/next-reading.js';
import { listPages } from '../kernel/subject/pages.js';
import type { Applied } from '../kernel/subject/stages.js';

/** Services that are planned or read together. */
const PAGE = 128;

/** What a run reads of a panel of which only a part is due. */
export interface DueServices {
  readonly planning: Planning;
  readonly basis: string;
  /** Whether the panel is read in whole lists, so that all of its services are read if one is due. */
  readonly lists: boolean;
  /** Services to be read, the most urgent first; null for all. */
  readonly services: readonly ServiceRecord[] | null;
  /** Rows as they were before, of services that are read, or of the lists. */
  readonly rows: Map<string, NextReadingRecord>;
  /** What this run has found of each service that it read; of lists, only the first that is due. */
  readonly planned: Map<string, PlannedNext>;
  /** The highest rate that was seen of a service of the lists. */
  seen: number | null;
}

/**
 * Refuses a run over what is due where nothing says what is.
 *
 * @throws SluiceError `no_max_overshoot` where the config states no `poll.maxOvershoot`; `due_of_service` for a run over one service
 */
export function refuseUndue({ poll }: Pick<Config, 'poll'>, { service }: Pick<RunRequest, 'service'>): void {
  if (poll.maxOvershoot === undefined)
    throw usageError(
      'no_max_overshoot',
      'The config does not say how much more than a limit may be used: set poll.maxOvershoot, such as 1GB. Nothing was read',
    );
  if (service !== undefined)
    throw usageError('due_of_service', `A poll of "${service}" alone reads it at once, whenever it is due`, {
      service,
    });
}

/**
 * Begins the key of the condition with when polls of what is due last did what features do after the panels, before the panel that they
 * were over; it is all of the key of polls over all panels.
 */
const DUTIES = 'due-duties:';

/**
 * Returns whether features do what they do after the panels of a poll: as often as with polls of all services, or with those over the same
 * panel.
 */
export async function isTimeForDuties(context: Context, { panel = '' }: Pick<RunRequest, 'panel'>): Promise<boolean> {
  const now = context.now();
  const key = `${DUTIES}${panel}`;
  const last = (await context.store.conditions.get(key))?.since ?? '';
  const earliest = new Date(context.deps.clock.now() - context.config.poll.interval).toISOString();
  if (last > earliest && last <= now) return false;
  await context.write([], (tables) => tables.conditions.put({ key, since: now, runs: 1, details: null }));
  return true;
}

/** Returns whether something of a panel may be due, by the store alone. */
export async function isPanelDue(context: Context, panel: string): Promise<boolean> {
  const basis = await toBasis(context, panel);
  const [lists] = await context.store.nextReadings.list({ panel, services: [LISTS] });
  if (lists !== undefined) return isDue(lists, { now: context.now(), basis });
  return (await context.store.nextReadings.due({ panel, now: context.now(), basis })).length > 0;
}

/** Finds what is due on a panel, and stores when what was changed is read next; null where nothing is due. */
export async function findDue(
  context: Context,
  panel: Panel,
  { leases, dryRun }: { leases: HeldLease[]; dryRun: boolean },
): Promise<DueServices | null> {
  const planning: Planning = {
    context,
    panel,
    enforcements: await readEnforcements(context.config, context.store),
    isBusy: await findBusy(context, panel.name),
  };
  const basis = await toBasis(context, panel.name);
  const due: DueServices = {
    ...{ planning, basis, lists: panel.snapshot !== undefined, services: null, seen: null },
    rows: new Map(),
    planned: new Map(),
  };
  const found = due.lists ? await findDueLists(due) : await findDueServices(due);
  if (!dryRun && found.stored.length > 0)
    await context.write(leases, (tables) => tables.nextReadings.put(found.stored));
  return found.due;
}

interface FoundDue {
  due: DueServices | null;
  /** Rows of what is not due: it was planned again. */
  stored: NextReadingRecord[];
}

async function findDueLists(due: DueServices): Promise<FoundDue> {
  const { planning, basis } = due;
  const { context, panel } = planning;
  const [row] = await context.store.nextReadings.list({ panel: panel.name, services: [LISTS] });
  due.rows.set(LISTS, row ?? newRow(due, LISTS));
  const now = context.now();
  if (row !== undefined && !isStale(row, { now, basis })) return { due: row.dueAt <= now ? due : null, stored: [] };
  const rate = row?.rate ?? null;
  due.seen = rate;
  for await (const services of listPages(context, panel.name, PAGE)) {
    const rows = new Map(services.map(({ id }) => [id, { rate, spread: row?.spread ?? 0 }]));
    for (const planned of await planStored(planning, services, rows)) keepFirst(due, planned);
  }
  const [first] = due.planned.values();
  if (first === undefined) return { due: null, stored: [] };
  if (first.next.at <= context.now()) {
    due.planned.clear();
    return { due, stored: [] };
  }
  return { due: null, stored: toRows(due) };
}

async function findDueServices(due: DueServices): Promise<FoundDue> {
  const { planning, basis } = due;
  const { context, panel } = planning;
  const now = context.now();
  const found = await context.store.nextReadings.due({ panel: panel.name, now, basis });
  const stored: NextReadingRecord[] = [];
  const toRead: ServiceRecord[] = [];
  for (let first = 0; first < found.length; first += PAGE) {
    const some = found.slice(first, first + PAGE);
    const isChanged = new Set(
      some.filter(({ row }) => row === null || isStale(row, { now, basis })).map(({ service }) => service),
    );
    const rows = new Map(some.map(({ service, row }) => [service, row ?? newRow(due, service)]));
    const list = await context.store.services.list({ ids: some.map(({ service }) => service) });
    const services = new Map(list.map((service) => [service.id, service]));
    const changed = list.filter(({ id, panel: name }) => isChanged.has(id) && name === panel.name);
    const planned = new Map(
      changed.length === 0 ? [] : (await planStored(planning, changed, rows)).map((one) => [one.service, one]),
    );
    for (const { service: id } of some) {
      const [service, row, one] = [services.get(id), rows.get(id), planned.get(id)];
      if (service?.panel !== panel.name || row === undefined) continue;
      // What was planned as due at once is of a later moment than the one at which this began.
      if (one !== undefined && one.next.at > context.now()) stored.push(toRow(due, row, one));
      else {
        toRead.push(service);
        due.rows.set(id, row);
      }
    }
  }
  return { due: toRead.length === 0 ? null : { ...due, services: toRead }, stored };
}

/** Returns the services to be read, in pages. */
export function toPages(services: readonly ServiceRecord[]): AsyncIterable<ServiceRecord[]> {
  const pages = Array.from({ length: Math.ceil(services.length / PAGE) }, (_, page) =>
    services.slice(page * PAGE, (page + 1) * PAGE),
  );
  return Readable.from(pages);
}

/** Notes when services that a run is done with are read next. */
export function noteNext(due: DueServices, subjects: readonly Applied[]): void {
  for (const work of subjects) {
    const { id } = work.service;
    const planned = planAfter(due.planning, work, toRowBefore(due, id));
    if (due.lists) noteOfLists(due, planned);
    else due.planned.set(id, planned);
  }
}

/** Notes when a service of the lists is read next that the run left as it was. */
export function noteUnchanged(
  due: DueServices,
  service: Parameters<typeof planUnchanged>[1],
  readings: Parameters<typeof planUnchanged>[2],
): void {
  const row = toRowBefore(due, service.service);
  noteOfLists(due, planUnchanged(due.planning.context, service, readings, row));
}

function noteOfLists(due: DueServices, planned: PlannedNext): void {
  due.seen = Math.max(due.seen ?? 0, planned.seen ?? 0);
  keepFirst(due, planned);
}

/** Returns the row that says when a service is read, or the lists with it, as it was before the run. */
function toRowBefore(due: DueServices, service: string): NextReadingRecord {
  const key = due.lists ? LISTS : service;
  return due.rows.get(key) ?? newRow(due, key);
}

/** Returns the rows of what was read, as they are stored at the end of a run: one of an earlier moment would be late if the run was killed. */
export function toRows(due: DueServices): NextReadingRecord[] {
  return [...due.planned.values()].map((planned) => {
    const row = toRowBefore(due, planned.service);
    return toRow(due, row, due.lists ? { ...planned, seen: due.seen } : planned);
  });
}

/** Keeps what is due first; of several, the first by name, in whatever order they are planned. */
function keepFirst({ planned }: DueServices, one: PlannedNext): void {
  const [first] = planned.values();
  if (first !== undefined && first.next.at < one.next.at) return;
  if (first?.next.at === one.next.at && first.service <= one.service) return;
  planned.clear();
  planned.set(one.service, one);
}

function toRow(
  { planning: { context }, basis }: DueServices,
  row: NextReadingRecord,
  { service, next, seen }: PlannedNext,
): NextReadingRecord {
  const { at: dueAt, reason, ...details } = next;
  const of = row.service === LISTS ? { ...details, service } : details;
  return { ...row, dueAt, reason, details: of, at: context.now(), basis, rate: seen };
}

function newRow({ planning: { context, panel }, basis }: DueServices, service: string): NextReadingRecord {
  return {
    ...{ panel: panel.name, service, basis, at: context.now(), spread: drawSpread(context) },
    ...{ dueAt: NEVER, reason: 'new', details: {}, rate: null, version: 0 },
  };
}

interface Present {
  now: string;
  basis: string;
}

/** Whether a row was computed from what is known otherwise now. */
function isStale(row: NextReadingRecord, { now, basis }: Present): boolean {
  return row.dueAt === '' || row.basis !== basis || row.at > now;
}

function isDue(row: NextReadingRecord, present: Present): boolean {
  return isStale(row, present) || row.dueAt <= present.now;
}
