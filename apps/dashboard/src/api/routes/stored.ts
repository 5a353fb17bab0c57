import { agents, calls, overview, usage } from '@sluice/contract/documents';
import * as z from 'zod';
import { optionalText, queryFlag, range, statusFilter } from '../../schemas/common.js';
import { listRoute } from './list-route.js';
import { type ApiRoute, route } from './route.js';

const positive = z.coerce.number().int().min(1);

/** What is answered from the store, without a call to a panel. */
export const storedRoutes: ApiRoute[] = [
  route('GET /overview', {
    useCase: 'overview',
    summary: 'Show all services at a glance',
    query: {
      ...{ panel: optionalText, product: optionalText, client: optionalText, status: statusFilter.optional() },
      ...{ search: optionalText, drifting: queryFlag, order: overview.order.optional() },
      page: positive.optional(),
      size: positive.max(500).optional(),
    },
    answer: overview.overview,
    handle: ({ sluice, query }) => sluice.overview(query),
  }),
  route('GET /services/:service/last-panel-graph', {
    clients: 'service',
    useCase: 'usage.lastPanelGraph',
    summary: "Return the panel's own graph as last read; graph is null where none was",
    query: { range },
    answer: usage.lastGraph,
    handle: async ({ sluice, param, query, client }) => {
      const found = await sluice.usage.lastPanelGraph(param('service'), query.range, { reader: client });
      if (found === null) return { graph: null };
      const { picture, ...graph } = found;
      return { graph: { ...graph, picture: picture === null ? null : Buffer.from(picture).toString('base64') } };
    },
  }),
  route('GET /services/:service/customer-fields', {
    clients: 'service',
    useCase: 'services.customerMay',
    summary: 'List the fields that the product lets the client change',
    answer: z.object({
      service: z.string(),
      fields: z.array(z.string()),
      observing: z.boolean().describe('Whether nothing of its panel is changed now, so that no field can be'),
    }),
    handle: async ({ sluice, param }) => {
      const { fields, ...terms } = await sluice.services.customerMay(param('service'));
      return { ...terms, fields: [...fields] };
    },
  }),
  route('GET /services/:service/line', {
    clients: 'service',
    outside: true,
    useCase: 'telephony.line',
    summary: 'Show the line of a service with its plan and numbers',
    answer: calls.lineView,
    handle: ({ sluice, param, client: reader, signal }) => sluice.telephony.line(param('service'), { reader, signal }),
  }),
  listRoute('GET /call-bills', {
    list: 'bills',
    clients: 'own',
    useCase: 'calls.bills',
    summary: 'List the stored bills of calls, the newest period of each service first',
    query: { service: optionalText, client: optionalText },
    answer: calls.storedBills,
    handle: async ({ sluice, query, client }) => {
      const { bills } = await sluice.calls.bills(client === undefined ? query : { client });
      const { service, client: asked } = query;
      return {
        bills: bills.filter(
          (bill) =>
            (service === undefined || bill.service === service) && (asked === undefined || bill.client === asked),
        ),
      };
    },
  }),
  route('GET /call-bills/:bill/report', {
    clients: 'own',
    outside: true,
    useCase: 'calls.billReport',
    summary: 'Return the report of a bill as CSV',
    answer: z.object({ name: z.string(), text: z.string() }),
    handle: ({ sluice, param, client, signal }) => sluice.calls.billReport(param('bill'), { reader: client, signal }),
  }),
  route('GET /stored-agents', {
    agents: true,
    useCase: 'agents.listStored',
    summary: 'List agents as last read',
    query: { panel: optionalText },
    answer: agents.agentDetails,
    handle: ({ sluice, query }) => sluice.agents.listStored(query),
  }),
  route('GET /clients/:client/agents', {
    clients: 'client',
    agents: true,
    useCase: 'agents.ofClient',
    summary: 'List the agents that a client is, as last read',
    answer: agents.agentDetails,
    handle: ({ sluice, param, client }) => sluice.agents.ofClient(param('client'), { reader: client }),
  }),
];
