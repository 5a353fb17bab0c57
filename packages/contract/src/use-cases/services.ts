import { OPERATE, READ, SHOW, SERVER } from '../callers.js';
import * as z from 'zod/mini';
import { serviceFilter } from './instance.js';
import {
  called,
  flag,
  limit,
  locked,
  optionalText,
  options,
  read,
  refs,
  accepts,
  text,
  texts,
  rows,
} from './shapes.js';
import { group, type Http } from './group.js';

const id = ['id', text] as const;

const where = () => ['where', z.readonly(z.array(z.readonly(z.tuple([text, text]))))] as const;

const values = ['texts', texts] as const;

const ofReader = (h: Http) =>
  h.z
    .string()
    .max(40)
    .optional()
    .describe(
      'Language of the reader on the other site: en, fa, zh-CN, pt-BR, another tag of these, or the name that WHMCS has for it, such as farsi; any other counts as none. Default by serve.language, else English',
    );

const pairs = (h: Http) => h.texts.refine((where) => Object.keys(where).length > 0, { error: 'names nothing' });

/** The use cases of `services`. */
export const services = group({
  import: {
    callers: OPERATE,
    command: 'service import',
    accepts: () => accepts(rows(), options({ ...locked, ...refs, dryRun: flag, describe: flag })),
    routes: (h) => ({
      'POST /services/import': {
        summary: 'Add and change services from rows, all or none',
        body: { rows: h.rows, dryRun: h.flag, allowDuplicateRefs: h.flag },
        answer: h.reports.importReport,
      },
    }),
  },
  add: {
    callers: OPERATE,
    command: 'service add',
    accepts: () => accepts(id, values, options({ ...called, ...refs })),
    routes: (h) => ({
      'POST /services': {
        summary: 'Add a service',
        status: 201,
        body: { id: h.someText, values: h.texts, allowDuplicateRefs: h.flag },
        answer: h.services.service,
      },
    }),
  },
  set: {
    callers: OPERATE,
    command: 'service set',
    accepts: () => accepts(id, values, options({ ...locked, ...refs })),
    routes: (h) => ({
      'PATCH /services/:service': {
        summary: 'Change keys of a service; an empty text removes a value',
        body: { values: h.texts, allowDuplicateRefs: h.flag },
        answer: h.services.changedService,
      },
    }),
  },
  setWhere: {
    callers: OPERATE,
    command: 'service set --where',
    accepts: () => accepts(where(), values, options({ ...locked, ...refs })),
    routes: (h) => ({
      'PATCH /services': {
        summary: 'Change keys of all services that have certain values',
        body: { where: pairs(h), values: h.texts, allowDuplicateRefs: h.flag },
        answer: h.z.object({
          services: h.z.array(h.services.service),
          changed: h.z.number(),
          changes: h.services.changes,
        }),
      },
    }),
  },
  planSetWhere: {
    callers: READ,
    command: 'service set --dry-run',
    accepts: () => accepts(where(), values, options({ ...called, ...refs })),
    routes: (h) => ({
      'POST /services/plan-change': {
        summary: 'Show what a change of several services would store',
        body: { where: pairs(h), values: h.texts, allowDuplicateRefs: h.flag },
        answer: h.reports.importReport,
      },
    }),
  },
  sync: {
    callers: OPERATE,
    command: 'service sync',
    accepts: () =>
      accepts(
        options({ ...locked, ...refs, dryRun: flag, service: optionalText, product: optionalText, allowMass: flag }),
      ),
    routes: (h) => ({
      'POST /services/sync': {
        summary: 'Take over services from the billing system; with service only that one, by its id there',
        body: {
          service: h.optionalText,
          product: h.optionalText,
          dryRun: h.flag,
          allowMass: h.flag,
          allowDuplicateRefs: h.flag,
        },
        answer: h.reports.syncReport,
      },
    }),
  },
  remove: {
    callers: OPERATE,
    command: 'service remove',
    accepts: () => accepts(id, options(locked)),
    routes: (h) => ({
      'DELETE /services/:service': {
        summary: 'Remove a service that is not held and has no account',
        answer: h.services.service,
      },
    }),
  },
  show: {
    callers: SHOW,
    command: 'service show',
    accepts: () => accepts(id, options({ ...read, mayBuy: flag })),
    routes: (h) => ({
      'GET /services/:service': {
        clients: 'service',
        summary: 'Show a service',
        answer: h.services.service,
      },
      'GET /embedded/services/:service': {
        clients: 'service',
        summary: 'Return the parts of the page of a service, for its client or for staff',
        query: { for: h.z.enum(['customer', 'staff']), language: ofReader(h) },
        answer: h.embedded.embeddedService,
      },
    }),
  },
  isOf: {
    callers: SERVER,
    accepts: () => accepts(id, ['client', text]),
  },
  language: {
    callers: SERVER,
    accepts: () => accepts(['client', text]),
  },
  customerMay: {
    callers: SHOW,
    accepts: () => accepts(id, options(called)),
    routes: (h) => ({
      'GET /services/:service/customer-fields': {
        clients: 'service',
        summary: 'List the fields that the product lets the client change',
        answer: h.z.object({
          service: h.z.string(),
          fields: h.z.array(h.z.string()),
          observing: h.z.boolean().describe('Whether nothing of its panel is changed now, so that no field can be'),
          password: h.z.boolean().describe('Whether these fields let the client get a new, generated password'),
        }),
      },
    }),
  },
  list: {
    callers: SHOW,
    command: 'service list',
    accepts: () => accepts(options({ ...read, mayBuy: flag, ...serviceFilter(), after: optionalText, limit })),
    routes: (h) => ({
      'GET /services': {
        clients: 'own',
        summary: 'List services: all, or with limit a page',
        query: {
          ...h.serviceQuery,
          status: h.statusFilter.optional(),
          search: h.optionalText.describe(
            'Part of an id, client, product or name, or of the e-mail address of a client, however it is written',
          ),
          drifting: h.queryFlag.describe('Only where the panel differs from what it should be'),
          order: h.overview.order
            .optional()
            .describe('Default by id; by figures, pages are those of the figures of their time'),
          ...h.pageQuery,
        },
        answer: h.name('Services', h.services.services.extend(h.pageAnswer)),
      },
      'GET /embedded/clients/:client': {
        clients: 'client',
        summary: 'Return the parts of the first page of a client',
        query: { language: ofReader(h) },
        answer: h.embedded.embeddedClient,
      },
    }),
  },
  export: {
    callers: READ,
    command: 'service export',
    accepts: () => accepts(options({ ...called, panel: optionalText, product: optionalText, client: optionalText })),
    routes: (h) => ({
      'GET /services/export': {
        summary: 'List services in the format of an import',
        query: h.serviceQuery,
        answer: h.z.object({ rows: h.z.array(h.z.record(h.z.string(), h.z.string())) }),
      },
    }),
  },
});
