import * as z from 'zod';
import { name } from '../documents/common.js';
import * as explained from '../documents/explanation.js';
import * as holds from '../documents/holds.js';
import * as overview from '../documents/overview.js';
import * as reports from '../documents/reports.js';
import * as services from '../documents/services.js';
import * as usage from '../documents/usage.js';
import { endpoints, pageAnswer, pageQuery } from './endpoint.js';
import { flag, optionalText, queryFlag, range, someText, statusFilter, textOrNone, texts } from './inputs.js';

const filter = { panel: optionalText, product: optionalText, client: optionalText };
const rows = z.array(texts).max(100_000);
const pairs = texts.refine((where) => Object.keys(where).length > 0, { error: 'names nothing' });

/** Services, their usage, holds and overrides. */
export const serviceEndpoints = endpoints({
  'GET /services': {
    clients: 'own',
    useCase: 'services.list',
    summary: 'List services: all, or with limit a page',
    query: {
      ...filter,
      status: statusFilter.optional(),
      search: optionalText.describe('Part of an id, client or product'),
      drifting: queryFlag.describe('Only where the panel differs from what it should be'),
      order: overview.order
        .optional()
        .describe('Default by id; by figures, pages are those of the figures of their time'),
      ...pageQuery,
    },
    answer: name('Services', services.services.extend(pageAnswer)),
  },
  'GET /services/export': {
    useCase: 'services.export',
    summary: 'List services in the format of an import',
    query: filter,
    answer: z.object({ rows: z.array(z.record(z.string(), z.string())) }),
  },
  'POST /services': {
    useCase: 'services.add',
    summary: 'Add a service',
    status: 201,
    body: { id: someText, values: texts, allowDuplicateRefs: flag },
    answer: services.service,
  },
  'POST /services/import': {
    useCase: 'services.import',
    summary: 'Add and change services from rows, all or none',
    body: { rows, dryRun: flag, allowDuplicateRefs: flag },
    answer: reports.importReport,
  },
  'POST /services/sync': {
    useCase: 'services.sync',
    summary: 'Take over services from the billing system; with service only that one, by its id there',
    body: { service: optionalText, product: optionalText, dryRun: flag, allowMass: flag, allowDuplicateRefs: flag },
    answer: reports.syncReport,
  },
  'PATCH /services': {
    useCase: 'services.setWhere',
    summary: 'Change keys of all services that have certain values',
    body: { where: pairs, values: texts, allowDuplicateRefs: flag },
    answer: z.object({ services: z.array(services.service), changed: z.number(), changes: services.changes }),
  },
  'POST /services/plan-change': {
    useCase: 'services.planSetWhere',
    summary: 'Show what a change of several services would store',
    body: { where: pairs, values: texts, allowDuplicateRefs: flag },
    answer: reports.importReport,
  },
  'GET /services/:service': {
    clients: 'service',
    useCase: 'services.show',
    summary: 'Show a service',
    answer: services.service,
  },
  'PATCH /services/:service': {
    useCase: 'services.set',
    summary: 'Change keys of a service; an empty text removes a value',
    body: { values: texts, allowDuplicateRefs: flag },
    answer: services.changedService,
  },
  'DELETE /services/:service': {
    useCase: 'services.remove',
    summary: 'Remove a service that is not held and has no account',
    answer: services.service,
  },
  'GET /services/:service/explanation': {
    useCase: 'explain',
    clients: 'service',
    summary: 'Explain why a service is in its state, now or at an instant',
    query: { at: z.iso.datetime({ offset: true }).optional() },
    answer: explained.explanation,
  },
  'GET /usage': {
    list: 'services',
    clients: 'own',
    useCase: 'usage.read',
    summary: 'List services with their last usage; refresh reads the panels first',
    query: { ...filter, service: optionalText, refresh: queryFlag },
    answer: services.services,
  },
  'GET /services/:service/usage-history': {
    clients: 'service',
    useCase: 'usage.history',
    summary: 'List the usage of each cycle, newest first',
    answer: usage.history,
  },
  'GET /services/:service/graph': {
    clients: 'service',
    useCase: 'usage.graph',
    summary: 'Return the stored readings of a range: all, or about as many as points, evenly spread',
    query: { range, points: z.coerce.number().int().min(2).max(10_000).optional() },
    answer: usage.sampleGraph,
  },
  'GET /services/:service/panel-graph': {
    clients: 'service',
    outside: true,
    useCase: 'usage.panelGraph',
    summary: "Return the panel's own graph, which is cached",
    query: { range },
    answer: usage.panelGraph,
  },
  'POST /panels/:panel/comparison': {
    useCase: 'usage.compare',
    summary: 'Compare usage and holds with the figures of another tool (keys service, used_gb, limited)',
    body: { rows },
    answer: usage.comparison,
  },
  'GET /holds': {
    list: 'holds',
    title: 'Holds',
    agents: true,
    useCase: 'holds.list',
    summary: 'List holds',
    query: { open: queryFlag },
    answer: holds.holds,
  },
  'GET /services/:service/holds': {
    list: 'holds',
    clients: 'service',
    useCase: 'holds.list',
    summary: 'List the holds of a service',
    query: { open: queryFlag },
    answer: holds.holds,
  },
  'POST /services/:service/holds': {
    useCase: 'holds.add',
    summary: 'Add a manual hold and restrict the service at once',
    body: { dryRun: flag },
    answer: reports.commandReport,
  },
  'POST /services/:service/holds/release': {
    useCase: 'holds.release',
    summary: 'Release the manual hold; with until (YYYY-MM-DD, null ends it) lift all limits for some time',
    body: { dryRun: flag, until: z.string().nullable().optional() },
    answer: reports.commandReport,
  },
  'POST /services/:service/holds/adopt': {
    useCase: 'holds.adopt',
    summary: 'Adopt restrictions of another tool, so that a release undoes them',
    body: {
      reason: z.enum(['quota', 'billing', 'manual']).default('quota'),
      ports: z.array(someText).optional(),
      order: flag,
      forwards: z.array(someText).optional(),
    },
    answer: services.service,
  },
  'POST /holds/release-all': {
    useCase: 'holds.releaseAll',
    summary: 'Lift all restrictions, and switch their panels to observe',
    body: { panel: optionalText, reason: optionalText, dryRun: flag },
    answer: reports.runReport,
  },
  'GET /overrides': {
    list: 'overrides',
    useCase: 'overrides.list',
    summary: 'List overrides, open and past',
    answer: services.overrides,
  },
  'GET /services/:service/overrides': {
    list: 'overrides',
    clients: 'service',
    useCase: 'overrides.list',
    summary: 'List the overrides of a service',
    answer: services.overrides,
  },
  'PUT /services/:service/override': {
    useCase: 'overrides.set',
    summary:
      'Set parts of the override, remove those that are null (quota also removes unlimited), and keep the others; applies from the next run',
    body: { quota: textOrNone, unlimited: flag, mode: textOrNone, action: textOrNone },
    answer: services.service,
  },
  'DELETE /services/:service/override': {
    useCase: 'overrides.clear',
    summary: 'End the override',
    answer: z.object({ service: services.service, ended: z.boolean() }),
  },
  'GET /services/:service/last-panel-graph': {
    clients: 'service',
    useCase: 'usage.lastPanelGraph',
    summary: "Return the panel's own graph as last read; graph is null where none was",
    query: { range },
    answer: usage.lastGraph,
  },
  'GET /services/:service/customer-fields': {
    clients: 'service',
    useCase: 'services.customerMay',
    summary: 'List the fields that the product lets the client change',
    answer: z.object({
      service: z.string(),
      fields: z.array(z.string()),
      observing: z.boolean().describe('Whether nothing of its panel is changed now, so that no field can be'),
      password: z.boolean().describe('Whether these fields let the client get a new, generated password'),
    }),
  },
});
