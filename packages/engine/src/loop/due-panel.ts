import { findEntry } from '../base/config/find-entry.js';
import type { Context } from '../context/context.js';
import { listPages } from '../kernel/subject/pages.js';
import type { ServiceRecord } from '@sluice/state-store';
import type { CountedChange } from './brake.js';
import { type DueServices, noteNext, toRows } from './due.js';
import { findSkipped } from './load.js';
import { countStoredFalls } from './plausible.js';
import type { PanelRun } from './run-part.js';

/**
 * A run that reads only what is due sees a part of its panel. What protects a panel as a whole counts all of it: the active services,
 * what such runs have changed within the time between two polls, and readings that fell.
 */

/** Begins the key of the condition with what such runs have changed on a panel lately. */
export const DUE_CHANGES = 'due-changes:';
/** Begins the key of the condition that such a run has read all of a panel because readings fell. */
export const DUE_FALL = 'due-fall:';

const PAGE = 500;

/** Counts the active services of a panel, also those that a run does not read. */
export async function countActive({ context, panel }: PanelRun): Promise<number> {
  const { config } = context;
  const now = context.now();
  let active = 0;
  for await (const services of listPages(context, panel.name, PAGE))
    for (const service of services) {
      const product = findEntry(config.products, service.product);
      if (product === undefined) active++;
      else if (findSkipped({ service, product, termination: null }, { panel, config, now }) === null) active++;
    }
  return active;
}

/** How many subjects runs have begun to hold, and changed otherwise, at an instant. */
interface Changed {
  at: string;
  begins: number;
  changes: number;
}

/** Returns what runs that read only what is due have changed on a panel within the time between two polls. */
export async function readEarlierChanges(run: PanelRun): Promise<CountedChange[]> {
  return (await listChanged(run)).flatMap(({ begins, changes }) => [
    ...Array.from({ length: begins }, () => ({ begins: true, changes: true })),
    ...Array.from({ length: changes }, () => ({ begins: false, changes: true })),
  ]);
}

async function listChanged({ context, panel }: PanelRun): Promise<Changed[]> {
  const condition = await context.store.conditions.get(`${DUE_CHANGES}${panel.name}`);
  const now = context.now();
  const since = toEarlier(context);
  const { changed = [] } = (condition?.details ?? {}) as { changed?: Changed[] };
  return changed.filter(({ at }) => at > since && at <= now);
}

/** Stores what a run has changed, for the brake of the next ones; one that allows mass changes begins to count again. */
export async function noteChanges(run: PanelRun, counted: readonly CountedChange[]): Promise<void> {
  const { context, panel, request, leases } = run;
  if (request.dryRun) return;
  const key = `${DUE_CHANGES}${panel.name}`;
  const begins = counted.filter((one) => one.begins).length;
  const changes = counted.filter((one) => one.changes && !one.begins).length;
  if (request.allowMass) {
    await context.write(leases.held, (tables) => tables.conditions.end(key));
  } else if (begins + changes > 0) {
    const at = context.now();
    const changed = [...(await listChanged(run)), { at, begins, changes }];
    await context.write(leases.held, (tables) =>
      tables.conditions.put({ key, since: at, runs: 1, details: { changed } }),
    );
  }
}

/**
 * Returns the services to be read besides those that are due, since the reading of one of these fell: whether most of the panel fell is
 * known by all. Within the time between two polls they are read once; after that, what is stored of them counts.
 */
export async function listBesidesFallen(run: PanelRun, due: DueServices): Promise<readonly ServiceRecord[]> {
  const { context, panel, count, request, leases } = run;
  if (count.fell === 0 || due.services === null || request.allowMass) return [];
  const read = new Set(due.services.map(({ id }) => id));
  const others = (await context.store.services.list({ panel: panel.name })).filter(({ id }) => !read.has(id));
  const key = `${DUE_FALL}${panel.name}`;
  const known = await context.store.conditions.get(key);
  if (known !== null && known.since > toEarlier(context) && known.since <= context.now()) {
    countStoredFalls(count, await context.store.cycles.newest(others.map(({ id }) => id)));
    return [];
  }
  const rows = await context.store.nextReadings.list({ panel: panel.name, services: others.map(({ id }) => id) });
  for (const row of rows) due.rows.set(row.service, row);
  if (!request.dryRun)
    await context.write(leases.held, (tables) =>
      tables.conditions.put({ key, since: context.now(), runs: 1, details: null }),
    );
  return others;
}

function toEarlier({ config, deps }: Context): string {
  return new Date(deps.clock.now() - config.poll.interval).toISOString();
}

/**
 * Lets the next run over what is due plan again from what a run over all services, or over one, stores: what that has read may be
 * doubted, failed or unfinished, or show another speed of a line. Called before it reads, so that it may be killed at any moment.
 */
export async function planAgain({ context, panel, leases }: PlannedAgain, only: ServiceRecord | null): Promise<void> {
  if (context.config.poll.maxOvershoot === undefined) return;
  const of = { panel: panel.name, service: only?.id ?? null };
  await context.write(leases.held, (tables) => tables.nextReadings.change(of));
}

type PlannedAgain = Pick<PanelRun, 'context' | 'panel' | 'leases'>;

/** Stores when services are read next, after all else: a run that is killed before reads them again. */
export async function storeNext({ due, left, context, leases, request }: PanelRun): Promise<void> {
  // Of lists, an interrupted run knows not all.
  if (due === null || request.dryRun || (due.lists && context.deps.signal.aborted)) return;
  noteNext(due, left);
  await context.write(leases.held, (tables) => tables.nextReadings.put(toRows(due)));
}
