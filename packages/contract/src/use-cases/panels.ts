import { READ, SERVER, OPERATE, SHOW } from '../callers.js';
import * as z from 'zod/mini';
import { called, flag, optionalText, options, ownObject, accepts, read, text, textOrNone } from './shapes.js';
import { group, type Http } from './group.js';

const panel = ['panel', text] as const;

const ofProduct = () => options({ ...called, product: textOrNone });

const relay = { ...called, panel: optionalText };

const product = (h: Http) => ({ product: h.optionalText });

const ofPanel = (h: Http) => ({ panel: h.optionalText });

/** The use cases of `panels`. */
export const panels = group({
  list: {
    callers: READ,
    command: 'panel list',
    accepts: () => accepts(options(called)),
    routes: (h) => ({
      'GET /panels': {
        summary: 'List panels and what each kind supports',
        answer: h.name('Panels', h.panels.panels),
      },
    }),
  },
  capabilities: {
    callers: SERVER,
    accepts: () => accepts(panel, options(called)),
  },
  products: {
    callers: READ,
    accepts: () => accepts(options(called)),
    routes: (h) => ({
      'GET /products': {
        summary: 'List the products that the config declares',
        answer: h.name('Products', h.panels.products),
      },
    }),
  },
  test: {
    callers: READ,
    command: 'panel test',
    accepts: () => accepts(['names', z.optional(z.readonly(z.array(text)))], options(called)),
    routes: (h) => ({
      'POST /panels/test': {
        summary: 'Test each panel, or those that are named, with an authenticated read',
        body: { panels: h.z.array(h.z.string()).optional() },
        answer: h.panels.panelTests,
      },
    }),
  },
  unassigned: {
    callers: READ,
    command: 'panel unassigned',
    accepts: () => accepts(panel, options(called)),
    routes: (h) => ({
      'GET /panels/:panel/unassigned': {
        summary: 'List what a panel has that no service names: services, orders, users, lines, numbers',
        answer: h.panels.unassigned,
        list: 'entries',
        title: 'UnassignedEntries',
      },
    }),
  },
  observe: {
    callers: OPERATE,
    command: 'observe',
    accepts: () => accepts(panel, options(called)),
    routes: (h) => ({
      'POST /panels/:panel/observe': {
        summary: 'Stop changing a panel immediately; runs go on to read and decide',
        answer: h.panels.switchReport,
      },
    }),
  },
  enforce: {
    callers: OPERATE,
    command: 'enforce',
    accepts: () => accepts(panel, ofProduct()),
    routes: (h) => ({
      'POST /panels/:panel/enforce': {
        summary: 'Allow runs to change a panel, or only services of one product',
        body: product(h),
        answer: h.panels.switchReport,
      },
    }),
  },
  asConfigured: {
    callers: OPERATE,
    command: ['observe --as-configured', 'enforce --as-configured'],
    accepts: () => accepts(panel, ofProduct()),
    routes: (h) => ({
      'POST /panels/:panel/as-configured': {
        summary: 'Remove the switches of a panel, or that of a product, so that the config applies again',
        body: product(h),
        answer: h.panels.switchReport,
      },
    }),
  },
  planEnforcing: {
    callers: READ,
    command: 'enforce',
    accepts: () => accepts(panel, ofProduct()),
    routes: (h) => ({
      'POST /panels/:panel/plan-enforcing': {
        agents: true,
        summary: 'Show what the first run after enforce would change',
        body: product(h),
        answer: h.reports.runReport,
      },
    }),
  },
  doctor: {
    callers: READ,
    command: ['doctor', 'doctor --take-over'],
    accepts: () =>
      accepts(
        options({
          ...called,
          panel: optionalText,
          contract: flag,
          acceptClock: flag,
          takeOver: flag,
          standInFor: z.optional(ownObject),
        }),
      ),
    routes: (h) => ({
      'GET /doctor': {
        summary: 'Check store, clock, leases, panels and the last runs',
        query: { panel: h.optionalText, contract: h.queryFlag },
        answer: h.panels.doctorReport,
      },
    }),
  },
  tunnels: {
    callers: READ,
    command: 'tunnel list',
    accepts: () => accepts(options(relay)),
    routes: (h) => ({
      'GET /relay/tunnels': {
        summary: 'List the tunnels of a relay panel',
        query: ofPanel(h),
        answer: h.panels.tunnels,
      },
    }),
  },
  users: {
    callers: READ,
    command: 'relay users',
    accepts: () => accepts(options(relay)),
    routes: (h) => ({
      'GET /relay/users': {
        summary: 'List the accounts of a relay panel with their services',
        query: ofPanel(h),
        answer: h.panels.relayUsers,
      },
    }),
  },
  speedLimits: {
    callers: READ,
    command: 'relay speed-limits',
    accepts: () => accepts(options({ ...relay, only: optionalText })),
    routes: (h) => ({
      'GET /relay/speed-limits': {
        summary: 'List the speed limits of a relay panel',
        query: ofPanel(h),
        answer: h.panels.speedLimits,
      },
    }),
  },
  tunnelGroups: {
    callers: READ,
    command: 'relay tunnel-groups',
    accepts: () => accepts(options({ ...relay, only: optionalText })),
    routes: (h) => ({
      'GET /relay/tunnel-groups': {
        summary: 'List the tunnel groups of a relay panel',
        query: ofPanel(h),
        answer: h.panels.tunnelGroups,
      },
    }),
  },
  loginLink: {
    callers: SHOW,
    command: 'relay login-link',
    accepts: () => accepts(['service', text], options(read)),
    routes: (h) => ({
      'GET /services/:service/login-link': {
        clients: 'service',
        summary: 'Return where the customer of a service logs in',
        answer: h.panels.loginLink,
      },
    }),
  },
});
