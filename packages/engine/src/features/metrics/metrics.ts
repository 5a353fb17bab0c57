import type { Context } from '../../context/context.js';
import { readStoreSize } from '../store/store-size.js';
import { type MetricFamily, MetricTable } from './families.js';
import { addNoticeMetrics } from './notice-metrics.js';
import { addPanelMetrics } from './panel-metrics.js';
import { addQueueMetrics } from './queue-metrics.js';
import { addRunMetrics } from './run-metrics.js';
import { addServiceMetrics } from './service-metrics.js';

/** `metrics --json` (docs/json.md). */
export interface MetricsReport {
  at: string;
  metrics: MetricFamily[];
}

/** Returns figures about services, panels and runs, from the store alone: no panel is called, no secret is read. */
export async function collectMetrics(context: Context): Promise<MetricsReport> {
  const table = new MetricTable();
  await addServiceMetrics(context, table);
  await addPanelMetrics(context, table);
  await addRunMetrics(context, table);
  await addNoticeMetrics(context, table);
  await addQueueMetrics(context, table);
  const size = await readStoreSize(context);
  table.add('sluice_store_bytes', {}, size?.bytes ?? null);
  table.add('sluice_store_free_bytes', {}, size?.freeBytes ?? null);
  return { at: context.now(), metrics: table.families() };
}
