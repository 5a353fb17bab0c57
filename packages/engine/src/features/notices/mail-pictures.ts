import { pictureChart, usageChart } from '@sluice/charts';
import type { ChannelMessage, MessagePicture } from '@sluice/contract/ports';
import type { ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { sampleGraph } from '../graph/sample-graph.js';
import type { MessageParts } from './to-message.js';

/** Readings of a chart: more of them would be drawn as one. */
const POINTS = 250;
/** Twice as many pixels as a mail is wide, for screens that have so many. */
const WIDTH = 1120;

/**
 * Returns the chart of the cycle that a message to a client is about, as its reader may see it; none for other messages, without a program
 * that draws it, and where it can't be drawn: a mail is never kept back for its picture.
 */
export async function mailPictures(
  context: Context,
  { data, client, language }: Pick<MessageParts, 'data' | 'client' | 'language'>,
  service: ServiceRecord,
): Promise<ChannelMessage['view']['pictures']> {
  const { drawPicture } = context.deps;
  if (drawPicture === null || data.limit !== 'quota' || data.from === null || service.client !== client) return [];
  try {
    const graph = await sampleGraph(context, service.id, {
      range: 'cycle',
      points: POINTS,
      ...(client === null ? {} : { reader: client }),
    });
    // A mail that waited may be of the cycle before.
    if (graph.series.length < 2 || graph.cycleEnd !== data.until) return [];
    const lines = [graph.mode === 'IN' ? 'in' : graph.mode === 'OUT' ? 'out' : 'total'] as const;
    const title = service.name ?? service.id;
    const { svg, ...words } = pictureChart(usageChart(graph, { title, language, lines, ahead: true }));
    const png = await drawPicture(svg, WIDTH);
    return png === null ? [] : [{ png, ...words } satisfies MessagePicture];
  } catch {
    return [];
  }
}
