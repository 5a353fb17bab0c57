import { OPERATE, SHOW, READ } from '../callers.js';
import * as z from 'zod/mini';
import { reports } from './provision.js';
import {
  called,
  flag,
  locked,
  number,
  optionalText,
  options,
  read,
  request,
  accepts,
  rows,
  text,
  textOrNone,
  work,
} from './shapes.js';
import { DIRECTIONS, INCREMENT_BASES, OUTCOMES } from '../words.js';
import { group, type Http } from './group.js';

const period = (h: Http) => h.someText.describe('previous-month, YYYY-MM, or FROM..TO');

const report = (h: Http) =>
  ({
    outside: true,
    query: { period: period(h), remote: h.queryFlag },
    answer: h.calls.callReports,
  }) as const;

const callQuery = (h: Http) => ({
  direction: h.z.enum(DIRECTIONS).optional(),
  search: h.optionalText.describe('Digits of one of the two numbers, or a part of the name of the destination'),
  outcome: h.z.enum(OUTCOMES).optional(),
  period: period(h).optional(),
  whole: h.queryFlag.describe('Sum all calls of the time and of each day, too, whatever is listed'),
  day: h.optionalText,
  from: h.optionalText,
  to: h.optionalText,
});

/** The use cases of `calls`. */
export const calls = group({
  bill: {
    callers: OPERATE,
    command: 'call bill',
    accepts: () =>
      accepts(
        options({
          ...locked,
          service: optionalText,
          invoice: optionalText,
          period: optionalText,
          final: flag,
          resend: flag,
          zeroLine: flag,
          allowUnrated: flag,
          verifyRating: flag,
          dryRun: flag,
          reports: z.optional(reports),
        }),
      ),
    routes: (h) => ({
      'POST /calls/bill': {
        summary: 'Add the calls of a period to an invoice, once',
        body: {
          service: h.optionalText,
          invoice: h.optionalText,
          period: period(h).optional(),
          final: h.flag.describe('Bill the line of service until now; without period'),
          resend: h.flag,
          zeroLine: h.flag,
          allowUnrated: h.flag,
          verifyRating: h.flag,
          dryRun: h.flag,
        },
        answer: h.calls.callBills,
      },
    }),
  },
  report: {
    callers: SHOW,
    command: 'call report',
    accepts: () =>
      accepts(
        ['of', z.union([z.strictObject({ service: text }), z.strictObject({ client: text })])],
        request({ ...read, period: text, reports, remote: flag }),
      ),
    routes: (h) => ({
      'GET /services/:service/call-report': {
        ...report(h),
        clients: 'service',
        summary: 'Make the report (CSV) of a period of a service, and bill nothing',
      },
      'GET /clients/:client/call-report': {
        ...report(h),
        clients: 'client',
        summary: 'Make the report (CSV) of a period of a client, and bill nothing',
      },
    }),
  },
  records: {
    callers: SHOW,
    command: 'call records',
    accepts: () =>
      accepts(
        [
          'request',
          z.strictObject({
            service: textOrNone,
            did: textOrNone,
            panel: textOrNone,
            direction: z.optional(z.nullable(z.enum(DIRECTIONS))),
            search: textOrNone,
            outcome: z.optional(z.nullable(z.enum(OUTCOMES))),
            period: textOrNone,
            whole: flag,
            day: textOrNone,
            from: textOrNone,
            to: textOrNone,
            onCall: work,
          }),
        ],
        options(read),
      ),
    routes: (h) => ({
      'GET /calls': {
        list: 'calls',
        summary: 'List calls of a panel or number, by default those of today',
        query: { ...callQuery(h), panel: h.optionalText, did: h.optionalText },
        answer: h.calls.callRecords,
      },
      'GET /services/:service/calls': {
        list: 'calls',
        clients: 'service',
        outside: true,
        summary: 'List the calls of a service, by default those of today',
        query: callQuery(h),
        answer: h.calls.callRecords,
      },
    }),
  },
  rates: {
    callers: SHOW,
    accepts: () => accepts(['service', text], options({ ...read, search: optionalText })),
    routes: (h) => ({
      'GET /services/:service/rates': {
        list: 'rates',
        clients: 'service',
        outside: true,
        summary: 'List the rates by which the calls of a service are charged, by prefix',
        query: {
          search: h.optionalText.describe('A number with the code of its country, a prefix, a country, or a name'),
          limit: h.pageLimit,
        },
        answer: h.calls.lineRates,
      },
    }),
  },
  simulate: {
    callers: SHOW,
    command: 'call simulate',
    accepts: () =>
      accepts(
        [
          'request',
          z.strictObject({
            destination: text,
            seconds: number,
            service: textOrNone,
            plan: textOrNone,
            panel: textOrNone,
            at: textOrNone,
            local: flag,
            incrementBase: z.optional(z.nullable(z.enum(INCREMENT_BASES))),
          }),
        ],
        options(read),
      ),
    routes: (h) => ({
      'GET /services/:service/call-price': {
        clients: 'service',
        outside: true,
        summary: 'Return what a call from the line of a service would cost now',
        query: {
          destination: h.someText.describe('As it is dialled'),
          seconds: h.z.coerce.number().int().min(0).max(999_999),
        },
        answer: h.calls.simulatedCall,
      },
      'POST /calls/simulate': {
        summary: 'Return what a call would cost by the plan of a service, or by a plan',
        body: {
          destination: h.someText,
          seconds: h.z.int().min(0).max(999_999),
          service: h.optionalText,
          plan: h.optionalText,
          panel: h.optionalText,
          at: h.optionalText,
          local: h.flag,
          incrementBase: h.z.enum(INCREMENT_BASES).optional(),
        },
        answer: h.calls.simulatedCall,
      },
    }),
  },
  bills: {
    callers: SHOW,
    accepts: () => accepts(options({ ...read, service: optionalText, client: optionalText })),
    routes: (h) => ({
      'GET /call-bills': {
        list: 'bills',
        clients: 'own',
        summary: 'List the stored bills of calls, the newest period of each service first',
        query: { service: h.optionalText, client: h.optionalText },
        answer: h.calls.storedBills,
      },
    }),
  },
  showBill: {
    callers: SHOW,
    accepts: () => accepts(['bill', text], options(read)),
    routes: (h) => ({
      'GET /call-bills/:bill': {
        clients: 'own',
        outside: true,
        summary: 'Show a bill of calls with its invoice',
        answer: h.calls.billDetail,
      },
    }),
  },
  billReport: {
    callers: SHOW,
    accepts: () => accepts(['bill', text], options({ ...read, language: optionalText })),
    routes: (h) => ({
      'GET /call-bills/:bill/report': {
        clients: 'own',
        outside: true,
        summary: 'Return the report of a bill as CSV',
        query: {
          language: h.optionalText.describe(
            'Titles and words for people: en, fa, zh-CN, pt-BR, or the name that WHMCS has for it; default: as it was written, for programs',
          ),
        },
        answer: h.z.object({ name: h.z.string(), text: h.z.string() }),
      },
    }),
  },
  reconcile: {
    callers: READ,
    command: 'call reconcile',
    accepts: () =>
      accepts(
        [
          'request',
          z.optional(
            z.union([
              z.strictObject({ service: textOrNone, period: textOrNone, billed: z.optional(z.nullable(work)) }),
              z.strictObject({ with: rows()[1], file: optionalText }),
            ]),
          ),
        ],
        options(called),
      ),
    routes: (h) => ({
      'GET /calls/reconciliation': {
        summary: 'Compare what was billed with the records of now, and bill nothing',
        query: { service: h.optionalText, period: period(h).optional() },
        answer: h.calls.comparedBills,
      },
      'POST /calls/reconciliation': {
        summary:
          'Compare what another system has billed (keys service, from, to, total, currency) with the records of now, and bill nothing',
        body: { rows: h.rows },
        answer: h.calls.comparedBills,
      },
    }),
  },
});
