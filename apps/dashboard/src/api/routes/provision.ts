import { reports } from '@sluice/contract/documents';
import * as z from 'zod';
import { flag, localDate, optionalText, someText } from '../../schemas/common.js';
import { forbidden } from '../../server/failure.js';
import { type ApiRoute, route } from './route.js';

/** A password is shown once, and never stored. */
function withoutSecrets<Report extends z.input<typeof reports.commandReport>>(report: Report): Report {
  const { credentials, access } = report;
  return {
    ...report,
    credentials: credentials === null ? null : { ...credentials, password: null },
    ...(access == null ? {} : { access: { ...access, links: [] } }),
  };
}

const shared = { answer: reports.commandReport, stored: withoutSecrets } as const;

/** Accounts of services on their panels. */
export const provisionRoutes: ApiRoute[] = [
  route('POST /services/:service/provision/create', {
    ...shared,
    useCase: 'provision.create',
    summary: 'Create the account; with adopt an existing account is used',
    body: { dryRun: flag, adopt: flag, customer: optionalText },
    handle: ({ sluice, param, body, as }) => sluice.provision.create(param('service'), { ...as, ...body }),
  }),
  route('POST /services/:service/provision/suspend', {
    ...shared,
    useCase: 'provision.suspend',
    summary: 'Suspend the service',
    body: { dryRun: flag, as: z.enum(['billing', 'manual']).optional(), withDids: flag },
    handle: ({ sluice, param, body, as }) => sluice.provision.suspend(param('service'), { ...as, ...body }),
  }),
  route('POST /services/:service/provision/unsuspend', {
    ...shared,
    useCase: 'provision.unsuspend',
    summary: 'End the suspension',
    body: { dryRun: flag, as: z.enum(['billing', 'manual']).optional(), withDids: flag, force: flag },
    handle: ({ sluice, param, body, as }) => sluice.provision.unsuspend(param('service'), { ...as, ...body }),
  }),
  route('POST /services/:service/provision/renew', {
    ...shared,
    useCase: 'provision.renew',
    summary: 'Move the due date, once per ref; default: once per Idempotency-Key',
    body: { dryRun: flag, until: localDate.optional(), ref: optionalText },
    handle: ({ sluice, param, body: { ref: own, ...how }, as, ref }) =>
      sluice.provision.renew(param('service'), { ...as, ...how, ref: own ?? ref }),
  }),
  route('POST /services/:service/provision/change-package', {
    ...shared,
    useCase: 'provision.changePackage',
    summary: 'Move the service to another product of its panel',
    body: { dryRun: flag, product: someText },
    handle: ({ sluice, param, body: { product, ...how }, as }) =>
      sluice.provision.changePackage(param('service'), product, { ...as, ...how }),
  }),
  route('POST /services/:service/provision/change-password', {
    ...shared,
    clients: 'service',
    outside: true,
    useCase: 'provision.changePassword',
    summary: 'Set a new password, by default a generated one, which the answer shows once; clients choose none',
    body: { dryRun: flag, password: z.string().min(1).max(200).optional() },
    handle: ({ sluice, param, body, as, client }) => {
      if (client !== undefined && body.password !== undefined)
        throw forbidden('A client gets a generated password; send none');
      return sluice.provision.changePassword(param('service'), { ...as, ...body, reader: client });
    },
  }),
  route('POST /services/:service/provision/terminate', {
    ...shared,
    useCase: 'provision.terminate',
    summary: 'Remove the account and what belongs to it',
    body: { dryRun: flag, finalInvoice: flag, forfeitUnbilled: flag },
    handle: ({ sluice, context: { reports }, param, body, as }) =>
      sluice.provision.terminate(param('service'), { ...as, ...body, reports }),
  }),
];
