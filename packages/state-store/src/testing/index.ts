export { acquireSchema, type EmptySchema } from './empty-stores.js';
export { sharedPostgres, startPostgres, type TestServer, whyNoPostgres } from './server.js';
