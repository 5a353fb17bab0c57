import * as zod from 'zod';
import * as access from '../documents/access.js';
import * as adoption from '../documents/adoption.js';
import * as agents from '../documents/agents.js';
import * as calls from '../documents/calls.js';
import { name } from '../documents/common.js';
import * as embedded from '../documents/embedded.js';
import * as explained from '../documents/explanation.js';
import * as holds from '../documents/holds.js';
import * as money from '../documents/money.js';
import * as notices from '../documents/notices.js';
import * as overview from '../documents/overview.js';
import * as panels from '../documents/panels.js';
import * as queue from '../documents/queue.js';
import * as reports from '../documents/reports.js';
import * as services from '../documents/services.js';
import * as usage from '../documents/usage.js';
import * as inputs from './inputs.js';

/** What endpoints use of zod: as a whole it would bring its messages in all languages. */
const z = {
  ...{ array: zod.array, boolean: zod.boolean, enum: zod.enum, int: zod.int, number: zod.number, object: zod.object },
  ...{ record: zod.record, strictObject: zod.strictObject, string: zod.string, union: zod.union },
  // Their own types can't be named in declarations.
  coerce: { number: (): zod.ZodNumber => zod.coerce.number() },
  iso: { datetime: (of: { offset: boolean }): zod.ZodType<string, string> => zod.iso.datetime(of) },
};

/**
 * What endpoints are declared with: schemas, what queries and bodies have in common, and the documents. It is handed to them, so that
 * the list of use cases loads none of it.
 */
export const http = {
  ...{ z, name, ...inputs },
  ...{ access, adoption, agents, calls, embedded, explained, holds, money, notices },
  ...{ overview, panels, queue, reports, services, usage },
};

/** What endpoints are declared with. */
export type Http = typeof http;
