import * as z from 'zod';
import { name } from '../documents/common.js';
import * as panels from '../documents/panels.js';
import * as reports from '../documents/reports.js';
import { endpoints } from './endpoint.js';
import { flag, optionalText, queryFlag } from './inputs.js';

const product = { product: optionalText };
const ofPanel = { panel: optionalText };

/** Panels, products and their switches. */
export const panelEndpoints = endpoints({
  'GET /panels': {
    useCase: 'panels.list',
    summary: 'List panels and what each kind supports',
    answer: name('Panels', panels.panels),
  },
  'POST /panels/test': {
    useCase: 'panels.test',
    summary: 'Test each panel, or those that are named, with an authenticated read',
    body: { panels: z.array(z.string()).optional() },
    answer: panels.panelTests,
  },
  'GET /products': {
    useCase: 'panels.products',
    summary: 'List the products that the config declares',
    answer: name('Products', panels.products),
  },
  'POST /panels/:panel/observe': {
    useCase: 'panels.observe',
    summary: 'Stop changing a panel immediately; runs go on to read and decide',
    answer: panels.switchReport,
  },
  'POST /panels/:panel/enforce': {
    useCase: 'panels.enforce',
    summary: 'Allow runs to change a panel, or only services of one product',
    body: product,
    answer: panels.switchReport,
  },
  'POST /panels/:panel/as-configured': {
    useCase: 'panels.asConfigured',
    summary: 'Remove the switches of a panel, or that of a product, so that the config applies again',
    body: product,
    answer: panels.switchReport,
  },
  'POST /panels/:panel/plan-enforcing': {
    agents: true,
    useCase: 'panels.planEnforcing',
    summary: 'Show what the first run after enforce would change',
    body: product,
    answer: reports.runReport,
  },
  'GET /doctor': {
    useCase: 'panels.doctor',
    summary: 'Check store, clock, leases, panels and the last runs',
    query: { panel: optionalText, contract: queryFlag },
    answer: panels.doctorReport,
  },
  'POST /clock/accept': {
    useCase: 'clock.accept',
    summary: 'Confirm the clock of this machine, and check everything',
    body: { panel: optionalText, contract: flag },
    answer: panels.doctorReport,
  },
  'GET /relay/tunnels': {
    useCase: 'panels.tunnels',
    summary: 'List the tunnels of a relay panel',
    query: ofPanel,
    answer: panels.tunnels,
  },
  'GET /relay/users': {
    useCase: 'panels.users',
    summary: 'List the accounts of a relay panel with their services',
    query: ofPanel,
    answer: panels.relayUsers,
  },
  'GET /relay/speed-limits': {
    useCase: 'panels.speedLimits',
    summary: 'List the speed limits of a relay panel',
    query: ofPanel,
    answer: panels.speedLimits,
  },
  'GET /relay/tunnel-groups': {
    useCase: 'panels.tunnelGroups',
    summary: 'List the tunnel groups of a relay panel',
    query: ofPanel,
    answer: panels.tunnelGroups,
  },
  'GET /services/:service/login-link': {
    clients: 'service',
    useCase: 'panels.loginLink',
    summary: 'Return where the customer of a service logs in',
    answer: panels.loginLink,
  },
});
