export { METRICS_CONTENT_TYPE, metricsText } from './metrics/metrics-text.js';
