import type { GraphWindow, PanelFigures } from '@sluice/contract/documents';
import { createHash } from 'node:crypto';
import { maskedUrl, type Panel, type PanelGraph } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { findEntry, findTimeZone } from '../../base/config/find-entry.js';
import { objectVisibleSince, type Reader } from '../../context/reader.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { parseFigures } from './panel-figures.js';
import { type GraphRange, refuseRange } from './window.js';

/** A service's graph on its panel. */
export interface DrawnGraph {
  service: string;
  /** Of the service; null where it has none. */
  name: string | null;
  panel: string;
  window: GraphWindow;
  timeZone: string;
  /** When the panel was read, which is earlier for a cached answer; null for a range without readings. */
  readAt: string | null;
  /** Null for a picture. */
  figures: PanelFigures | null;
  picture: Uint8Array | null;
}

/** The last graph that was read of a panel, and whether it is due to be read again. */
export interface LastGraph extends DrawnGraph {
  expired: boolean;
}

/** How long the last graph of a range is kept where no newer one can be read. */
const KEPT_MS = 30 * 86_400_000;

/** Stores a graph as the last one of its range. */
export async function keepLastGraph(
  context: Context,
  of: Graphed & { range: GraphRange },
  drawn: { window: GraphWindow; body: string },
): Promise<void> {
  const key = lastKey(of);
  const expiresAt = new Date(context.deps.clock.now() + KEPT_MS).toISOString();
  const record = { key, service: of.service.id, at: context.now(), expiresAt, body: JSON.stringify(drawn) };
  await context.write([], (tables) => tables.graphCache.put(record));
}

/** Returns the last graph of a range, of whatever age; null where none was read. Opens no panel. */
export async function lastGraph(
  context: Context,
  id: string,
  { range, reader }: { range: GraphRange; reader?: Reader },
): Promise<LastGraph | null> {
  const { config, deps, store } = context;
  refuseRange(range, reader);
  const service = await requireService(context, id);
  const kind = context.findKind(service.panel);
  const settings = findEntry(config.panels, service.panel);
  if (settings === undefined || kind?.capabilities.includes('graphs') !== true) return null;
  const panel = { kind, url: maskedUrl(kind, settings.url) };
  const since = await graphVisibleSince(context, { panel, service }, reader);
  const row = await store.graphCache.get(lastKey({ panel, service, since, range }), context.now());
  if (row === null) return null;
  const timeZone = findTimeZone(config, service.panel);
  const { window, body } = JSON.parse(row.body) as { window: GraphWindow; body: string };
  const read = parseGraph(body);
  if (read === null) return null;
  return {
    service: id,
    name: service.name,
    panel: service.panel,
    window,
    timeZone,
    readAt: row.at,
    figures: parseFigures(read, timeZone, service.panel),
    picture: read.kind === 'png' ? read.bytes : null,
    expired: deps.clock.now() - Date.parse(row.at) >= config.graphCache,
  };
}

/** Returns since when a reader may see the graph of a service: another client may have had what it is of. Null: all. */
export function graphVisibleSince(
  context: Context,
  { panel, service }: Pick<Graphed, 'panel' | 'service'>,
  reader: Reader,
): Promise<string | null> {
  const ref = panel.kind.requiredRef;
  const value = ref === null ? undefined : service.refs[ref];
  const object = ref === null || value === undefined ? null : { panel: service.panel, ref, value };
  return objectVisibleSince(context, { service, object }, reader);
}

function lastKey({ range, ...of }: Graphed & { range: GraphRange }): string {
  return toGraphKey(['last', ...identify(of), range]);
}

/** What a graph is of; `since`: the earliest instant that its reader may see, null for all. */
interface Graphed {
  panel: Pick<Panel, 'kind' | 'url'>;
  service: ServiceRecord;
  since: string | null;
}

/** Returns what identifies a service on its panel, and what of it is shown. */
export function identify({ panel: { kind, url }, service: { id, refs }, since }: Graphed): unknown[] {
  const names = Object.entries(refs).sort(([a], [b]) => (a < b ? -1 : 1));
  return [kind.kind, url, id, names, ...(since === null ? [] : [since])];
}

/** Returns the key of a stored graph. */
export function toGraphKey(question: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(question)).digest('hex');
}

/** Parses a stored graph; returns null where it can't be parsed, so that the panel is read again. */
export function parseGraph(body: string): PanelGraph | null {
  try {
    const graph = JSON.parse(body) as Exclude<PanelGraph, { kind: 'png' }> | { kind: 'png'; base64: string };
    return graph.kind === 'png' ? { kind: 'png', bytes: new Uint8Array(Buffer.from(graph.base64, 'base64')) } : graph;
  } catch {
    return null;
  }
}
