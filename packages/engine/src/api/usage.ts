import { compareWith, type Comparison } from '../usage/compare.js';
import { panelGraph, type DrawnGraph } from '../graph/panel-graph.js';
import { sampleGraph, type SampleGraph } from '../graph/sample-graph.js';
import type { GraphRange } from '../graph/window.js';
import type { ImportRow } from '../services/import-row.js';
import type { ServiceDetail } from '../services/show.js';
import { readUsage, usageHistory, type CycleView } from '../usage/usage.js';
import type { CallOptions, RunCall } from './call.js';

/** What was used, and what led to the state of a service. */
export interface Usage {
  /** Usage of all services or of one; `refresh` reads the panel, otherwise the last reading counts. */
  read(options?: CallOptions & { service?: string | undefined; refresh?: boolean | undefined }): Promise<{
    services: ServiceDetail[];
  }>;
  /** Usage of past cycles, the newest first. */
  history(service: string, options?: CallOptions): Promise<{ cycles: CycleView[] }>;
  /** The readings of a stretch of time, for a graph. */
  graph(service: string, range: GraphRange, options?: CallOptions): Promise<SampleGraph>;
  /** The panel's own graph, from the cache while that is fresh. */
  panelGraph(service: string, range: GraphRange, options?: CallOptions): Promise<DrawnGraph>;
  /** Compares with the figures of another tool. */
  compare(panel: string, rows: ImportRow[], options: CallOptions & { file: string }): Promise<Comparison>;
}

/** Returns the calls about usage. */
export function usageApi(call: RunCall): Usage {
  return {
    read: (options) =>
      call(options, async (session) => ({
        services: await readUsage(session, options?.service, options?.refresh === true),
      })),
    history: (service, options) => call(options, async (session) => ({ cycles: await usageHistory(session, service) })),
    graph: (service, range, options) => call(options, (session) => sampleGraph(session, service, range)),
    panelGraph: (service, range, options) => call(options, (session) => panelGraph(session, service, range)),
    compare: (panel, rows, options) => call(options, (session) => compareWith(session, panel, rows, options.file)),
  };
}
