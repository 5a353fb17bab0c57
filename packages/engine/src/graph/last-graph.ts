import { createHash } from 'node:crypto';
import type { Panel, PanelGraph } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../config/find-entry.js';
import { requireService, type Session } from '../session.js';
import { parseFigures } from './panel-figures.js';
import type { DrawnGraph } from './drawn-graph.js';
import type { GraphRange, GraphWindow } from './window.js';

/** The last graph that was read of a panel, and whether it is due to be read again. */
export interface LastGraph extends DrawnGraph {
  expired: boolean;
}

/** How long the last graph of a range is kept where no newer one can be read. */
const KEPT_MS = 30 * 86_400_000;

/** Stores a graph as the last one of its range. */
export async function keepLastGraph(
  session: Session,
  { panel, service, range }: { panel: Panel; service: ServiceRecord; range: GraphRange },
  drawn: { window: GraphWindow; body: string },
): Promise<void> {
  const key = lastKey(panel, service, range);
  const expiresAt = new Date(session.deps.clock.now() + KEPT_MS).toISOString();
  const record = { key, service: service.id, at: session.now(), expiresAt, body: JSON.stringify(drawn) };
  await session.write([], (tables) => tables.graphCache.put(record));
}

/** Returns the last graph of a range, of whatever age; null where none was read. Calls no panel. */
export async function lastGraph(session: Session, id: string, range: GraphRange): Promise<LastGraph | null> {
  const { config, deps, store } = session;
  const service = await requireService(session, id);
  const panel = await session.panel(service.panel);
  if (panel.graphs === undefined) return null;
  const row = await store.graphCache.get(lastKey(panel, service, range), session.now());
  if (row === null) return null;
  const timeZone = findTimeZone(config, service.panel);
  const { window, body } = JSON.parse(row.body) as { window: GraphWindow; body: string };
  const read = JSON.parse(body) as Exclude<PanelGraph, { kind: 'png' }> | { kind: 'png'; base64: string };
  return {
    service: id,
    panel: panel.name,
    window,
    timeZone,
    readAt: row.at,
    figures: read.kind === 'png' ? null : parseFigures(read, timeZone, panel.name),
    picture: read.kind === 'png' ? new Uint8Array(Buffer.from(read.base64, 'base64')) : null,
    expired: deps.clock.now() - Date.parse(row.at) >= config.graphCache,
  };
}

function lastKey(panel: Panel, service: ServiceRecord, range: GraphRange): string {
  const refs = Object.entries(service.refs).sort(([a], [b]) => (a < b ? -1 : 1));
  const question = ['last', panel.kind.kind, panel.url, service.id, refs, range];
  return createHash('sha256').update(JSON.stringify(question)).digest('hex');
}
