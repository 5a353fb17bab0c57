import { createHash } from 'node:crypto';
import { type Panel, type PanelGraph, SluiceError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { zoneOf } from '../config/zone-of.js';
import { requireFacet } from '../panels/facet.js';
import { requireService, type Session } from '../session.js';
import { figuresOf, type PanelFigures } from './panel-figures.js';
import { type GraphRange, type GraphWindow, windowOf } from './window.js';

/** A service's graph as its panel has it. */
export interface DrawnGraph {
  service: string;
  panel: string;
  window: GraphWindow;
  timeZone: string;
  /** When the panel was asked; earlier than now where the answer was kept. Null where it was not asked. */
  readAt: string | null;
  /** Null for a picture. */
  figures: PanelFigures | null;
  picture: Uint8Array | null;
}

/**
 * The panel's own graph. An answer is kept for `graphCache`; what is asked ends at a whole number of such intervals, so
 * that the same question comes again. A failure is never kept.
 *
 * @throws SluiceError `unsupported`, `not_metered_yet`, `graph_unreadable`, and what the panel fails with
 */
export async function panelGraph(session: Session, id: string, range: GraphRange): Promise<DrawnGraph> {
  const { config } = session;
  const service = await requireService(session, id);
  const panel = await session.panel(service.panel);
  const graphs = requireFacet(panel, 'graphs', 'usage');
  const { requiredRef } = panel.kind;
  if (requiredRef !== null && service.refs[requiredRef] === undefined) {
    throw new SluiceError('not_mapped', `"${id}" has no ${requiredRef}`, {
      details: { service: id, ref: requiredRef },
    });
  }
  const timeZone = zoneOf(config, service.panel);
  const window = floored(await windowOf(session, service, range), range, config.graphCache);
  const drawn = { service: id, panel: panel.name, window, timeZone };
  if (window.end <= window.start) {
    return { ...drawn, readAt: null, figures: { times: [], series: [], unit: null }, picture: null };
  }
  const key = keyOf(panel, service, window);
  const now = session.now();
  const kept = config.graphCache > 0 ? await session.store.graphCache.get(key, now) : null;
  const remembered = kept === null ? null : written(kept.body);
  const read = remembered ?? (await graphs.read(service, window, session.deps.signal));
  // Only what can be understood is kept.
  const figures = figuresOf(read, timeZone, panel.name);
  if (remembered === null && config.graphCache > 0) {
    const expiresAt = new Date(session.deps.clock.now() + config.graphCache).toISOString();
    await session.write([], (tables) =>
      tables.graphCache.put({ key, service: id, at: now, expiresAt, body: asText(read) }),
    );
  }
  return {
    ...drawn,
    readAt: remembered === null ? now : (kept?.at ?? now),
    figures,
    picture: read.kind === 'png' ? read.bytes : null,
  };
}

/** Ends at a whole interval; a range of fixed length begins as much earlier. */
function floored(window: GraphWindow, range: GraphRange, interval: number): GraphWindow {
  if (interval <= 0) return window;
  const [start, end] = [Date.parse(window.start), Date.parse(window.end)];
  const flooredEnd = Math.floor(end / interval) * interval;
  const flooredStart = range === 'cycle' ? start : start - (end - flooredEnd);
  return { ...window, start: new Date(flooredStart).toISOString(), end: new Date(flooredEnd).toISOString() };
}

function keyOf(panel: Panel, service: ServiceRecord, window: GraphWindow): string {
  const refs = Object.entries(service.refs).sort(([a], [b]) => (a < b ? -1 : 1));
  const question = [panel.kind.kind, panel.url, service.id, refs, window.start, window.end];
  return createHash('sha256').update(JSON.stringify(question)).digest('hex');
}

function asText(graph: PanelGraph): string {
  if (graph.kind !== 'png') return JSON.stringify(graph);
  return JSON.stringify({ kind: 'png', base64: Buffer.from(graph.bytes).toString('base64') });
}

/** A kept answer; null where it can't be understood any more: then the panel is asked again. */
function written(body: string): PanelGraph | null {
  try {
    const graph = JSON.parse(body) as Exclude<PanelGraph, { kind: 'png' }> | { kind: 'png'; base64: string };
    return graph.kind === 'png' ? { kind: 'png', bytes: new Uint8Array(Buffer.from(graph.base64, 'base64')) } : graph;
  } catch {
    return null;
  }
}
