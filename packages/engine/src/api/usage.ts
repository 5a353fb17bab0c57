import type {
  Comparison,
  CycleView,
  SampleGraph,
  ServiceDetail,
  TopTraffic,
  TrafficOverTime,
} from '@sluice/contract/documents';
import type { DrawnGraph, LastGraph } from '../features/graph/last-graph.js';
import type { GraphRange } from '../features/graph/window.js';
import type { ImportRow } from '../features/services/plan-rows.js';
import type { TopRequest } from '../features/graph/top-traffic.js';
import type { TrafficRequest } from '../features/graph/traffic-over-time.js';
import { readUsage, type UsageFilter, usageHistory } from '../features/usage/usage.js';
import type { CallOptions, ReaderOptions, RunCall } from './call.js';

/** Usage: readings, past cycles and graphs. */
export interface Usage {
  /** Returns the last usage of services; `refresh` reads the panel first. */
  read(options?: ReaderOptions & UsageFilter & { refresh?: boolean | undefined }): Promise<{
    services: ServiceDetail[];
  }>;
  /** Returns who used most in a time: services, or all of a panel, product or client. Reads the store alone. */
  top(options?: CallOptions & TopRequest): Promise<TopTraffic>;
  /** Returns the traffic of services together over time: of all, or of a panel, product or client. Reads the store alone. */
  traffic(options?: CallOptions & TrafficRequest): Promise<TrafficOverTime>;
  /** Returns the usage of each cycle, newest first; with `percentile`, the rates that so much of its time did not exceed. */
  history(
    service: string,
    options?: ReaderOptions & { percentile?: number | undefined },
  ): Promise<{ cycles: CycleView[] }>;
  /** Returns the stored readings of a range: all, or with `points` about as many, evenly spread. */
  graph(
    service: string,
    range: GraphRange,
    options?: ReaderOptions & { points?: number | undefined },
  ): Promise<SampleGraph>;
  /** Returns the panel's own graph, which is cached. */
  panelGraph(service: string, range: GraphRange, options?: ReaderOptions): Promise<DrawnGraph>;
  /** Returns the panel's own graph as last read, of whatever age; null where none was. Calls no panel. */
  lastPanelGraph(service: string, range: GraphRange, options?: ReaderOptions): Promise<LastGraph | null>;
  /** Compares usage and holds with the figures of another tool. */
  compare(panel: string, rows: ImportRow[], options: CallOptions & { file: string }): Promise<Comparison>;
}

/** Returns the calls about usage. */
export function usageApi(call: RunCall): Usage {
  return {
    read: (options) =>
      call(options, async (context) => ({
        services: await readUsage(context, options ?? {}, options?.refresh === true),
      })),
    top: (options) =>
      call(options, async (context) => {
        const { topTraffic } = await import('../features/graph/top-traffic.js');
        return topTraffic(context, options ?? {});
      }),
    traffic: (options) =>
      call(options, async (context) => {
        const { trafficOverTime } = await import('../features/graph/traffic-over-time.js');
        return trafficOverTime(context, options ?? {});
      }),
    history: (service, options) =>
      call(options, async (context) => ({ cycles: await usageHistory(context, service, options ?? {}) })),
    // Loaded on demand: most calls only read the last figures.
    graph: (service, range, options) =>
      call(options, async (context) => {
        const { sampleGraph } = await import('../features/graph/sample-graph.js');
        return sampleGraph(context, service, { range, points: options?.points, reader: options?.reader });
      }),
    panelGraph: (service, range, options) =>
      call(options, async (context) => {
        const { panelGraph } = await import('../features/graph/panel-graph.js');
        return panelGraph(context, service, { range, reader: options?.reader });
      }),
    lastPanelGraph: (service, range, options) =>
      call(options, async (context) => {
        const { lastGraph } = await import('../features/graph/last-graph.js');
        return lastGraph(context, service, { range, reader: options?.reader });
      }),
    compare: (panel, rows, options) =>
      call(options, async (context) => {
        const { compareWith } = await import('../features/usage/compare.js');
        return compareWith(context, panel, rows, options.file);
      }),
  };
}
