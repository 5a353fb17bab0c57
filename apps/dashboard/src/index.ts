export { startDashboard } from './start.js';
export type { Dashboard, DashboardOptions, Limits } from './server/options.js';
export type { Viewer } from './access/viewer.js';
export type { JobTiming } from './schedule/timing.js';
export { type Schedule, type ScheduledJob, type ScheduleOptions, startSchedule } from './schedule/run-schedule.js';
export { openApiDocument } from './api/openapi.js';
export { embeddedStyle } from './assets/embedded-style.js';
