import { SERVER } from '../callers.js';
import * as z from 'zod/mini';
import { number, accepts, text, whole } from './shapes.js';
import { group } from './group.js';

const keyed = () =>
  ['request', z.strictObject({ who: text, key: text, fingerprint: text, mostKept: z.optional(whole(0)) })] as const;

/** The use cases of `requests`. */
export const requests = group({
  begin: {
    callers: SERVER,
    accepts: () => accepts(keyed()),
  },
  end: {
    callers: SERVER,
    accepts: () => accepts(keyed(), ['answer', z.nullable(z.strictObject({ status: number, answer: z.unknown() }))]),
  },
});
