import type { MetricFamily } from '@sluice/engine';
import { printable } from '@sluice/panel-http/printable';
import { Counter, Gauge, Registry } from 'prom-client';

/** Content type of `metricsText`. */
export const METRICS_CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE;

/** Returns metrics in the text format of Prometheus. Characters without a printed form become blanks in labels. */
export async function metricsText(families: readonly MetricFamily[]): Promise<string> {
  const registry = new Registry();
  for (const { name, type, help, labels, samples } of families) {
    const settings = { name, help, labelNames: labels, registers: [registry] };
    if (type === 'counter') {
      const counter = new Counter(settings);
      for (const sample of samples) counter.inc(toLabels(sample.labels), sample.value);
    } else {
      const gauge = new Gauge(settings);
      for (const sample of samples) gauge.set(toLabels(sample.labels), sample.value);
    }
  }
  return registry.metrics();
}

function toLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, printable(value)]));
}
