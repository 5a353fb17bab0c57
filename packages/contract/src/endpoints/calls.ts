import * as z from 'zod';
import * as calls from '../documents/calls.js';
import { endpoints } from './endpoint.js';
import { flag, optionalText, queryFlag, someText } from './inputs.js';
import { DIRECTIONS, INCREMENT_BASES } from '../words.js';

const period = someText.describe('previous-month, YYYY-MM, or FROM..TO');
const callQuery = {
  direction: z.enum(DIRECTIONS).optional(),
  day: optionalText,
  from: optionalText,
  to: optionalText,
};
const report = {
  outside: true,
  useCase: 'calls.report',
  query: { period, remote: queryFlag },
  answer: calls.callReports,
} as const;

/** Calls and their bills. */
export const callEndpoints = endpoints({
  'POST /calls/bill': {
    useCase: 'calls.bill',
    summary: 'Add the calls of a period to an invoice, once',
    body: {
      service: optionalText,
      invoice: optionalText,
      period: period.optional(),
      final: flag.describe('Bill the line of service until now; without period'),
      resend: flag,
      zeroLine: flag,
      allowUnrated: flag,
      verifyRating: flag,
      dryRun: flag,
    },
    answer: calls.callBills,
  },
  'GET /calls': {
    useCase: 'calls.records',
    summary: 'List calls of a panel or number, by default those of today',
    query: { ...callQuery, panel: optionalText, did: optionalText },
    answer: calls.callRecords,
  },
  'GET /services/:service/calls': {
    clients: 'service',
    outside: true,
    useCase: 'calls.records',
    summary: 'List the calls of a service, by default those of today',
    query: callQuery,
    answer: calls.callRecords,
  },
  'GET /services/:service/call-report': {
    ...report,
    clients: 'service',
    summary: 'Make the report (CSV) of a period of a service, and bill nothing',
  },
  'GET /clients/:client/call-report': {
    ...report,
    clients: 'client',
    summary: 'Make the report (CSV) of a period of a client, and bill nothing',
  },
  'POST /calls/simulate': {
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
      incrementBase: z.enum(INCREMENT_BASES).optional(),
    },
    answer: calls.simulatedCall,
  },
  'GET /calls/reconciliation': {
    useCase: 'calls.reconcile',
    summary: 'Compare what was billed with the records of now, and bill nothing',
    query: { service: optionalText, period: period.optional() },
    answer: calls.comparedBills,
  },
  'GET /call-bills': {
    list: 'bills',
    clients: 'own',
    useCase: 'calls.bills',
    summary: 'List the stored bills of calls, the newest period of each service first',
    query: { service: optionalText, client: optionalText },
    answer: calls.storedBills,
  },
  'GET /call-bills/:bill/report': {
    clients: 'own',
    outside: true,
    useCase: 'calls.billReport',
    summary: 'Return the report of a bill as CSV',
    answer: z.object({ name: z.string(), text: z.string() }),
  },
});
