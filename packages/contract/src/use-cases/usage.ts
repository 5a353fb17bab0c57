import { SHOW, READ } from '../callers.js';
import * as z from 'zod/mini';
import {
  called,
  flag,
  importRow,
  optionalText,
  options,
  limit,
  range,
  read,
  request,
  accepts,
  text,
  whole,
} from './shapes.js';
import { group, type Http } from './group.js';
import { TRAFFIC_GROUPS } from '../words.js';

const service = ['service', text] as const;

/** Above 0, at most 100. */
const percentile = z.optional(z.number().check(z.positive(), z.maximum(100)));

const ofRange = ['range', range] as const;
/** Whose traffic is summed: in a time, by groups, and of one panel, product or client alone. */
const ofTraffic = () => ({
  range: z.optional(range),
  by: z.optional(z.enum(TRAFFIC_GROUPS)),
  panel: optionalText,
  product: optionalText,
  client: optionalText,
});
const askedTraffic = (h: Http) => ({
  range: h.range,
  by: h.z.enum(TRAFFIC_GROUPS).optional(),
  panel: h.optionalText,
  product: h.optionalText,
  client: h.optionalText,
});

/** The use cases of `usage`. */
export const usage = group({
  read: {
    callers: SHOW,
    command: 'usage',
    accepts: () =>
      accepts(
        options({
          ...read,
          service: optionalText,
          panel: optionalText,
          product: optionalText,
          client: optionalText,
          refresh: flag,
        }),
      ),
    routes: (h) => ({
      'GET /usage': {
        list: 'services',
        clients: 'own',
        summary: 'List services with their last usage; refresh reads the panels first',
        query: { ...h.serviceQuery, service: h.optionalText, refresh: h.queryFlag },
        answer: h.services.services,
      },
    }),
  },
  top: {
    callers: READ,
    command: 'usage top',
    accepts: () =>
      accepts(
        options({
          ...called,
          ...ofTraffic(),
          limit,
          percentile,
        }),
      ),
    routes: (h) => ({
      'GET /usage/top': {
        summary:
          'List who used most in a time: services, or all of a panel, product or client, with mean rates; of services with a percentile of their rates',
        query: {
          ...askedTraffic(h),
          limit: h.z.coerce.number().int().min(1).max(10_000).optional(),
          percentile: h.z.coerce.number().gt(0).max(100).optional(),
        },
        answer: h.usage.top,
      },
    }),
  },
  traffic: {
    callers: READ,
    command: 'usage traffic',
    accepts: () =>
      accepts(
        options({
          ...called,
          ...ofTraffic(),
        }),
      ),
    routes: (h) => ({
      'GET /usage/traffic': {
        summary:
          'Return the traffic of services together over time: of all, or of a panel, product or client; with by, split into the groups with most traffic',
        query: {
          ...askedTraffic(h),
        },
        answer: h.usage.traffic,
      },
    }),
  },
  history: {
    callers: SHOW,
    command: 'usage history',
    accepts: () => accepts(service, options({ ...read, percentile })),
    routes: (h) => ({
      'GET /services/:service/usage-history': {
        clients: 'service',
        summary:
          'List the usage of each cycle, newest first; with percentile, the rates that so much of the time did not exceed',
        query: { percentile: h.z.coerce.number().gt(0).max(100).optional() },
        answer: h.usage.history,
      },
    }),
  },
  graph: {
    callers: SHOW,
    command: 'usage graph',
    accepts: () => accepts(service, ofRange, options({ ...read, points: z.optional(whole(1)) })),
    routes: (h) => ({
      'GET /services/:service/graph': {
        clients: 'service',
        summary: 'Return the stored readings of a range: all, or about as many as points, evenly spread',
        query: { range: h.range, points: h.z.coerce.number().int().min(2).max(10_000).optional() },
        answer: h.usage.sampleGraph,
      },
    }),
  },
  panelGraph: {
    callers: SHOW,
    command: 'usage graph --from-panel',
    accepts: () => accepts(service, ofRange, options(read)),
    routes: (h) => ({
      'GET /services/:service/panel-graph': {
        clients: 'service',
        outside: true,
        summary: "Return the panel's own graph, which is cached",
        query: { range: h.range },
        answer: h.usage.panelGraph,
      },
    }),
  },
  lastPanelGraph: {
    callers: SHOW,
    accepts: () => accepts(service, ofRange, options(read)),
    routes: (h) => ({
      'GET /services/:service/last-panel-graph': {
        clients: 'service',
        summary: "Return the panel's own graph as last read; graph is null where none was",
        query: { range: h.range },
        answer: h.usage.lastGraph,
      },
    }),
  },
  compare: {
    callers: READ,
    command: 'compare',
    accepts: () => accepts(['panel', text], ['rows', z.array(importRow)], request({ ...called, file: text })),
    routes: (h) => ({
      'POST /panels/:panel/comparison': {
        summary: 'Compare usage and holds with the figures of another tool (keys service, used_gb, limited)',
        body: { rows: h.rows },
        answer: h.usage.comparison,
      },
    }),
  },
});
