import type { EmbeddedEndpoints } from '@sluice/contract/endpoints';
import { clientForCustomer, overviewForStaff } from '../../embedded/embedded-lists.js';
import { serviceForCustomer, serviceForStaff } from '../../embedded/embedded-service.js';
import { forbidden } from '../../server/failure.js';
import type { Handlers } from './handler.js';

/** Parts of the pages, for other sites that show them. */
export const embeddedHandlers: Handlers<EmbeddedEndpoints> = {
  'GET /embedded/services/:service': async (call) => {
    const id = call.param('service');
    if (call.query.for === 'customer') return serviceForCustomer(call, id, 'en');
    if (call.client !== undefined) throw forbidden('The token permits only what clients see');
    return serviceForStaff(call, id);
  },
  'GET /embedded/clients/:client': (call) => clientForCustomer(call, call.param('client'), 'en'),
  'GET /embedded/overview': (call) => overviewForStaff(call),
};
