import * as z from 'zod';
import * as calls from '../documents/calls.js';
import { endpoints } from './endpoint.js';
import { flag, optionalText, someText, texts } from './inputs.js';

const fields = { panel: optionalText, values: texts, dryRun: flag };
const didOptions = { panel: optionalText, dryRun: flag };
const ofAddon = { addon: optionalText, areaCode: optionalText };
const ofLinkedDid = { body: { ...didOptions, ...ofAddon, service: optionalText }, answer: calls.didReport };

/** Lines, numbers and lists of telephony systems. */
export const telephonyEndpoints = endpoints({
  'GET /services/:service/line': {
    clients: 'service',
    outside: true,
    useCase: 'telephony.line',
    summary: 'Show the line of a service with its plan and numbers',
    answer: calls.lineView,
  },
  'PATCH /services/:service/line': {
    clients: 'service',
    outside: true,
    useCase: 'telephony.set',
    summary: 'Change the number that others see when the line of a service calls',
    body: { callerId: someText },
    answer: calls.lineView,
  },
  'PATCH /services/:service/numbers/:number': {
    clients: 'service',
    outside: true,
    useCase: 'dids.set',
    summary: 'Change where calls to a number of the line of a service go; an empty text is the line itself',
    body: { destination: z.string() },
    answer: calls.lineView,
  },
  'POST /dids/:number/link': {
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
    answer: calls.didReport,
  },
  'PATCH /dids/:number': {
    useCase: 'dids.set',
    summary: 'Set fields of a number, or with unlink true end its link to a line',
    body: { ...didOptions, values: texts.optional(), unlink: flag },
    answer: calls.didReport,
  },
  'POST /dids/:number/suspend': { ...ofLinkedDid, useCase: 'dids.suspend', summary: 'Suspend a number' },
  'POST /dids/:number/unsuspend': { ...ofLinkedDid, useCase: 'dids.unsuspend', summary: 'End its suspension' },
  'POST /dids/:number/release': { ...ofLinkedDid, useCase: 'dids.release', summary: 'End a number' },
  'GET /telephony/:resource': {
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
    answer: calls.records,
  },
  'GET /telephony/:resource/:id': {
    useCase: 'telephony.show',
    summary: 'Show a record, by its id or name',
    query: { panel: optionalText },
    answer: calls.records,
  },
  'POST /telephony/:resource': {
    useCase: 'telephony.create',
    summary: 'Create a record; one that exists already with these values stays',
    status: 201,
    body: fields,
    answer: calls.recordChange,
  },
  'PATCH /telephony/:resource/:id': {
    useCase: 'telephony.set',
    summary: 'Change fields of a record; an empty text clears a field',
    body: fields,
    answer: calls.recordChange,
  },
  'DELETE /telephony/:resource/:id': {
    useCase: 'telephony.remove',
    summary: 'Remove a record',
    body: didOptions,
    answer: calls.recordChange,
  },
});
