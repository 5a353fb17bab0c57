import type { GroupEndpoints } from '@sluice/contract/endpoints';
import type { ApiCall } from '../../requests/api-call.js';
import { readClientCredit } from '../../requests/read-credit.js';
import { notFound } from '../../server/failure.js';
import type { Handlers } from './handler.js';

type OfSubject = Pick<ApiCall, 'param' | 'client'>;

const ofService = ({ param, client }: OfSubject) => ({ service: param('service'), owner: client });
const ofClient = ({ param, client }: OfSubject) => ({ client: param('client'), owner: client });

/** Packages, purchases, credit and invoices. */
export const moneyHandlers: Handlers<GroupEndpoints<'purchases' | 'autoBuy' | 'credit' | 'clients' | 'invoices'>> = {
  'GET /packages': async ({ sluice, context, client: reader, query, readers: { reads } }) => {
    const { service } = query;
    if (service === undefined) return sluice.purchases.packages({ reader });
    const { client } = await sluice.services.show(service, { reader });
    const of = { sluice, now: context.clock.now() };
    const credit = client === null ? null : (await readClientCredit(of, client, reads)).value;
    return sluice.purchases.packages({ reader, service, credit: credit ?? undefined });
  },
  'GET /services/:service/purchases': ({ sluice, client: reader, param }) =>
    sluice.purchases.list({ service: param('service'), reader }),
  'POST /services/:service/purchases': ({
    sluice,
    param,
    client,
    body: { package: name, agreed, client: stated },
    as,
    ref,
  }) => {
    const service = param('service');
    if (client !== undefined && stated !== undefined && stated !== client)
      throw notFound('unknown_service', `There is no service "${service}"`, { service });
    return sluice.purchases.create(service, name, { ...as, client: client ?? stated, agreed, ref });
  },
  'POST /purchases/import': ({ sluice, body: { rows, dryRun }, as }) =>
    sluice.purchases.import(rows, { ...as, dryRun }),
  'GET /services/:service/auto-buy': (call) => call.sluice.autoBuy.show(ofService(call)),
  'PUT /services/:service/auto-buy': (call) => call.sluice.autoBuy.set(ofService(call), call.body, call.as),
  'DELETE /services/:service/auto-buy': async (call) => ({
    autoBuy: (await call.sluice.autoBuy.clear(ofService(call), call.as)).autoBuy,
  }),
  'GET /clients/:client/auto-buy': (call) => call.sluice.autoBuy.show(ofClient(call)),
  'PUT /clients/:client/auto-buy': (call) => call.sluice.autoBuy.set(ofClient(call), call.body, call.as),
  'DELETE /clients/:client/auto-buy': async (call) => ({
    autoBuy: (await call.sluice.autoBuy.clear(ofClient(call), call.as)).autoBuy,
  }),
  'GET /clients/:client/credit': ({ sluice, param, signal }) => sluice.credit.show(param('client'), { signal }),
  'POST /clients/:client/credit': ({ sluice, param, body: { ref: own, ...credit }, as, ref }) =>
    sluice.credit.add(param('client'), { ...credit, ref: own ?? ref }, as),
  'GET /invoices': async ({ sluice, query, client }) => {
    if (client !== undefined && query.client !== undefined && query.client !== client) return { invoices: [] };
    return sluice.invoices.list({ client: client ?? query.client });
  },
  'GET /invoices/:invoice': ({ sluice, param, client: reader, signal }) =>
    sluice.invoices.show(param('invoice'), { signal, reader }),
  'POST /invoices/:invoice/pay': ({ sluice, param, client: reader, as }) =>
    sluice.invoices.pay(param('invoice'), { ...as, reader }),
};
