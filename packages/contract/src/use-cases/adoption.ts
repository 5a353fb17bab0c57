import * as z from 'zod/mini';
import { OPERATE, READ } from '../callers.js';
import { accepts, called, flag, importRows, locked, options, tables, text, work } from './shapes.js';
import { group } from './group.js';

const of = [
  ['panel', text],
  ['from', text],
] as const;

/** The use cases of `adoption`. */
export const adoption = group({
  // Its rows have the keys of agents and users, which tokens that only read are not shown.
  read: {
    callers: OPERATE,
    command: 'adopt',
    accepts: () => accepts(...of, options({ ...called, tables: z.optional(tables()) })),
    routes: (h) => ({
      'POST /panels/:panel/adoption': {
        summary:
          'Read what the panel, the billing system and an old tool know of its services, as rows for review; changes nothing and stores nothing',
        body: {
          from: h.someText.describe('panel, whmcs, or a tool that managed such panels before'),
          tables: h.z
            .record(
              h.z.string().max(200),
              h.z.array(h.z.record(h.z.string().max(200), h.z.string().nullable())).max(100_000),
            )
            .optional()
            .describe('Rows of exported tables, by their names'),
        },
        answer: h.adoption.adoption,
      },
    }),
  },
  queries: {
    callers: READ,
    command: 'adopt --print-queries',
    accepts: () => accepts(...of, options(called)),
    routes: (h) => ({
      'GET /panels/:panel/adoption/queries': {
        summary: 'List the tables that are read with a source, each with the SELECT that exports it',
        query: { from: h.someText },
        answer: h.adoption.adoptionQueries,
      },
    }),
  },
  apply: {
    callers: OPERATE,
    command: 'adopt apply',
    accepts: () => {
      const own = z.optional(importRows());
      const files = { services: own, overrides: own, preferences: own, purchases: own, agents: own, holds: own };
      return accepts(
        ['rows', z.strictObject(files)],
        options({ ...locked, dryRun: flag, confirm: z.optional(work), beforeStore: z.optional(work) }),
      );
    },
    routes: (h) => ({
      'POST /adoption/apply': {
        summary: 'Import the rows of an adoption, all or none; what is stored already is left as it is',
        body: {
          services: h.rows.optional(),
          overrides: h.rows.optional(),
          preferences: h.rows.optional(),
          purchases: h.rows.optional(),
          agents: h.rows.optional(),
          holds: h.rows.optional(),
          dryRun: h.flag,
        },
        answer: h.adoption.adoptionReport,
      },
    }),
  },
});
