import { observeServices } from './observe.js';
import type { Observation, Panel, Sharer } from '@sluice/panel-kind';
import type { EvidenceRecord, HoldRecord, ResourcesRecord, ServiceRecord } from '@sluice/state-store';
import { findEntry } from '../base/config/find-entry.js';
import { group, hasEnded } from '../base/lifecycle.js';
import { findAction, inForce } from '../kernel/subject/holds.js';
import { listPages } from '../kernel/subject/pages.js';
import type { Plannable, RunOnPanel } from '../kernel/subject/stages.js';

/** Services loaded, or observed, at a time. */
const PAGE = 500;

/** The known resources of a service. */
interface Standing {
  service: ServiceRecord;
  resources: readonly string[];
  /** Whether all its resources are known. */
  isKnown: boolean;
  /** Whether it uses them: a pending service only names its account. */
  isUsing: boolean;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Finds the sharers of each service with a hold, evidence or a restriction on the panel (on a panel with accounts: of each
 * service), by refs, observed resources and open evidence. Collects newly observed resources. Returns all services in order. A
 * pending service shares its account only with those in `removed`, whose accounts are to be removed.
 */
export async function findSharers<W extends Plannable>(
  on: RunOnPanel,
  subjects: readonly W[],
  removed: ReadonlySet<string> = NONE,
): Promise<W[]> {
  const { panel } = on;
  const concerned = subjects.filter(
    ({ holds, drafts, evidence, observation }) =>
      panel.accounts !== undefined ||
      holds.length + drafts.length > 0 ||
      evidence.length > 0 ||
      (observation !== null && panel.objects?.isRestricted(observation) === true),
  );
  await saveCheckpoint(on, subjects);
  if (concerned.length === 0) return [...subjects];
  const own = new Map(concerned.map((work) => [work.service.id, toResources(panel, work)]));
  const found = new Map<string, Standing[]>([...own.values()].flat().map((resource) => [resource, []]));
  for await (const page of standingPages(on, subjects)) {
    for (const standing of page) {
      for (const resource of standing.resources) found.get(resource)?.push(standing);
    }
  }
  const listOthers = (id: string, resource: string): ServiceRecord[] =>
    (found.get(resource) ?? [])
      .filter(({ service, isUsing }) => service.id !== id && (isUsing || removed.has(id)))
      .map(({ service }) => service);
  const sharers = new Map([...own].map(([id, resources]) => [id, sharersAmong(resources, (of) => listOthers(id, of))]));
  return loadHoldsOfSharers(
    on,
    subjects.map((work) => ({ ...work, sharers: sharers.get(work.service.id) ?? work.sharers })),
    subjects,
  );
}

function sharersAmong(resources: readonly string[], listOthers: (resource: string) => ServiceRecord[]): Sharer[] {
  const shared = new Map<string, { service: ServiceRecord; shared: string[] }>();
  for (const resource of resources) {
    for (const service of listOthers(resource)) {
      const entry = shared.get(service.id) ?? { service, shared: [] };
      if (!entry.shared.includes(resource)) entry.shared.push(resource);
      shared.set(service.id, entry);
    }
  }
  return [...shared.values()]
    .sort((a, b) => (a.service.id < b.service.id ? -1 : 1))
    .map((entry) => ({ ...entry, action: '', allowSharedPorts: false, holds: [] }));
}

/** Loads the holds of the sharers again; `planned` are services whose holds this run decides. */
export async function loadHoldsOfSharers<W extends Plannable>(
  on: RunOnPanel,
  subjects: readonly W[],
  planned: readonly Plannable[] = [],
): Promise<W[]> {
  const { context, panel } = on;
  const services = [...new Set(subjects.flatMap((work) => work.sharers.map(({ service }) => service.id)))];
  if (services.length === 0) return [...subjects];
  const { store, config } = context;
  const holds = group(await store.holds.open({ services }));
  const overrides = new Map((await store.overrides.open(services)).map((row) => [row.service, row]));
  const decided = new Map(planned.map((work) => [work.service.id, work]));
  const listHolds = (id: string): readonly HoldRecord[] => {
    const work = decided.get(id);
    if (work) return toStaying(on, work).holds;
    return on.ended?.has(id) === true ? [] : (holds.get(id) ?? []);
  };
  const complete = (sharer: Sharer): Sharer => {
    const { id, product: name } = sharer.service;
    const work = decided.get(id);
    const product = findEntry(config.products, name);
    const open = listHolds(id);
    const action = findAction(panel.kind, { override: overrides.get(id), product, holds: open });
    return {
      ...sharer,
      action,
      allowSharedPorts: product?.allowSharedPorts === true,
      holds: inForce(context, panel, { service: sharer.service, holds: open, action }),
      // What a plan found stays: later plans of the run are of single services.
      restricted: work ? listUndone(on, work) : (sharer.restricted ?? []),
    };
  };
  return subjects.map((work) => (work.sharers.length === 0 ? work : { ...work, sharers: work.sharers.map(complete) }));
}

/** What is left of a service's holds by this run, and the evidence that it keeps, passes on or undoes. */
interface Staying {
  holds: HoldRecord[];
  evidence: EvidenceRecord[];
}

/** Returns what a run leaves of the restrictions of a service. Of one that has ended, only what passed on is undone. */
export function toStaying({ ended, lowered }: Pick<RunOnPanel, 'ended' | 'lowered'>, work: Plannable): Staying {
  const { id, panel } = work.service;
  const passed = ended?.get(id);
  if (lowered?.has(id) === true) return { holds: [], evidence: [] };
  const closing = new Set(work.closes.map((hold) => hold.id));
  const holds = passed ? [] : [...work.holds, ...work.drafts].filter((hold) => !closing.has(hold.id));
  const isDue = (item: EvidenceRecord): boolean => item.panel === panel && passed?.has(item.id) !== false;
  return { holds, evidence: work.evidence.filter(isDue) };
}

/** Returns the ids of the objects whose restrictions a run undoes: those that none of the holds that stay restricts. */
function listUndone(on: RunOnPanel, work: Plannable): string[] {
  const { holds, evidence } = toStaying(on, work);
  return evidence.flatMap(({ hold, target }) => (holds.some(({ id }) => id === hold) ? [] : [target]));
}

/**
 * Observes the services that may share with one of `works` and were never read, then finds the sharers of all again. Those that
 * can't be read stay in `unread`.
 */
export async function readUnread<W extends Plannable>(
  on: RunOnPanel,
  subjects: readonly W[],
  all: readonly W[],
): Promise<W[]> {
  const { context, panel } = on;
  const { objects } = panel;
  const unread = new Map<string, string[]>(subjects.map((work) => [work.service.id, []]));
  const withUnread = (): W[] => all.map((work) => ({ ...work, unread: unread.get(work.service.id) ?? work.unread }));
  if (!objects) return withUnread();
  const own = subjects.map((work) => ({ id: work.service.id, resources: toResources(panel, work) }));
  const candidates: Standing[] = [];
  for await (const page of standingPages(on, all)) {
    for (const standing of page) {
      if (standing.isKnown || unread.has(standing.service.id)) continue;
      if (own.some(({ resources }) => objects.mayShare(resources, standing.resources))) candidates.push(standing);
    }
  }
  for (let from = 0; from < candidates.length; from += PAGE) {
    const chunk = candidates.slice(from, from + PAGE);
    const observations = await observeServices(
      { context, panel },
      chunk.map(({ service }) => service),
    );
    for (const { service, resources } of chunk) {
      const record = findResources(on, service, observations.get(service.id) ?? null);
      if (record) on.resources.set(record.service, record);
      else
        for (const { id } of own.filter((item) => objects.mayShare(item.resources, resources)))
          unread.get(id)?.push(service.id);
    }
  }
  return findSharers(on, withUnread());
}

async function saveCheckpoint(on: RunOnPanel, subjects: readonly Plannable[]): Promise<void> {
  if (!on.panel.objects) return;
  const metered = new Set(subjects.filter((work) => work.usage !== null).map((work) => work.service.id));
  const seen = subjects
    .flatMap((work) => findResources(on, work.service, work.observation) ?? [])
    // A service whose usage was read in this run exists.
    .filter(({ service, resources }) => resources.length > 0 || !metered.has(service));
  if (seen.length === 0) return;
  const known = await on.context.store.resources.list({ services: seen.map((record) => record.service) });
  const texts = new Map(known.map((record) => [record.service, toText(record)]));
  for (const record of seen) {
    if (texts.get(record.service) !== toText(record)) on.resources.set(record.service, record);
  }
}

function toText({ panel, mapping, resources }: ResourcesRecord): string {
  return JSON.stringify([panel, mapping, resources]);
}

/** Returns the resources of a service from a complete observation; null for an incomplete one. */
function findResources(
  { context, panel }: RunOnPanel,
  service: ServiceRecord,
  observation: Observation | null,
): ResourcesRecord | null {
  if (!observation || panel.objects?.isComplete(service, observation) !== true) return null;
  return {
    service: service.id,
    panel: panel.name,
    mapping: toMapping(service),
    resources: panel.resources(service, observation),
    at: context.now(),
  };
}

/** Yields the services of the panel that have resources, in pages. */
async function* standingPages(on: RunOnPanel, subjects: readonly Plannable[]): AsyncGenerator<Standing[]> {
  const { context, panel } = on;
  const { store } = context;
  const observed = new Map(subjects.map((work) => [work.service.id, work.observation]));
  const evidence = group(await store.evidence.open({ panel: panel.name }));
  for await (const services of listPages(context, panel.name, PAGE)) {
    // Of one that has ended, only what is still restricted.
    const standing = services.filter((service) => !hasEnded(service) || evidence.has(service.id));
    const known = panel.objects
      ? new Map(
          (await store.resources.list({ services: standing.map(({ id }) => id) })).map((row) => [row.service, row]),
        )
      : new Map<string, ResourcesRecord>();
    yield standing.map((service) => {
      const record = on.resources.get(service.id) ?? known.get(service.id);
      const mapping = toMapping(service);
      // What was gone from the panel may be back there.
      const isRead = record !== undefined && (record.resources.length > 0 || hasEnded(service));
      const isKnown = isRead && record.panel === panel.name && record.mapping.join() === mapping.join();
      const resources = new Set([
        ...(isKnown ? record.resources : panel.resources(service, observed.get(service.id) ?? null)),
        // What a service names is its own as long as it lives, whatever the panel shows of it.
        ...(hasEnded(service) ? [] : panel.resources(service, null)),
        ...(evidence.get(service.id) ?? []).map(toResource),
      ]);
      const isUsing =
        service.status !== 'pending' || panel.accounts === undefined || on.ordered?.has(service.id) === true;
      return { service, resources: [...resources], isKnown, isUsing };
    });
  }
}

/** Returns the refs as text: resources observed with other refs are no longer known. */
export function toMapping({ refs }: ServiceRecord): string[] {
  return Object.entries(refs)
    .map(([key, value]) => `${key}=${value}`)
    .sort();
}

function toResources(panel: Panel, work: Plannable): string[] {
  return [
    ...new Set([...panel.resources(work.service, work.observation), ...work.evidence.map((item) => toResource(item))]),
  ];
}

function toResource({ kind, target }: Pick<EvidenceRecord, 'kind' | 'target'>): string {
  return `${kind}:${target}`;
}
