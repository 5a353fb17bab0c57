import type { Limiters } from '../server/limits.js';
import type { Context } from '../server/options.js';
import type { KeyedRequests } from './keyed.js';
import type { Readers } from './readers.js';
import type { Tasks } from './tasks.js';

/** What the routes of the API and of pages work with. */
export interface ServerParts {
  context: Context;
  limiters: Limiters;
  tasks: Tasks;
  readers: Readers;
  keyed: KeyedRequests;
}
