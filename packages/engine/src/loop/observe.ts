import type { Observation, ObserveOptions, Panel, OpenRows } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import type { Context } from '../context/context.js';
import { toListKnown } from '../kernel/subject/pages.js';
import { toKnownCheckpoint } from '../kernel/subject/history.js';
import type { Loaded, RunOnPanel, Stage } from '../kernel/subject/stages.js';

/** A panel, and what it is observed in. */
type Observing = { readonly context: Pick<Context, 'deps' | 'store'>; readonly panel: Panel };
type InScope = Observing & Pick<RunOnPanel, 'scope'>;

/** Loaded services, with the rows whose targets are observed although they may have others now. */
type Observable = Pick<Loaded<Stage>, 'service' | 'evidence' | 'unresolved'>;

/** Whether the panel is read again instead of the run's snapshot, and what is observed for a command. */
type How = Partial<Pick<ObserveOptions, 'refresh' | 'command' | 'open' | 'checkpoint'>>;

/** Observes services of a panel: the only caller of its `observe`. Without a scope, everything about them is read again. */
export function observeServices(
  { context, panel, scope }: Observing & Partial<InScope>,
  services: readonly ServiceRecord[],
  { refresh = false, ...how }: How = {},
): Promise<Map<string, Observation>> {
  const { deps, store } = context;
  const { signal } = deps;
  if (scope === undefined) return panel.observe([...services], signal);
  const known = toListKnown(store, panel.name);
  return panel.observe([...services], signal, { scope, refresh, known, ...how });
}

/** Observes loaded services, with their open rows. */
export function observe(
  on: InScope,
  subjects: readonly Observable[],
  how: How = {},
): Promise<Map<string, Observation>> {
  const services = subjects.map(({ service }) => service);
  return observeServices(on, services, { ...how, open: openRows(subjects) });
}

/** Observes one loaded service again, with its open rows; null where the panel returned nothing about it. */
export async function observeAgain(
  on: InScope,
  work: Observable & Pick<Loaded<Stage>, 'history' | 'former'>,
  how: Pick<How, 'command'> = {},
): Promise<Observation | null> {
  const checkpoint = toKnownCheckpoint(work.history, work.former);
  const observations = await observe(on, [work], { ...how, refresh: true, checkpoint });
  return observations.get(work.service.id) ?? null;
}

type Opened = { readonly service: Pick<Loaded['service'], 'id' | 'panel'> } & Pick<
  Loaded<Stage>,
  'evidence' | 'unresolved'
>;

/** Returns the open evidence and the unresolved actions of services on their panel, for their observation. */
export function openRows(subjects: readonly Opened[]): NonNullable<ObserveOptions['open']> {
  const open = new Map<string, OpenRows>();
  for (const { service, evidence, unresolved } of subjects) {
    const isHere = ({ panel }: { panel: string }): boolean => panel === service.panel;
    const rows = { evidence: evidence.filter(isHere), unresolved: unresolved.filter(isHere) };
    if (rows.evidence.length + rows.unresolved.length > 0) open.set(service.id, rows);
  }
  return open;
}
