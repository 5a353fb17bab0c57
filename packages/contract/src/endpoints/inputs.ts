import { STATUS_FILTERS } from '@sluice/quota-core';
import * as z from 'zod';
import { count, name, textOrNull } from '../documents/common.js';
import { LOG_KINDS } from '../words.js';

export const statusFilter = name(
  'StatusFilter',
  z
    .enum(STATUS_FILTERS)
    .describe(
      'A status; `would-be-held`: services for which a hold would begin; `not-read`: those that the last run could not read',
    ),
);
export const flag = z.boolean().optional();
export const queryFlag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional();
export const someText = z.string().min(1).max(2000);
export const optionalText = someText.optional();
export const textOrNone = someText.nullable().optional();
export const texts = z
  .record(z.string().max(200), z.string().max(20_000))
  .describe('Keys with texts, as an import has them');
export const localDate = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .describe('Local date, YYYY-MM-DD');

/** The range of a graph. */
export const range = z
  .templateLiteral([z.number().int().positive().max(99_999), z.enum(['h', 'd'])])
  .or(z.literal('cycle'))
  .default('cycle')
  .describe('cycle, or the last hours or days: 24h, 7d');

/** The keys of a query that select a page of a list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(10_000).optional().describe('At most so many; default all'),
  after: z.string().min(1).max(2000).optional().describe('The `next` of the page before, with the other keys as there'),
};

/** A `limit` of a list that is too long to be answered whole. */
export const pageLimit = pageQuery.limit.unwrap().default(200).describe('At most so many');

/** What the answer with a page of a list states. */
export const pageAnswer = {
  total: count.describe('Number of all that match'),
  next: textOrNull.describe('The `after` of the next page; null on the last'),
};

/** The keys of a query that name entries of the log. */
export const logQuery = {
  kind: z
    .union([z.enum(LOG_KINDS), z.array(z.enum(LOG_KINDS))])
    .optional()
    .describe('Repeatable; default all'),
  service: optionalText,
  panel: optionalText,
  since: optionalText.describe('1h, 2d, yesterday, a local date, or an instant'),
};

/** Rows of a file. */
export const rows = z.array(texts).max(100_000);

/** The keys of a query that name services. */
export const serviceQuery = { panel: optionalText, product: optionalText, client: optionalText };
