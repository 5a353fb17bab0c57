import { may } from '@sluice/contract';
import { explanation, holds, name, overview, reports, services as schema, usage } from '@sluice/contract/documents';
import * as z from 'zod';
import {
  flag,
  optionalText,
  queryFlag,
  range,
  someText,
  statusFilter,
  textOrNone,
  texts,
} from '../../schemas/common.js';
import { forbidden } from '../../server/failure.js';
import { listRoute, pageAnswer, pageQuery } from './list-route.js';
import { type ApiRoute, route } from './route.js';

const filter = { panel: optionalText, product: optionalText, client: optionalText };
const rows = z.array(texts).max(100_000);
const pairs = texts.refine((where) => Object.keys(where).length > 0, { error: 'names nothing' });

/** Services, their usage, holds and overrides. */
export const serviceRoutes: ApiRoute[] = [
  route('GET /services', {
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
    answer: name('Services', schema.services.extend(pageAnswer)),
    handle: async ({ sluice, query, client }) => {
      if (client !== undefined && query.client !== undefined && query.client !== client)
        return { services: [], total: 0, next: null };
      return sluice.services.list({ ...query, client: client ?? query.client, reader: client });
    },
  }),
  route('GET /services/export', {
    useCase: 'services.export',
    summary: 'List services in the format of an import',
    query: filter,
    answer: z.object({ rows: z.array(z.record(z.string(), z.string())) }),
    handle: async ({ sluice, query }) => ({ rows: await sluice.services.export(query) }),
  }),
  route('POST /services', {
    useCase: 'services.add',
    summary: 'Add a service',
    status: 201,
    body: { id: someText, values: texts, allowDuplicateRefs: flag },
    answer: schema.service,
    handle: ({ sluice, body: { id, values, ...how }, as }) => sluice.services.add(id, values, { ...as, ...how }),
  }),
  route('POST /services/import', {
    useCase: 'services.import',
    summary: 'Add and change services from rows, all or none',
    body: { rows, dryRun: flag, allowDuplicateRefs: flag },
    answer: reports.importReport,
    handle: ({ sluice, body: { rows: imported, ...how }, as }) =>
      sluice.services.import(imported, { ...as, ...how, describe: true }),
  }),
  route('POST /services/sync', {
    useCase: 'services.sync',
    summary: 'Take over services from the billing system; with service only that one, by its id there',
    body: { service: optionalText, product: optionalText, dryRun: flag, allowMass: flag, allowDuplicateRefs: flag },
    answer: reports.syncReport,
    handle: ({ sluice, body, as }) => sluice.services.sync({ ...as, ...body }),
  }),
  route('PATCH /services', {
    useCase: 'services.setWhere',
    summary: 'Change keys of all services that have certain values',
    body: { where: pairs, values: texts, allowDuplicateRefs: flag },
    answer: z.object({ services: z.array(schema.service), changed: z.number(), changes: schema.changes }),
    handle: ({ sluice, body: { where, values, ...how }, as }) =>
      sluice.services.setWhere(Object.entries(where), values, { ...as, ...how }),
  }),
  route('POST /services/plan-change', {
    useCase: 'services.planSetWhere',
    summary: 'Show what a change of several services would store',
    body: { where: pairs, values: texts, allowDuplicateRefs: flag },
    answer: reports.importReport,
    handle: ({ sluice, body: { where, values, ...how }, as }) =>
      sluice.services.planSetWhere(Object.entries(where), values, { ...as, ...how }),
  }),
  route('GET /services/:service', {
    clients: 'service',
    useCase: 'services.show',
    summary: 'Show a service',
    answer: schema.service,
    handle: ({ sluice, param, client }) => sluice.services.show(param('service'), { reader: client }),
  }),
  route('PATCH /services/:service', {
    useCase: 'services.set',
    summary: 'Change keys of a service; an empty text removes a value',
    body: { values: texts, allowDuplicateRefs: flag },
    answer: schema.changedService,
    handle: ({ sluice, param, body: { values, ...how }, as }) =>
      sluice.services.set(param('service'), values, { ...as, ...how }),
  }),
  route('DELETE /services/:service', {
    useCase: 'services.remove',
    summary: 'Remove a service that is not held and has no account',
    answer: schema.service,
    handle: ({ sluice, param, as }) => sluice.services.remove(param('service'), as),
  }),
  route('GET /services/:service/explanation', {
    useCase: 'explain',
    clients: 'service',
    summary: 'Explain why a service is in its state, now or at an instant',
    query: { at: z.iso.datetime({ offset: true }).optional() },
    answer: explanation.explanation,
    handle: ({ sluice, param, query, client: reader }) =>
      sluice.explain(param('service'), {
        at: query.at === undefined ? null : new Date(query.at).toISOString(),
        reader,
      }),
  }),
  listRoute('GET /usage', {
    list: 'services',
    clients: 'own',
    useCase: 'usage.read',
    summary: 'List services with their last usage; refresh reads the panels first',
    query: { ...filter, service: optionalText, refresh: queryFlag },
    answer: schema.services,
    handle: async ({ sluice, query, client, viewer }) => {
      if (client === undefined) return sluice.usage.read(query);
      if (query.refresh === true && !may(viewer, 'usage.refresh'))
        throw forbidden('The token does not permit to read the panels');
      const { services } = await sluice.usage.read({
        panel: query.panel,
        product: query.product,
        client,
        reader: client,
      });
      return { services: services.filter(({ id }) => query.service === undefined || id === query.service) };
    },
  }),
  route('GET /services/:service/usage-history', {
    clients: 'service',
    useCase: 'usage.history',
    summary: 'List the usage of each cycle, newest first',
    answer: usage.history,
    handle: ({ sluice, param, client }) => sluice.usage.history(param('service'), { reader: client }),
  }),
  route('GET /services/:service/graph', {
    clients: 'service',
    useCase: 'usage.graph',
    summary: 'Return the stored readings of a range: all, or about as many as points, evenly spread',
    query: { range, points: z.coerce.number().int().min(2).max(10_000).optional() },
    answer: usage.sampleGraph,
    handle: ({ sluice, param, client, query: { range: of, points } }) =>
      sluice.usage.graph(param('service'), of, { points, reader: client }),
  }),
  route('GET /services/:service/panel-graph', {
    clients: 'service',
    outside: true,
    useCase: 'usage.panelGraph',
    summary: "Return the panel's own graph, which is cached",
    query: { range },
    answer: usage.panelGraph,
    handle: async ({ sluice, param, query, client: reader, signal }) => {
      const { picture, ...graph } = await sluice.usage.panelGraph(param('service'), query.range, { reader, signal });
      return { ...graph, picture: picture === null ? null : Buffer.from(picture).toString('base64') };
    },
  }),
  route('POST /panels/:panel/comparison', {
    useCase: 'usage.compare',
    summary: 'Compare usage and holds with the figures of another tool (keys service, used_gb, limited)',
    body: { rows },
    answer: usage.comparison,
    handle: ({ sluice, param, body, as }) =>
      sluice.usage.compare(
        param('panel'),
        body.rows.map((values, index) => ({ line: index + 1, values })),
        { ...as, file: 'rows' },
      ),
  }),
  listRoute('GET /holds', {
    list: 'holds',
    title: 'Holds',
    agents: true,
    useCase: 'holds.list',
    summary: 'List holds',
    query: { open: queryFlag },
    answer: holds.holds,
    handle: ({ sluice, query }) => sluice.holds.list(query),
  }),
  listRoute('GET /services/:service/holds', {
    list: 'holds',
    clients: 'service',
    useCase: 'holds.list',
    summary: 'List the holds of a service',
    query: { open: queryFlag },
    answer: holds.holds,
    handle: ({ sluice, param, query, client: reader }) =>
      sluice.holds.list({ ...query, service: param('service'), reader }),
  }),
  route('POST /services/:service/holds', {
    useCase: 'holds.add',
    summary: 'Add a manual hold and restrict the service at once',
    body: { dryRun: flag },
    answer: reports.commandReport,
    handle: ({ sluice, param, body, as }) => sluice.holds.add(param('service'), { ...as, ...body }),
  }),
  route('POST /services/:service/holds/release', {
    useCase: 'holds.release',
    summary: 'Release the manual hold; with until (YYYY-MM-DD, null ends it) lift the quota hold for some time',
    body: { dryRun: flag, until: z.string().nullable().optional() },
    answer: reports.commandReport,
    handle: ({ sluice, param, body, as }) => sluice.holds.release(param('service'), { ...as, ...body }),
  }),
  route('POST /services/:service/holds/adopt', {
    useCase: 'holds.adopt',
    summary: 'Adopt restrictions of another tool, so that a release undoes them',
    body: {
      reason: z.enum(['quota', 'billing', 'manual']).default('quota'),
      ports: z.array(someText).optional(),
      order: flag,
      forwards: z.array(someText).optional(),
    },
    answer: schema.service,
    handle: ({ sluice, param, body, as }) => sluice.holds.adopt(param('service'), { ...body, ...as }),
  }),
  route('POST /holds/release-all', {
    useCase: 'holds.releaseAll',
    summary: 'Lift all restrictions, and switch their panels to observe',
    body: { panel: optionalText, reason: optionalText, dryRun: flag },
    answer: reports.runReport,
    handle: ({ sluice, body, as }) => sluice.holds.releaseAll({ ...as, ...body }),
  }),
  listRoute('GET /overrides', {
    list: 'overrides',
    useCase: 'overrides.list',
    summary: 'List overrides, open and past',
    answer: schema.overrides,
    handle: ({ sluice }) => sluice.overrides.list(),
  }),
  listRoute('GET /services/:service/overrides', {
    list: 'overrides',
    clients: 'service',
    useCase: 'overrides.list',
    summary: 'List the overrides of a service',
    answer: schema.overrides,
    handle: ({ sluice, param, client: reader }) => sluice.overrides.list({ service: param('service'), reader }),
  }),
  route('PUT /services/:service/override', {
    useCase: 'overrides.set',
    summary:
      'Set parts of the override, remove those that are null (quota also removes unlimited), and keep the others; applies from the next run',
    body: { quota: textOrNone, unlimited: flag, mode: textOrNone, action: textOrNone },
    answer: schema.service,
    handle: ({ sluice, param, body, as }) => sluice.overrides.set(param('service'), body, as),
  }),
  route('DELETE /services/:service/override', {
    useCase: 'overrides.clear',
    summary: 'End the override',
    answer: z.object({ service: schema.service, ended: z.boolean() }),
    handle: ({ sluice, param, as }) => sluice.overrides.clear(param('service'), as),
  }),
];
