export { startDashboard } from './start.js';
export type { Dashboard, DashboardOptions, Limits } from './server/options.js';
export type { Viewer } from './access/viewer.js';
export { openApiDocument } from './api/openapi.js';
export { embeddedStyle } from './assets/embedded-style.js';
