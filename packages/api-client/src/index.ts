export { createSluiceApi, type SluiceApi, type SluiceApiOptions } from './create-client.js';
export { SluiceApiError } from './error.js';
export type { RunEvent } from './events.js';
export type { PagedPath, ListPage, PageRequest } from './pages.js';
export type { components, operations, paths, webhooks } from './schema.js';
