/**
 * Schemas of the documents about adoption: what a panel, a billing system and an old tool know, and its import.
 *
 * @module
 */
import * as z from 'zod';
import { count, name, text } from './common.js';
import { importProblem, importReport } from './reports.js';

const row = z.record(text, text);

const adoptedEntry = z.object({
  name: text,
  settings: z.record(text, z.unknown()).describe('Values as in the config'),
  notes: z.array(text).describe('What to know about it'),
});

export const undecidedRow = z.object({
  file: text.describe('The file that it is about'),
  object: text.describe('In the words of the panel or tool'),
  column: text.describe('Empty where it is about the whole object'),
  value: text.describe('What is proposed; empty where nothing is'),
  state: z
    .enum(['proposed', 'undecided', 'left-out'])
    .describe(
      'proposed: it is among the rows, to be checked; undecided: add it by hand; left-out: it has no meaning here',
    ),
  reason: text,
});
/** What is not adopted, or only as a proposal. */
export type UndecidedRow = z.infer<typeof undecidedRow>;

export const adoption = name(
  'Adoption',
  z.object({
    panel: text,
    from: text,
    services: z.array(row).describe('Rows of a service import'),
    products: z.array(adoptedEntry).describe('Products that the config does not have'),
    packages: z.array(adoptedEntry).describe('Packages that the config does not have'),
    overrides: z.array(row),
    preferences: z.array(row),
    purchases: z.array(row).describe('Rows of a purchase import'),
    agents: z.array(row),
    holds: z.array(row),
    undecided: z.array(undecidedRow),
    totals: z.object({
      services: count,
      products: count,
      packages: count,
      overrides: count,
      preferences: count,
      purchases: count,
      agents: count,
      holds: count,
      proposed: count,
      undecided: count,
      leftOut: count,
    }),
  }),
);
/** What is known of the services of a panel, as rows for review. */
export type Adoption = z.infer<typeof adoption>;

export const adoptionQueries = z.object({
  queries: z.array(z.object({ table: text, title: text, columns: z.array(text), query: text.nullable() })),
});
/** The exports that a source is read with. */
export type AdoptionQuery = z.infer<typeof adoptionQueries>['queries'][number];

export const adoptedFile = z.enum(['services', 'overrides', 'preferences', 'purchases', 'agents', 'holds']);

export const adoptionReport = name(
  'AdoptionReport',
  z.object({
    dryRun: z.boolean(),
    stored: z.boolean().describe('Whether all rows are stored; else none is'),
    files: z
      .array(
        importReport.extend({
          file: adoptedFile,
          kept: z
            .array(importProblem)
            .describe('Rows that were left as they are: what they are about was changed since rows were last stored'),
        }),
      )
      .describe('Those that have rows, as far as they were read'),
  }),
);
/** How the rows of an adoption were imported, all or none. */
export type AdoptionReport = z.infer<typeof adoptionReport>;
/** The rows of an adoption by what they are about. */
export type AdoptedFile = z.infer<typeof adoptedFile>;
