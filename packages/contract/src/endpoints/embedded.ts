import * as z from 'zod';
import * as embedded from '../documents/embedded.js';
import { endpoints } from './endpoint.js';

/** Parts of the pages, for other sites that show them. */
export const embeddedEndpoints = endpoints({
  'GET /embedded/services/:service': {
    clients: 'service',
    useCase: 'services.show',
    summary: 'Return the parts of the page of a service, for its client or for staff',
    query: { for: z.enum(['customer', 'staff']) },
    answer: embedded.embeddedService,
  },
  'GET /embedded/clients/:client': {
    clients: 'client',
    useCase: 'services.list',
    summary: 'Return the parts of the first page of a client',
    answer: embedded.embeddedClient,
  },
  'GET /embedded/overview': {
    useCase: 'overview',
    summary: 'Return the parts of the overview of all services',
    answer: embedded.embeddedOverview,
  },
});
