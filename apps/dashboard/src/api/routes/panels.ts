import { name, panels as schema, reports } from '@sluice/contract/documents';
import * as z from 'zod';
import { flag, optionalText, queryFlag } from '../../schemas/common.js';
import { type ApiRoute, route } from './route.js';

const product = { product: optionalText };
const ofPanel = { panel: optionalText };

/** Panels, products and their switches. */
export const panelRoutes: ApiRoute[] = [
  route('GET /panels', {
    useCase: 'panels.list',
    summary: 'List panels and what each kind supports',
    answer: name('Panels', schema.panels),
    handle: ({ sluice }) => sluice.panels.list(),
  }),
  route('POST /panels/test', {
    useCase: 'panels.test',
    summary: 'Test each panel, or those that are named, with an authenticated read',
    body: { panels: z.array(z.string()).optional() },
    answer: schema.panelTests,
    handle: ({ sluice, body, as }) => sluice.panels.test(body.panels ?? [], as),
  }),
  route('GET /products', {
    useCase: 'panels.products',
    summary: 'List the products that the config declares',
    answer: name('Products', schema.products),
    handle: ({ sluice }) => sluice.panels.products(),
  }),
  route('POST /panels/:panel/observe', {
    useCase: 'panels.observe',
    summary: 'Stop changing a panel immediately; runs go on to read and decide',
    answer: schema.switchReport,
    handle: ({ sluice, param, as }) => sluice.panels.observe(param('panel'), as),
  }),
  route('POST /panels/:panel/enforce', {
    useCase: 'panels.enforce',
    summary: 'Allow runs to change a panel, or only services of one product',
    body: product,
    answer: schema.switchReport,
    handle: ({ sluice, param, body, as }) => sluice.panels.enforce(param('panel'), { ...as, ...body }),
  }),
  route('POST /panels/:panel/as-configured', {
    useCase: 'panels.asConfigured',
    summary: 'Remove the switches of a panel, so that the config applies again',
    body: product,
    answer: schema.switchReport,
    handle: ({ sluice, param, body, as }) => sluice.panels.asConfigured(param('panel'), { ...as, ...body }),
  }),
  route('POST /panels/:panel/plan-enforcing', {
    agents: true,
    useCase: 'panels.planEnforcing',
    summary: 'Show what the first run after enforce would change',
    body: product,
    answer: reports.runReport,
    handle: ({ sluice, param, body, as }) => sluice.panels.planEnforcing(param('panel'), { ...as, ...body }),
  }),
  route('GET /doctor', {
    useCase: 'panels.doctor',
    summary: 'Check store, clock, leases, panels and the last runs',
    query: { panel: optionalText, contract: queryFlag },
    answer: schema.doctorReport,
    handle: ({ sluice, query: { panel, contract = false } }) => sluice.panels.doctor({ panel, contract }),
  }),
  route('POST /clock/accept', {
    useCase: 'clock.accept',
    summary: 'Confirm the clock of this machine, and check everything',
    body: { panel: optionalText, contract: flag },
    answer: schema.doctorReport,
    handle: ({ sluice, body: { panel, contract = false }, as }) =>
      sluice.panels.doctor({ ...as, panel, contract, acceptClock: true }),
  }),
  route('GET /relay/tunnels', {
    useCase: 'panels.tunnels',
    summary: 'List the tunnels of a relay panel',
    query: ofPanel,
    answer: schema.tunnels,
    handle: async ({ sluice, query }) => ({ tunnels: await sluice.panels.tunnels(query) }),
  }),
  route('GET /relay/users', {
    useCase: 'panels.users',
    summary: 'List the accounts of a relay panel with their services',
    query: ofPanel,
    answer: schema.relayUsers,
    handle: async ({ sluice, query }) => ({ users: await sluice.panels.users(query) }),
  }),
  route('GET /relay/speed-limits', {
    useCase: 'panels.speedLimits',
    summary: 'List the speed limits of a relay panel',
    query: ofPanel,
    answer: schema.speedLimits,
    handle: async ({ sluice, query }) => ({ speedLimits: await sluice.panels.speedLimits(query) }),
  }),
  route('GET /relay/tunnel-groups', {
    useCase: 'panels.tunnelGroups',
    summary: 'List the tunnel groups of a relay panel',
    query: ofPanel,
    answer: schema.tunnelGroups,
    handle: async ({ sluice, query }) => ({ tunnelGroups: await sluice.panels.tunnelGroups(query) }),
  }),
  route('GET /services/:service/login-link', {
    clients: 'service',
    useCase: 'panels.loginLink',
    summary: 'Return where the customer of a service logs in',
    answer: schema.loginLink,
    handle: ({ sluice, param }) => sluice.panels.loginLink(param('service')),
  }),
];
