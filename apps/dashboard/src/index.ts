export { startDashboard } from './server/start.js';
export type { Dashboard, DashboardOptions, Limits } from './server/options.js';
export type { Need, Viewer } from './access/viewer.js';
