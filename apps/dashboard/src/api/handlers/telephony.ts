import type { GroupEndpoints } from '@sluice/contract/endpoints';
import { usageError } from '@sluice/panel-kind';
import { changeCallerId, changeDestination, type LineChange } from '../../access/line-changes.js';
import type { ApiCall } from '../../requests/api-call.js';
import type { Handlers } from './handler.js';

const RESOURCES = [
  'customers',
  'subscribers',
  'dids',
  'plans',
  'carriers',
  'trunks',
  'routes',
  'rates',
  'countries',
] as const;

function toResource(text: string): (typeof RESOURCES)[number] {
  const found = RESOURCES.find((resource) => resource === text);
  if (found === undefined) throw usageError('bad_request', `"${text}" is not a list: use ${RESOURCES.join(', ')}`);
  return found;
}

type OfLine = Pick<ApiCall, 'sluice' | 'param' | 'client' | 'permit' | 'as'>;

function readLine({ sluice, param, client }: OfLine): ReturnType<ApiCall['sluice']['telephony']['line']> {
  return sluice.telephony.line(param('service'), { reader: client });
}

async function toLineChange(call: OfLine): Promise<LineChange> {
  const { sluice, param, client, permit, as } = call;
  const service = await sluice.services.show(param('service'), { reader: client });
  return { sluice, service, reader: client, permit, as };
}

/** Lines, numbers and lists of telephony systems. */
export const telephonyHandlers: Handlers<GroupEndpoints<'dids' | 'telephony'>> = {
  'PATCH /services/:service/line': async (call) => {
    await changeCallerId(await toLineChange(call), call.body.callerId);
    return readLine(call);
  },
  'PATCH /services/:service/numbers/:number': async (call) => {
    await changeDestination(await toLineChange(call), call.param('number'), call.body.destination);
    return readLine(call);
  },
  'PATCH /dids/:number': ({ sluice, param, body: { values, unlink, ...how }, as }) => {
    if ((values === undefined) === (unlink !== true)) throw usageError('bad_request', 'Name either values or unlink');
    const change = values === undefined ? { subscriber: null } : { values };
    return sluice.dids.set(param('number'), change, { ...as, ...how });
  },
  'GET /telephony/:resource': ({ sluice, param, query: { panel, filter = [] } }) => {
    const pairs = [filter].flat().map((one) => [one.split(':')[0] ?? '', one.slice(one.indexOf(':') + 1)]);
    const filters = Object.fromEntries(pairs) as Record<string, string>;
    return sluice.telephony.list(toResource(param('resource')), { panel, filters });
  },
  'GET /telephony/:resource/:id': ({ sluice, param, query }) =>
    sluice.telephony.show(toResource(param('resource')), param('id'), query),
  'POST /telephony/:resource': ({ sluice, param, body: { values, ...how }, as }) =>
    sluice.telephony.create(toResource(param('resource')), values, { ...as, ...how }),
  'PATCH /telephony/:resource/:id': ({ sluice, param, body, as }) =>
    sluice.telephony.set(toResource(param('resource')), param('id'), { ...as, ...body }),
  'DELETE /telephony/:resource/:id': ({ sluice, param, body, as }) =>
    sluice.telephony.remove(toResource(param('resource')), param('id'), { ...as, ...body }),
};
