import { may, mayWithFields } from '@sluice/contract';
import type { GroupEndpoints } from '@sluice/contract/endpoints';
import { forbidden } from '../../server/failure.js';
import type { Handlers } from './handler.js';

function inText(picture: Uint8Array | null): string | null {
  return picture === null ? null : Buffer.from(picture).toString('base64');
}

/** Services, their usage, holds and overrides. */
export const serviceHandlers: Handlers<GroupEndpoints<'services' | 'holds' | 'usage' | 'overrides' | 'explain'>> = {
  'GET /services/:service': ({ sluice, param, client: reader, viewer }) =>
    sluice.services.show(param('service'), { reader, mayBuy: may(viewer, 'purchases.create') }),
  'GET /services': async ({ sluice, query, client, viewer }) => {
    if (client !== undefined && query.client !== undefined && query.client !== client)
      return { services: [], total: 0, next: null };
    const mayBuy = may(viewer, 'purchases.create');
    return sluice.services.list({ ...query, client: client ?? query.client, reader: client, mayBuy });
  },
  'GET /services/export': async ({ sluice, query }) => ({ rows: await sluice.services.export(query) }),
  'POST /services': ({ sluice, body: { id, values, ...how }, as }) =>
    sluice.services.add(id, values, { ...as, ...how }),
  'POST /services/import': ({ sluice, body: { rows, ...how }, as }) =>
    sluice.services.import(rows, { ...as, ...how, describe: true }),
  'PATCH /services': ({ sluice, body: { where, values, ...how }, as }) =>
    sluice.services.setWhere(Object.entries(where), values, { ...as, ...how }),
  'POST /services/plan-change': ({ sluice, body: { where, values, ...how }, as }) =>
    sluice.services.planSetWhere(Object.entries(where), values, { ...as, ...how }),
  'PATCH /services/:service': ({ sluice, param, body: { values, ...how }, as }) =>
    sluice.services.set(param('service'), values, { ...as, ...how }),
  'GET /services/:service/explanation': ({ sluice, param, query, client: reader }) =>
    sluice.explain(param('service'), { at: query.at === undefined ? null : new Date(query.at).toISOString(), reader }),
  'GET /usage': async ({ sluice, query, client, viewer }) => {
    if (query.refresh === true && !may(viewer, 'usage.refresh'))
      throw forbidden('The token does not permit to read the panels');
    if (client === undefined) return sluice.usage.read(query);
    if (query.client !== undefined && query.client !== client) return { services: [] };
    const { panel, product, service } = query;
    return sluice.usage.read({ panel, product, service, client, reader: client });
  },
  'GET /usage/top': ({ sluice, query }) => sluice.usage.top(query),
  'GET /usage/traffic': ({ sluice, query }) => sluice.usage.traffic(query),
  'GET /services/:service/graph': ({ sluice, param, client, query: { range, points } }) =>
    sluice.usage.graph(param('service'), range, { points, reader: client }),
  'GET /services/:service/panel-graph': async ({ sluice, param, query, client: reader, signal }) => {
    const { picture, ...graph } = await sluice.usage.panelGraph(param('service'), query.range, { reader, signal });
    return { ...graph, picture: inText(picture) };
  },
  'GET /services/:service/last-panel-graph': async ({ sluice, param, query, client: reader }) => {
    const found = await sluice.usage.lastPanelGraph(param('service'), query.range, { reader });
    return { graph: found === null ? null : { ...found, picture: inText(found.picture) } };
  },
  'POST /panels/:panel/comparison': ({ sluice, param, body: { rows }, as }) => {
    const lines = rows.map((values, index) => ({ line: index + 1, values }));
    return sluice.usage.compare(param('panel'), lines, { ...as, file: 'rows' });
  },
  'POST /holds/adopt': ({ sluice, body: { rows, dryRun }, as }) => sluice.holds.adoptAll(rows, { ...as, dryRun }),
  'GET /services/:service/holds': ({ sluice, param, query, client: reader }) =>
    sluice.holds.list({ ...query, service: param('service'), reader }),
  'GET /services/:service/overrides': ({ sluice, param, client: reader }) =>
    sluice.overrides.list({ service: param('service'), reader }),
  'PUT /services/:service/override': ({ sluice, param, body, as }) => sluice.overrides.set(param('service'), body, as),
  'GET /services/:service/customer-fields': async ({ sluice, param }) => {
    const { service, ...terms } = await sluice.services.customerMay(param('service'));
    const password = mayWithFields({ client: '', needs: ['manage'] }, 'provision.changePassword', terms);
    return { service, fields: [...terms.fields], observing: terms.observing, password };
  },
};
