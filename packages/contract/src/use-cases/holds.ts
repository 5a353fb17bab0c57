import { SHOW, OPERATE } from '../callers.js';
import * as z from 'zod/mini';
import {
  commanded,
  flag,
  locked,
  optionalText,
  options,
  ownObject,
  read,
  request,
  accepts,
  text,
  textOrNone,
  rows,
} from './shapes.js';
import { group } from './group.js';

const id = ['id', text] as const;

/** The use cases of `holds`. */
export const holds = group({
  list: {
    callers: SHOW,
    command: 'hold list',
    accepts: () => accepts(options({ ...read, service: optionalText, open: flag })),
    routes: (h) => ({
      'GET /holds': {
        list: 'holds',
        title: 'Holds',
        agents: true,
        summary: 'List holds',
        query: { open: h.queryFlag },
        answer: h.holds.holds,
      },
      'GET /services/:service/holds': {
        list: 'holds',
        clients: 'service',
        summary: 'List the holds of a service',
        query: { open: h.queryFlag },
        answer: h.holds.holds,
      },
    }),
  },
  add: {
    callers: OPERATE,
    command: 'hold add',
    accepts: () => accepts(id, options(commanded)),
    routes: (h) => ({
      'POST /services/:service/holds': {
        summary: 'Add a manual hold and restrict the service at once',
        body: { dryRun: h.flag },
        answer: h.reports.commandReport,
      },
    }),
  },
  release: {
    callers: OPERATE,
    command: 'hold release',
    accepts: () => accepts(id, options({ ...commanded, until: textOrNone })),
    routes: (h) => ({
      'POST /services/:service/holds/release': {
        summary: 'Release the manual hold; with until (YYYY-MM-DD, null ends it) lift all limits for some time',
        body: { dryRun: h.flag, until: h.z.string().nullable().optional() },
        answer: h.reports.commandReport,
      },
    }),
  },
  adopt: {
    callers: OPERATE,
    command: 'hold adopt',
    accepts: () =>
      accepts(
        id,
        request({
          ...locked,
          reason: z.enum(['quota', 'billing', 'manual', 'agent-limit']),
          ports: z.optional(z.array(text)),
          order: flag,
          forwards: z.optional(z.array(text)),
        }),
      ),
    routes: (h) => ({
      'POST /services/:service/holds/adopt': {
        summary: 'Adopt restrictions of another tool, so that a release undoes them',
        body: {
          reason: h.z.enum(['quota', 'billing', 'manual']).default('quota'),
          ports: h.z.array(h.someText).optional(),
          order: h.flag,
          forwards: h.z.array(h.someText).optional(),
        },
        answer: h.services.service,
      },
    }),
  },
  adoptAll: {
    callers: OPERATE,
    command: 'hold adopt --from',
    accepts: () => accepts(rows(), options({ ...locked, dryRun: flag })),
    routes: (h) => ({
      'POST /holds/adopt': {
        summary: 'Adopt restrictions of many services, all rows or none',
        body: { rows: h.rows, dryRun: h.flag },
        answer: h.reports.importReport,
      },
    }),
  },
  releaseAll: {
    callers: OPERATE,
    command: 'hold release --all',
    isLong: true,
    accepts: () =>
      accepts(
        options({
          ...commanded,
          panel: optionalText,
          reason: optionalText,
          // Its content is checked where it is read.
          file: z.optional(z.nullable(ownObject)),
        }),
      ),
    routes: (h) => ({
      'POST /holds/release-all': {
        summary: 'Lift all restrictions, and switch their panels to observe',
        body: { panel: h.optionalText, reason: h.optionalText, dryRun: h.flag },
        answer: h.reports.runReport,
      },
    }),
  },
});
