import * as z from 'zod';
import * as reports from '../documents/reports.js';
import { endpoints } from './endpoint.js';
import { flag, localDate, optionalText, someText } from './inputs.js';
import { HOLDERS } from '../words.js';

const report = {
  answer: reports.commandReport,
  once: ['credentials.password', 'access.links'],
} as const;
const holder = z.enum(HOLDERS).optional();

/** Accounts of services on their panels. */
export const provisionEndpoints = endpoints({
  'POST /services/:service/provision/create': {
    ...report,
    useCase: 'provision.create',
    summary: 'Create the account; with adopt an existing account is used',
    body: {
      dryRun: flag,
      adopt: flag,
      ordered: flag.describe('An order asks, and no operator: a line is not taken over by what its client typed there'),
      customer: optionalText,
    },
  },
  'POST /services/:service/provision/suspend': {
    ...report,
    useCase: 'provision.suspend',
    summary: 'Suspend the service',
    body: { dryRun: flag, as: holder, withDids: flag },
  },
  'POST /services/:service/provision/unsuspend': {
    ...report,
    useCase: 'provision.unsuspend',
    summary: 'End the suspension; the next sync of a service from a billing system decides again',
    body: { dryRun: flag, as: holder, withDids: flag, force: flag },
  },
  'POST /services/:service/provision/renew': {
    ...report,
    useCase: 'provision.renew',
    summary: 'Move the due date, once per ref; default: once per Idempotency-Key',
    body: { dryRun: flag, until: localDate.optional(), ref: optionalText },
  },
  'POST /services/:service/provision/change-package': {
    ...report,
    useCase: 'provision.changePackage',
    summary: 'Move the service to another product of its panel',
    body: { dryRun: flag, product: someText },
  },
  'POST /services/:service/provision/change-password': {
    ...report,
    clients: 'service',
    outside: true,
    useCase: 'provision.changePassword',
    summary: 'Set a new password, by default a generated one, which the answer shows once; clients choose none',
    body: {
      dryRun: flag,
      password: z.string().min(1).max(200).optional(),
      client: optionalText.describe(
        'Of a program that asks for a client: which one it is. Its change is refused as that of the client itself would be',
      ),
    },
  },
  'POST /services/:service/provision/terminate': {
    ...report,
    useCase: 'provision.terminate',
    summary: 'Remove the account and what belongs to it',
    body: { dryRun: flag, finalInvoice: flag, forfeitUnbilled: flag },
  },
});
