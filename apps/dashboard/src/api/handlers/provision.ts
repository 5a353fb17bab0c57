import type { GroupEndpoints } from '@sluice/contract/endpoints';
import { toPermit } from '../../access/refusal.js';
import { forbidden } from '../../server/failure.js';
import type { Handlers } from './handler.js';

/** Accounts of services on their panels. */
export const provisionHandlers: Handlers<GroupEndpoints<'provision'>> = {
  'POST /services/:service/provision/renew': ({ sluice, param, body: { ref: own, ...how }, as, ref }) =>
    sluice.provision.renew(param('service'), { ...as, ...how, ref: own ?? ref }),
  'POST /services/:service/provision/change-package': ({ sluice, param, body: { product, ...how }, as }) =>
    sluice.provision.changePackage(param('service'), product, { ...as, ...how }),
  'POST /services/:service/provision/change-password': (call) => {
    const { sluice, param, as, client: reader } = call;
    const { client: askedBy, ...body } = call.body;
    if ((reader ?? askedBy) !== undefined && body.password !== undefined)
      throw forbidden('A client gets a generated password; send none');
    const permit =
      askedBy === undefined || reader !== undefined
        ? call.permit
        : toPermit({ client: askedBy, needs: ['manage'] }, 'provision.changePassword');
    return sluice.provision.changePassword(param('service'), { ...as, ...body, reader, askedBy, permit });
  },
  'POST /services/:service/provision/terminate': ({ sluice, context: { reports }, param, body, as }) =>
    sluice.provision.terminate(param('service'), { ...as, ...body, reports }),
};
