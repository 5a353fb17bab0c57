import { calls as schema } from '@sluice/contract/documents';
import type { CallReports } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind';
import * as z from 'zod';
import { flag, optionalText, queryFlag, someText, texts } from '../../schemas/common.js';
import { changeCallerId, changeDestination, type LineChange } from '../../access/line-changes.js';
import { forbidden } from '../../server/failure.js';
import { type ApiRoute, route } from './route.js';
import type { ApiCall } from '../../requests/api-call.js';

/** Most calls in one answer. */
const MOST_CALLS = 10_000;

const resource = z.enum([
  'customers',
  'subscribers',
  'dids',
  'plans',
  'carriers',
  'trunks',
  'routes',
  'rates',
  'countries',
]);
const fields = { panel: optionalText, values: texts, dryRun: flag };
const didOptions = { panel: optionalText, dryRun: flag };
const ofAddon = { addon: optionalText, areaCode: optionalText };
const period = someText.describe('previous-month, YYYY-MM, or FROM..TO');

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

const callQuery = {
  direction: z.enum(['inbound', 'outbound']).optional(),
  day: optionalText,
  from: optionalText,
  to: optionalText,
};
type CallQuery = z.output<z.ZodObject<typeof callQuery>>;

function toCallsHandler(of: { service?: string | undefined; did?: string | undefined; panel?: string | undefined }) {
  return async (call: Pick<ApiCall<CallQuery>, 'sluice' | 'query' | 'client' | 'signal'>) => {
    const { sluice, query, client, signal } = call;
    const calls: z.input<typeof schema.callRecords>['calls'] = [];
    let left = 0;
    const { service = null, did = null, panel = null } = of;
    const { direction = null, day = null, from = null, to = null } = query;
    const onCall = (call: (typeof calls)[number]): void => {
      if (calls.length < MOST_CALLS) calls.push(call);
      else left++;
    };
    const asked = { service, did, panel, direction, day, from, to, onCall };
    const report = await sluice.calls.records(asked, { reader: client, signal });
    return { ...report, calls, truncated: left > 0 };
  };
}

type OfLine = Pick<ApiCall, 'sluice' | 'param' | 'client' | 'as'>;

function readLine({ sluice, param, client }: OfLine): ReturnType<ApiCall['sluice']['telephony']['line']> {
  return sluice.telephony.line(param('service'), { reader: client });
}

async function toLineChange(call: OfLine): Promise<LineChange> {
  const { sluice, param, client, as } = call;
  const service = await sluice.services.show(param('service'), { reader: client });
  return { sluice, service, line: await readLine(call), as };
}

const didVerbs = (['suspend', 'unsuspend', 'release'] as const).map((verb) =>
  route(`POST /dids/:number/${verb}`, {
    useCase: `dids.${verb}`,
    summary: { suspend: 'Suspend a number', unsuspend: 'End its suspension', release: 'End a number' }[verb],
    body: { ...didOptions, ...ofAddon, service: optionalText },
    answer: schema.didReport,
    handle: ({ sluice, param, body, as }) => sluice.dids[verb](param('number'), { ...as, ...body }),
  }),
);

