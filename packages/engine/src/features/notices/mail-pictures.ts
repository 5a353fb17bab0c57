import { type ChartData, pictureChart, trafficChart, trafficTitle, usageChart } from '@sluice/charts';
import type { ChannelMessage, MessagePicture } from '@sluice/contract/ports';
import { staffText } from '@sluice/messages/staff';
import type { ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { findTemplate } from '../../base/template.js';
import { sampleGraph } from '../graph/sample-graph.js';
import { trafficBetween } from '../graph/traffic-over-time.js';
import { listWithoutBytes } from '../graph/without-bytes.js';
import { toDay } from './read-day.js';
import type { MessageParts } from './to-message.js';

/** Readings of a chart: more of them would be drawn as one. */
const POINTS = 250;
/** Twice as many pixels as a mail is wide, for screens that have so many. */
const WIDTH = 1120;
/** Services whose traffic is read for a mail: other messages wait for it. */
const MOST_SERVICES = 10_000;

type Pictures = ChannelMessage['view']['pictures'];

/**
 * Returns the chart of the cycle that a message to a client is about, as its reader may see it; none for other messages, without a program
 * that draws it, and where it can't be drawn: a mail is never kept back for its picture.
 */
export function mailPictures(
  context: Context,
  { data, client, language }: Pick<MessageParts, 'data' | 'client' | 'language'>,
  service: ServiceRecord,
): Promise<Pictures> {
  return drawn(context, async () => {
    if (data.limit !== 'quota' || data.from === null || service.client !== client) return null;
    const graph = await sampleGraph(context, service.id, {
      range: 'cycle',
      points: POINTS,
      ...(client === null ? {} : { reader: client }),
    });
    // A mail that waited may be of the cycle before.
    if (graph.series.length < 2 || graph.cycleEnd !== data.until) return null;
    const lines = [graph.mode === 'IN' ? 'in' : graph.mode === 'OUT' ? 'out' : 'total'] as const;
    const title = service.name ?? service.id;
    return usageChart(graph, { title, language, lines, ahead: true });
  });
}

/**
 * Returns the chart of the traffic on the day of a digest, by panels where there are several; none where nothing of it was read, in the words
 * of a template, and of more services than can be read while other messages wait.
 */
export async function digestPictures(
  context: Context,
  { data, delivery, language, settings, timeZone }: MessageParts,
): Promise<Pictures> {
  const pictures = await drawn(context, async () => {
    const day = data['day'];
    if (typeof day !== 'string' || findTemplate(settings.template, delivery.event, language) !== null) return null;
    if ((await context.store.services.count({})) > MOST_SERVICES) return null;
    const panels = Object.keys(context.config.panels).length - listWithoutBytes(context).length;
    const request = panels > 1 ? { by: 'panel' as const } : {};
    const traffic = await trafficBetween(context, toDay(day, timeZone), request);
    const graph = { ...traffic, window: { start: traffic.start, end: traffic.end } };
    const chart = trafficChart(graph, { title: trafficTitle(graph) });
    return chart.lines.length === 0 ? null : chart;
  });
  // The text of a digest does not say what is drawn.
  return pictures.map(({ top, ...picture }) => ({ ...picture, top: staffText('staff.digest.traffic', { top }) }));
}

/** Draws a chart; none without a program that draws it, and where its figures can't be read. */
async function drawn(context: Context, read: () => Promise<ChartData | null>): Promise<Pictures> {
  const { drawPicture } = context.deps;
  if (drawPicture === null) return [];
  try {
    const chart = await read();
    if (chart === null) return [];
    const { svg, ...words } = pictureChart(chart);
    const png = await drawPicture(svg, WIDTH);
    return png === null ? [] : [{ png, ...words } satisfies MessagePicture];
  } catch {
    return [];
  }
}
