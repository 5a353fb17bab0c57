export { startWorker } from './start-worker.js';
export type { Worker, WorkerOptions } from './options.js';
export type { HeldJob, Identity } from './members.js';
export type { Timings } from './settings.js';