/** Calls, numbers and lists of telephony systems. */
export const callRoutes: ApiRoute[] = [
  route('POST /calls/bill', {
    useCase: 'calls.bill',
    summary: 'Add the calls of a period to an invoice, once',
    body: {
      service: optionalText,
      invoice: optionalText,
      period: period.optional(),
      final: flag,
      resend: flag,
      zeroLine: flag,
      allowUnrated: flag,
      verifyRating: flag,
      dryRun: flag,
    },
    answer: schema.callBills,
    handle: ({ sluice, context, body, as }) => sluice.calls.bill({ ...as, ...body, reports: context.reports }),
  }),
  route('GET /calls', {
    useCase: 'calls.records',
    summary: 'List calls of a panel or number, by default those of today',
    query: { ...callQuery, panel: optionalText, did: optionalText },
    answer: schema.callRecords,
    handle: ({ query: { panel, did, ...query }, ...call }) => toCallsHandler({ panel, did })({ ...call, query }),
  }),
  route('GET /services/:service/calls', {
    clients: 'service',
    outside: true,
    useCase: 'calls.records',
    summary: 'List the calls of a service, by default those of today',
    query: callQuery,
    answer: schema.callRecords,
    handle: (call) => toCallsHandler({ service: call.param('service') })(call),
  }),
  ...(['service', 'client'] as const).map((subject) =>
    route(`GET /${subject}s/:${subject}/call-report`, {
      clients: subject,
      outside: true,
      useCase: 'calls.report',
      summary: `Make the report (CSV) of a period of a ${subject}, and bill nothing`,
      query: { period, remote: queryFlag },
      answer: schema.callReports,
      handle: async ({ sluice, param, query, client, signal }) => {
        // The panel would make and keep a report for each request.
        if (query.remote === true && client !== undefined)
          throw forbidden('Only operators let the panel make a report; ask without remote');
        const { reports, files } = reportsInMemory();
        const of = subject === 'service' ? { service: param('service') } : { client: param('client') };
        const made = await sluice.calls.report(of, { ...query, reports, reader: client, signal });
        return { reports: made.reports, files };
      },
    }),
  ),
  route('POST /calls/simulate', {
    useCase: 'calls.simulate',
    summary: 'Return what a call would cost by the plan of a service, or by a plan',
    body: {
      destination: someText,
      seconds: z.int().min(0).max(999_999),
      service: optionalText,
      plan: optionalText,
      panel: optionalText,
      at: optionalText,
      local: flag,
      incrementBase: z.enum(['after-initial', 'whole-duration']).optional(),
    },
    answer: schema.simulatedCall,
    handle: ({ sluice, body, as }) => {
      const {
        service = null,
        plan = null,
        panel = null,
        at = null,
        local = false,
        incrementBase = null,
        ...asked
      } = body;
      if ((service === null) === (plan === null)) throw usageError('bad_request', 'Name either a plan or a service');
      return sluice.calls.simulate({ ...asked, service, plan, panel, at, local, incrementBase }, as);
    },
  }),
  route('GET /calls/reconciliation', {
    useCase: 'calls.reconcile',
    summary: 'Compare what was billed with the records of now, and bill nothing',
    query: { service: optionalText, period: period.optional() },
    answer: schema.comparedBills,
    handle: ({ sluice, query: { service = null, period: of = null } }) =>
      sluice.calls.reconcile({ service, period: of }),
  }),
  route('PATCH /services/:service/line', {
    clients: 'service',
    outside: true,
    useCase: 'telephony.set',
    summary: 'Change the number that others see when the line of a service calls',
    body: { callerId: someText },
    answer: schema.lineView,
    handle: async (call) => {
      const change = await toLineChange(call);
      await changeCallerId(change, call.body.callerId);
      return readLine(call);
    },
  }),
  route('PATCH /services/:service/numbers/:number', {
    clients: 'service',
    outside: true,
    useCase: 'dids.set',
    summary: 'Change where calls to a number of the line of a service go; an empty text is the line itself',
    body: { destination: z.string() },
    answer: schema.lineView,
    handle: async (call) => {
      const change = await toLineChange(call);
      await changeDestination(change, call.param('number'), call.body.destination);
      return readLine(call);
    },
  }),
  route('POST /dids/:number/link', {
    useCase: 'dids.link',
    summary: 'Link a number to the line of a service',
    body: {
      service: someText,
      ...ofAddon,
      carrier: optionalText,
      channels: z.int().min(1).optional(),
      destination: optionalText,
      dryRun: flag,
    },
    answer: schema.didReport,
    handle: ({ sluice, param, body, as }) => sluice.dids.link(param('number'), { ...as, ...body }),
  }),
  route('PATCH /dids/:number', {
    useCase: 'dids.set',
    summary: 'Set fields of a number, or with unlink true end its link to a line',
    body: { ...didOptions, values: texts.optional(), unlink: flag },
    answer: schema.didReport,
    handle: ({ sluice, param, body: { values, unlink, ...how }, as }) => {
      if ((values === undefined) === (unlink !== true)) throw usageError('bad_request', 'Name either values or unlink');
      const change = values === undefined ? { subscriber: null } : { values };
      return sluice.dids.set(param('number'), change, { ...as, ...how });
    },
  }),
  ...didVerbs,
  route('GET /telephony/:resource', {
    useCase: 'telephony.list',
    summary:
      'List records of a telephony system: customers, subscribers, dids, plans, carriers, trunks, routes, rates, countries',
    query: {
      panel: optionalText,
      filter: z
        .union([z.string(), z.array(z.string())])
        .optional()
        .describe('FIELD:VALUE, repeatable'),
    },
    answer: schema.records,
    handle: ({ sluice, param, query: { panel, filter = [] } }) => {
      const pairs = [filter].flat().map((one) => [one.split(':')[0] ?? '', one.slice(one.indexOf(':') + 1)]);
      return sluice.telephony.list(toResource(param('resource')), {
        panel,
        filters: Object.fromEntries(pairs) as Record<string, string>,
      });
    },
  }),
  route('GET /telephony/:resource/:id', {
    useCase: 'telephony.show',
    summary: 'Show a record, by its id or name',
    query: { panel: optionalText },
    answer: schema.records,
    handle: ({ sluice, param, query }) => sluice.telephony.show(toResource(param('resource')), param('id'), query),
  }),
  route('POST /telephony/:resource', {
    useCase: 'telephony.create',
    summary: 'Create a record; one that exists already with these values stays',
    status: 201,
    body: fields,
    answer: schema.recordChange,
    handle: ({ sluice, param, body: { values, ...how }, as }) =>
      sluice.telephony.create(toResource(param('resource')), values, { ...as, ...how }),
  }),
  route('PATCH /telephony/:resource/:id', {
    useCase: 'telephony.set',
    summary: 'Change fields of a record; an empty text clears a field',
    body: fields,
    answer: schema.recordChange,
    handle: ({ sluice, param, body, as }) =>
      sluice.telephony.set(toResource(param('resource')), param('id'), { ...as, ...body }),
  }),
  route('DELETE /telephony/:resource/:id', {
    useCase: 'telephony.remove',
    summary: 'Remove a record',
    body: didOptions,
    answer: schema.recordChange,
    handle: ({ sluice, param, body, as }) =>
      sluice.telephony.remove(toResource(param('resource')), param('id'), { ...as, ...body }),
  }),
];

function toResource(text: string): z.output<typeof resource> {
  const { data } = resource.safeParse(text);
  if (data === undefined)
    throw usageError('bad_request', `"${text}" is not a list: use ${resource.options.join(', ')}`);
  return data;
}
