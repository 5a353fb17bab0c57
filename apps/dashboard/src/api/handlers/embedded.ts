import type { EmbeddedEndpoints } from '@sluice/contract/endpoints';
import { clientForCustomer, overviewForStaff } from '../../embedded/embedded-lists.js';
import { serviceForCustomer, serviceForStaff } from '../../embedded/embedded-service.js';
import type { Sluice } from '@sluice/engine';
import { chooseLanguage, type Language } from '@sluice/messages/languages';
import { forbidden } from '../../server/failure.js';
import type { Handlers } from './handler.js';

/** Parts of the pages, for other sites that show them. */
export const embeddedHandlers: Handlers<EmbeddedEndpoints> = {
  'GET /embedded/services/:service': async (call) => {
    const id = call.param('service');
    if (call.query.for === 'customer') return serviceForCustomer(call, id, readLanguage(call));
    if (call.client !== undefined) throw forbidden('The token permits only what clients see');
    return serviceForStaff(call, id);
  },
  'GET /embedded/clients/:client': (call) => clientForCustomer(call, call.param('client'), readLanguage(call)),
  'GET /embedded/overview': (call) => overviewForStaff(call),
};

/** Returns the language of the reader of embedded parts: that of its session on the other site, else that of the config. */
function readLanguage({ query, sluice }: { query: { language?: string | undefined }; sluice: Sluice }): Language {
  return chooseLanguage({ client: query.language, config: sluice.config.serve.language });
}
