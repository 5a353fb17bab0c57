export { acquireSchema, type EmptySchema } from './empty-stores.js';
export { type CuttableWay, openWay } from './cuttable.js';
export { sharedPostgres, startPostgres, type TestServer, whyNoPostgres } from './server.js';
export { until } from './until.js';
