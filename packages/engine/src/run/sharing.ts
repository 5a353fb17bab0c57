import type { Observation, Panel, Sharer } from '@sluice/panel-kind';
import type { EvidenceRecord, HoldRecord, ResourcesRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { findEntry } from '../config/find-entry.js';
import { group } from './group.js';
import { inForce } from './restrictions.js';
import type { Plannable, RunOnPanel } from './stages.js';

/** Services that are loaded, or looked at, at a time. */
const PAGE = 500;

/** What a service stands on, as far as it is known. */
interface Standing {
  service: ServiceRecord;
  resources: readonly string[];
  /** Whether all that it stands on is known, from this run or from an earlier one. */
  isKnown: boolean;
}

/**
 * Finds for each service that a hold or evidence is about, or that the panel shows restricted (on a panel with accounts: for
 * each), the other services of the panel that stand on the same thing: by their refs, by what was seen of them in this run
 * or before, and by open evidence. Remembers what this run has seen. Returns all the services, in their order.
 */
export async function findSharers<W extends Plannable>(on: RunOnPanel, works: readonly W[]): Promise<W[]> {
  const { panel } = on;
  const concerned = works.filter(
    ({ holds, drafts, evidence, observation }) =>
      panel.accounts !== undefined ||
      holds.length + drafts.length > 0 ||
      evidence.length > 0 ||
      (observation !== null && panel.objects?.isRestricted(observation) === true),
  );
  await noteSeen(on, works);
  if (concerned.length === 0) return [...works];
  const own = new Map(concerned.map((work) => [work.service.id, resourcesOf(panel, work)]));
  const found = new Map<string, ServiceRecord[]>([...own.values()].flat().map((resource) => [resource, []]));
  for await (const page of standingPages(on, works)) {
    for (const { service, resources } of page) {
      for (const resource of resources) found.get(resource)?.push(service);
    }
  }
  const sharers = new Map([...own].map(([id, resources]) => [id, sharersAmong(id, resources, found)]));
  return loadHoldsOfSharers(
    on,
    works.map((work) => ({ ...work, sharers: sharers.get(work.service.id) ?? work.sharers })),
    works,
  );
}

function sharersAmong(own: string, resources: readonly string[], found: Map<string, ServiceRecord[]>): Sharer[] {
  const shared = new Map<string, { service: ServiceRecord; shared: string[] }>();
  for (const resource of resources) {
    for (const service of found.get(resource) ?? []) {
      if (service.id === own) continue;
      const entry = shared.get(service.id) ?? { service, shared: [] };
      if (!entry.shared.includes(resource)) entry.shared.push(resource);
      shared.set(service.id, entry);
    }
  }
  return [...shared.values()]
    .sort((a, b) => (a.service.id < b.service.id ? -1 : 1))
    .map((entry) => ({ ...entry, action: '', allowSharedPorts: false, holds: [] }));
}

/** Reads again which holds the sharers of these services have; `planned` are services whose holds this run decides. */
export async function loadHoldsOfSharers<W extends Plannable>(
  { session, panel }: RunOnPanel,
  works: readonly W[],
  planned: readonly Plannable[] = [],
): Promise<W[]> {
  const services = [...new Set(works.flatMap((work) => work.sharers.map(({ service }) => service.id)))];
  if (services.length === 0) return [...works];
  const { store, config } = session;
  const holds = group(await store.holds.open({ services }));
  const overrides = new Map((await store.overrides.open(services)).map((row) => [row.service, row]));
  const decided = new Map(planned.map((work) => [work.service.id, work]));
  const holdsOf = (id: string): readonly HoldRecord[] => {
    const work = decided.get(id);
    if (!work) return holds.get(id) ?? [];
    return [...work.holds, ...work.drafts].filter((hold) => !work.closes.includes(hold));
  };
  const complete = (sharer: Sharer): Sharer => {
    const { id, product: name } = sharer.service;
    const product = findEntry(config.products, name);
    const action = overrides.get(id)?.action ?? product?.action ?? panel.kind.restrictions[0] ?? '';
    return {
      ...sharer,
      action,
      allowSharedPorts: product?.allowSharedPorts === true,
      holds: inForce(session, panel, { service: sharer.service, holds: holdsOf(id), action }),
    };
  };
  return works.map((work) => (work.sharers.length === 0 ? work : { ...work, sharers: work.sharers.map(complete) }));
}

/**
 * Looks, once, at the services that may share with one of these and were never read, and finds the sharers of all again. Those
 * that can't be read stay in `unread`.
 */
export async function readUnread<W extends Plannable>(
  on: RunOnPanel,
  works: readonly W[],
  all: readonly W[],
): Promise<W[]> {
  const { session, panel } = on;
  const { objects } = panel;
  const unread = new Map<string, string[]>(works.map((work) => [work.service.id, []]));
  const withUnread = (): W[] => all.map((work) => ({ ...work, unread: unread.get(work.service.id) ?? work.unread }));
  if (!objects) return withUnread();
  const own = works.map((work) => ({ id: work.service.id, resources: resourcesOf(panel, work) }));
  const candidates: Standing[] = [];
  for await (const page of standingPages(on, all)) {
    for (const standing of page) {
      if (standing.isKnown || unread.has(standing.service.id)) continue;
      if (own.some(({ resources }) => objects.mayShare(resources, standing.resources))) candidates.push(standing);
    }
  }
  for (let from = 0; from < candidates.length; from += PAGE) {
    const chunk = candidates.slice(from, from + PAGE);
    const observations = await panel.observe(
      chunk.map(({ service }) => service),
      session.deps.signal,
    );
    for (const { service, resources } of chunk) {
      const record = resourcesSeen(on, service, observations.get(service.id) ?? null);
      if (record) on.resources.set(record.service, record);
      else
        for (const { id } of own.filter((item) => objects.mayShare(item.resources, resources)))
          unread.get(id)?.push(service.id);
    }
  }
  return findSharers(on, withUnread());
}

/** Writes down what this run has seen of what services stand on, where it differs from what is known. */
export async function saveResources({ resources }: RunOnPanel, tables: StoreTables): Promise<void> {
  const seen = [...resources.values()];
  resources.clear();
  if (seen.length > 0) await tables.resources.put(seen);
}

async function noteSeen(on: RunOnPanel, works: readonly Plannable[]): Promise<void> {
  if (!on.panel.objects) return;
  const metered = new Set(works.filter((work) => work.usage !== null).map((work) => work.service.id));
  const seen = works
    .flatMap((work) => resourcesSeen(on, work.service, work.observation) ?? [])
    // A service whose usage was read in this run does exist, whatever else the panel says.
    .filter(({ service, resources }) => resources.length > 0 || !metered.has(service));
  if (seen.length === 0) return;
  const known = await on.session.store.resources.list({ services: seen.map((record) => record.service) });
  const texts = new Map(known.map((record) => [record.service, contentOf(record)]));
  for (const record of seen) {
    if (texts.get(record.service) !== contentOf(record)) on.resources.set(record.service, record);
  }
}

function contentOf({ panel, mapping, resources }: ResourcesRecord): string {
  return JSON.stringify([panel, mapping, resources]);
}

/** What a complete observation says that a service stands on; null when it does not say all. */
function resourcesSeen(
  { session, panel }: RunOnPanel,
  service: ServiceRecord,
  observation: Observation | null,
): ResourcesRecord | null {
  if (!observation || panel.objects?.isComplete(service, observation) !== true) return null;
  return {
    service: service.id,
    panel: panel.name,
    mapping: mappingOf(service),
    resources: panel.resources(service, observation),
    at: session.now(),
  };
}

/** All services of the panel that stand on something, with what they stand on, in pages. */
async function* standingPages(on: RunOnPanel, works: readonly Plannable[]): AsyncGenerator<Standing[]> {
  const { session, panel } = on;
  const { store } = session;
  const observed = new Map(works.map((work) => [work.service.id, work.observation]));
  const evidence = new Map<string, EvidenceRecord[]>();
  for (const item of await store.evidence.open({ panel: panel.name })) {
    evidence.set(item.service, [...(evidence.get(item.service) ?? []), item]);
  }
  for (let after: string | undefined; ;) {
    const services = await store.services.list({
      panel: panel.name,
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    const standing = services.filter((service) => stands(panel, service, evidence.has(service.id)));
    const known = panel.objects
      ? new Map(
          (await store.resources.list({ services: standing.map(({ id }) => id) })).map((row) => [row.service, row]),
        )
      : new Map<string, ResourcesRecord>();
    yield standing.map((service) => {
      const record = on.resources.get(service.id) ?? known.get(service.id);
      const mapping = mappingOf(service);
      const isKnown = record?.panel === panel.name && record.mapping.join() === mapping.join();
      const resources = new Set([
        ...(isKnown ? record.resources : panel.resources(service, observed.get(service.id) ?? null)),
        ...(evidence.get(service.id) ?? []).map(resourceOf),
      ]);
      return { service, resources: [...resources], isKnown };
    });
    if (services.length < PAGE) return;
    after = services.at(-1)?.id;
  }
}

/** With other refs the panel may show something else: what was seen by the old ones is then unknown again. */
function mappingOf({ refs }: ServiceRecord): string[] {
  return Object.entries(refs)
    .map(([key, value]) => `${key}=${value}`)
    .sort();
}

function resourcesOf(panel: Panel, work: Plannable): string[] {
  return [
    ...new Set([...panel.resources(work.service, work.observation), ...work.evidence.map((item) => resourceOf(item))]),
  ];
}

/** The resource that evidence is about. */
function resourceOf({ kind, target }: Pick<EvidenceRecord, 'kind' | 'target'>): string {
  return `${kind}:${target}`;
}

/** A pending service has no account yet; of a terminated one only what Sluice still restricts is left. */
function stands(panel: Panel, service: ServiceRecord, isRestricted: boolean): boolean {
  if (service.status === 'terminated') return isRestricted;
  if (service.status === 'pending' || service.status === 'vanished') return panel.accounts === undefined;
  return true;
}
