import type { CustomerTerms } from '@sluice/contract';
import type { Sluice } from '@sluice/engine';
import type { MadeBy, Viewer } from '../access/viewer.js';
import type { Context } from '../server/options.js';
import type { Readers } from './readers.js';
import type { Tasks } from './tasks.js';

/** A request for a route of the API, checked. */
export interface ApiCall<Query = Record<string, unknown>, Body = Record<string, unknown>> {
  sluice: Sluice;
  context: Context;
  viewer: Viewer;
  /** Returns a parameter of the path. */
  param: (name: string) => string;
  query: Query;
  body: Body;
  /** The `Idempotency-Key`, unique among all senders; empty for a request that changes nothing. */
  ref: string;
  /** Options of calls of the engine that change something: who makes them, and why. */
  as: MadeBy & { note: string | null };
  /** The client of the token; undefined for one of all clients. */
  client: string | undefined;
  /** Refuses, by what the client may change of a service by then, what the route does. */
  permit: (terms: CustomerTerms) => void;
  /** Ends reads that take too long; undefined where nothing bounds them. */
  signal: AbortSignal | undefined;
  tasks: Tasks;
  readers: Readers;
}
