import type { EndpointAnswer, GroupEndpoints, EndpointQuery } from '@sluice/contract/endpoints';
import type { CallReports } from '@sluice/engine/options';
import { usageError } from '@sluice/panel-kind';
import type { ApiCall } from '../../requests/api-call.js';
import { forbidden } from '../../server/failure.js';
import type { Handlers } from './handler.js';

/** Most calls that a list has. */
const MOST_CALLS = 10_000;

type Endpoints = GroupEndpoints<'calls'>;
type Records = EndpointAnswer<Endpoints['GET /calls']>;

/** Keeps reports in memory, for the answer. */
function reportsInMemory(): { reports: CallReports; files: { name: string; text: string }[] } {
  const files: { name: string; text: string }[] = [];
  const open: CallReports['open'] = (name) => {
    const parts: string[] = [];
    return Promise.resolve({
      write: (part) => {
        parts.push(part);
        return Promise.resolve();
      },
      finish: () => {
        files.push({ name, text: parts.join('') });
        return Promise.resolve(name);
      },
      discard: () => Promise.resolve(),
    });
  };
  return { reports: { format: 'rfc4180', open, find: () => Promise.resolve(null) }, files };
}

type Of = { service: string } | { panel: string | undefined; did: string | undefined };

async function listCalls(
  { sluice, query, client, signal }: ApiCall<EndpointQuery<Endpoints['GET /services/:service/calls']>>,
  of: Of,
): Promise<Records> {
  const calls: Records['calls'] = [];
  let left = 0;
  const { direction = null, search = null, outcome = null, whole = false } = query;
  const { period = null, day = null, from = null, to = null } = query;
  const onCall = (call: (typeof calls)[number]): void => {
    if (calls.length < MOST_CALLS) calls.push(call);
    else left++;
  };
  const { service = null, did = null, panel = null } = { service: undefined, did: undefined, panel: undefined, ...of };
  const asked = { service, did, panel, direction, search, outcome, whole, period, day, from, to, onCall };
  const report = await sluice.calls.records(asked, { reader: client, signal });
  return { ...report, calls, truncated: left > 0 };
}

async function makeReport(
  { sluice, query, client, signal }: ApiCall<EndpointQuery<Endpoints['GET /clients/:client/call-report']>>,
  of: { service: string } | { client: string },
): Promise<EndpointAnswer<Endpoints['GET /clients/:client/call-report']>> {
  // The panel would make and keep a report for each request.
  if (query.remote === true && client !== undefined)
    throw forbidden('Only operators let the panel make a report; ask without remote');
  const { reports, files } = reportsInMemory();
  const made = await sluice.calls.report(of, { ...query, reports, reader: client, signal });
  return { ...made, files };
}

/** Calls and their bills. */
export const callHandlers: Handlers<Endpoints> = {
  'POST /calls/bill': ({ sluice, context: { reports }, body, as }) => sluice.calls.bill({ ...as, ...body, reports }),
  'GET /calls': (call) => listCalls(call, { panel: call.query.panel, did: call.query.did }),
  'GET /services/:service/calls': (call) => listCalls(call, { service: call.param('service') }),
  'GET /services/:service/call-report': (call) => makeReport(call, { service: call.param('service') }),
  'GET /clients/:client/call-report': (call) => makeReport(call, { client: call.param('client') }),
  'GET /services/:service/call-price': ({ sluice, param, query, client: reader, signal }) =>
    sluice.calls.simulate({ service: param('service'), ...query }, { reader, signal }),
  'POST /calls/simulate': ({ sluice, body, as }) => {
    const { service = null, plan = null, panel = null, at = null, local = false, incrementBase = null } = body;
    if ((service === null) === (plan === null)) throw usageError('bad_request', 'Name either a plan or a service');
    return sluice.calls.simulate({ ...body, service, plan, panel, at, local, incrementBase }, as);
  },
  'GET /calls/reconciliation': ({ sluice, query: { service = null, period = null } }) =>
    sluice.calls.reconcile({ service, period }),
  'POST /calls/reconciliation': ({ sluice, body: { rows } }) =>
    sluice.calls.reconcile({ with: rows.map((values, index) => ({ line: index + 1, values })), file: 'rows' }),
  'GET /call-bills': async ({ sluice, query, client }) => {
    const { bills } = await sluice.calls.bills(client === undefined ? query : { client, reader: client });
    const isAsked = (key: 'service' | 'client') => (bill: (typeof bills)[number]) =>
      query[key] === undefined || bill[key] === query[key];
    return { bills: bills.filter(isAsked('service')).filter(isAsked('client')) };
  },
};
