import type * as z from 'zod';

/** One call of the API as the endpoints state it. */
export interface ApiCall<Data> {
  /** After `/api/v1`. */
  path: string;
  body?: Record<string, unknown>;
  /** Reads are repeated after failures that a repeat may help; writes never. */
  kind: 'read' | 'write';
  /** What `data` has to be. Left out for writes, which have none. */
  data?: z.ZodType<Data>;
  /** False for the few calls that need no token. */
  auth?: boolean;
  secrets?: string[];
}
