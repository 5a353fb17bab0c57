import type { GraphWindow } from '@sluice/contract/documents';
import { type PanelGraph, SluiceError } from '@sluice/panel-kind';
import { NOT_MAPPED } from '../../kernel/subject/to-stage.js';
import { findTimeZone } from '../../base/config/find-entry.js';
import { requireFacet } from '../../base/facet.js';
import { beginThen, type Reader } from '../../context/reader.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { type DrawnGraph, graphVisibleSince, identify, keepLastGraph, parseGraph, toGraphKey } from './last-graph.js';
import { parseFigures } from './panel-figures.js';
import { type GraphRange, findWindow, refuseRange } from './window.js';

/** For clients an answer is cached at least so long, in milliseconds. */
const SHORTEST_MS = 60_000;

/**
 * Returns the panel's own graph. An answer is cached for `graphCache`; the range ends at a multiple of that interval, so
 * that repeated requests find it. A failure is not cached.
 *
 * @throws SluiceError `unsupported`, `not_metered_yet`, `graph_unreadable`, and the errors of the panel
 */
export async function panelGraph(
  context: Context,
  id: string,
  { range, reader }: { range: GraphRange; reader?: Reader },
): Promise<DrawnGraph> {
  const { config } = context;
  refuseRange(range, reader);
  const cacheMs = reader === undefined ? config.graphCache : Math.max(config.graphCache, SHORTEST_MS);
  const service = await requireService(context, id);
  const panel = await context.panel(service.panel);
  const since = await graphVisibleSince(context, { panel, service }, reader);
  const graphs = requireFacet(panel, 'graphs', 'usage');
  const { requiredRef } = panel.kind;
  if (requiredRef !== null && service.refs[requiredRef] === undefined) {
    throw new SluiceError(NOT_MAPPED, `"${id}" has no ${requiredRef}`, {
      details: { service: id, ref: requiredRef },
    });
  }
  const timeZone = findTimeZone(config, service.panel);
  const window = beginThen(roundDown(await findWindow(context, service, range), range, cacheMs), since);
  const drawn = { service: id, name: service.name, panel: panel.name, window, timeZone };
  if (window.end <= window.start) {
    return { ...drawn, readAt: null, figures: { times: [], series: [], unit: null }, picture: null };
  }
  const key = toGraphKey([...identify({ panel, service, since }), window.start, window.end]);
  const now = context.now();
  const cached = cacheMs > 0 ? await context.store.graphCache.get(key, now) : null;
  const fromCache = cached === null ? null : parseGraph(cached.body);
  const read = fromCache ?? (await graphs.read(service, window, context.deps.signal));
  // Only an answer that can be parsed is cached.
  const figures = parseFigures(read, timeZone, panel.name);
  if (fromCache === null && cacheMs > 0) {
    const expiresAt = new Date(context.deps.clock.now() + cacheMs).toISOString();
    await context.write([], (tables) =>
      tables.graphCache.put({ key, service: id, at: now, expiresAt, body: toText(read) }),
    );
    await keepLastGraph(context, { panel, service, since, range }, { window, body: toText(read) });
  }
  return {
    ...drawn,
    readAt: fromCache === null ? now : (cached?.at ?? now),
    figures,
    picture: read.kind === 'png' ? read.bytes : null,
  };
}

/** Ends the window at a multiple of the interval; a range of fixed length begins earlier by the same time. */
function roundDown(window: GraphWindow, range: GraphRange, interval: number): GraphWindow {
  if (interval <= 0) return window;
  const [start, end] = [Date.parse(window.start), Date.parse(window.end)];
  const flooredEnd = Math.floor(end / interval) * interval;
  const flooredStart = range === 'cycle' ? start : start - (end - flooredEnd);
  return { ...window, start: new Date(flooredStart).toISOString(), end: new Date(flooredEnd).toISOString() };
}

function toText(graph: PanelGraph): string {
  if (graph.kind !== 'png') return JSON.stringify(graph);
  return JSON.stringify({ kind: 'png', base64: Buffer.from(graph.bytes).toString('base64') });
}
