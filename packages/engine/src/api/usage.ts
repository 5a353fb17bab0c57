import { compareWith, type Comparison } from '../usage/compare.js';
import { lastGraph, type LastGraph } from '../graph/last-graph.js';
import type { DrawnGraph } from '../graph/last-graph.js';
import { panelGraph } from '../graph/panel-graph.js';
import { sampleGraph, type SampleGraph } from '../graph/sample-graph.js';
import type { GraphRange } from '../graph/window.js';
import type { ImportRow } from '../services/plan-rows.js';
import type { ServiceDetail } from '../services/show.js';
import { readUsage, type UsageFilter, usageHistory, type CycleView } from '../usage/usage.js';
import type { CallOptions, RunCall } from './call.js';

/** Usage: readings, past cycles and graphs. */
export interface Usage {
  /** Returns the last usage of services; `refresh` reads the panel first. */
  read(options?: CallOptions & UsageFilter & { refresh?: boolean | undefined }): Promise<{
    services: ServiceDetail[];
  }>;
  /** Returns the usage of each cycle, newest first. */
  history(service: string, options?: CallOptions): Promise<{ cycles: CycleView[] }>;
  /** Returns the stored readings of a range: all, or with `points` about as many, evenly spread. */
  graph(
    service: string,
    range: GraphRange,
    options?: CallOptions & { points?: number | undefined },
  ): Promise<SampleGraph>;
  /** Returns the panel's own graph, which is cached. */
  panelGraph(service: string, range: GraphRange, options?: CallOptions): Promise<DrawnGraph>;
  /** Returns the panel's own graph as last read, of whatever age; null where none was. Calls no panel. */
  lastPanelGraph(service: string, range: GraphRange, options?: CallOptions): Promise<LastGraph | null>;
  /** Compares usage and holds with the figures of another tool. */
  compare(panel: string, rows: ImportRow[], options: CallOptions & { file: string }): Promise<Comparison>;
}

/** Returns the calls about usage. */
export function usageApi(call: RunCall): Usage {
  return {
    read: (options) =>
      call(options, async (session) => ({
        services: await readUsage(session, options ?? {}, options?.refresh === true),
      })),
    history: (service, options) => call(options, async (session) => ({ cycles: await usageHistory(session, service) })),
    graph: (service, range, options) =>
      call(options, (session) => sampleGraph(session, service, { range, points: options?.points })),
    panelGraph: (service, range, options) => call(options, (session) => panelGraph(session, service, range)),
    lastPanelGraph: (service, range, options) => call(options, (session) => lastGraph(session, service, range)),
    compare: (panel, rows, options) => call(options, (session) => compareWith(session, panel, rows, options.file)),
  };
}
