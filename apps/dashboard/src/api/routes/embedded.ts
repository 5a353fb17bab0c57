import * as z from 'zod';
import { clientForCustomer, overviewForStaff } from '../../embedded/embedded-lists.js';
import { serviceForCustomer, serviceForStaff } from '../../embedded/embedded-service.js';
import { forbidden } from '../../server/failure.js';
import { type ApiRoute, route } from './route.js';
import * as schema from '../../schemas/embedded.js';

/** Parts of the pages, for other sites that show them. */
export const embeddedRoutes: ApiRoute[] = [
  route('GET /embedded/services/:service', {
    clients: 'service',
    useCase: 'services.show',
    summary: 'Return the parts of the page of a service, for its client or for staff',
    query: { for: z.enum(['customer', 'staff']) },
    answer: schema.embeddedService,
    handle: async (call) => {
      const id = call.param('service');
      if (call.query.for === 'customer') return serviceForCustomer(call, id);
      if (call.client !== undefined) throw forbidden('The token permits only what clients see');
      return serviceForStaff(call, id);
    },
  }),
  route('GET /embedded/clients/:client', {
    clients: 'client',
    useCase: 'services.list',
    summary: 'Return the parts of the first page of a client',
    answer: schema.embeddedClient,
    handle: (call) => clientForCustomer(call, call.param('client')),
  }),
  route('GET /embedded/overview', {
    useCase: 'overview',
    summary: 'Return the parts of the overview of all services',
    answer: schema.embeddedOverview,
    handle: (call) => overviewForStaff(call),
  }),
];
