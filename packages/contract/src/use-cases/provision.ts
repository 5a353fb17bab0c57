import { OPERATE } from '../callers.js';
import * as z from 'zod/mini';
import { asking, commanded, flag, objectWith, optionalText, options, accepts, text, work } from './shapes.js';
import { HOLDERS } from '../words.js';
import { group, type Http } from './group.js';

const id = ['id', text] as const;

const password = () => ({
  ...commanded,
  password: z.optional(z.union([text, work])),
  passwordFile: optionalText,
  showPassword: z.optional(z.union([z.boolean(), z.literal('always')])),
});

const suspend = () => ({
  ...commanded,
  as: z.optional(z.enum(HOLDERS)),
  withDids: flag,
  force: flag,
});

/** Where reports of calls are written. */
export const reports = objectWith('open', 'find');

const report = (h: Http) =>
  ({
    answer: h.reports.commandReport,
    once: ['credentials.password', 'access.links'],
  }) as const;

const holder = (h: Http) => h.z.enum(HOLDERS).optional();

/** The use cases of `provision`. */
export const provision = group({
  create: {
    callers: OPERATE,
    command: 'provision create',
    accepts: () => accepts(id, options({ ...password(), adopt: flag, ordered: flag, customer: optionalText })),
    routes: (h) => ({
      'POST /services/:service/provision/create': {
        ...report(h),
        summary: 'Create the account; with adopt an existing account is used',
        body: {
          dryRun: h.flag,
          adopt: h.flag,
          ordered: h.flag.describe(
            'An order asks, and no operator: a line is not taken over by what its client typed there',
          ),
          customer: h.optionalText,
        },
      },
    }),
  },
  suspend: {
    callers: OPERATE,
    command: 'provision suspend',
    accepts: () => accepts(id, options(suspend())),
    routes: (h) => ({
      'POST /services/:service/provision/suspend': {
        ...report(h),
        summary: 'Suspend the service',
        body: { dryRun: h.flag, as: holder(h), withDids: h.flag },
      },
    }),
  },
  unsuspend: {
    callers: OPERATE,
    command: 'provision unsuspend',
    accepts: () => accepts(id, options(suspend())),
    routes: (h) => ({
      'POST /services/:service/provision/unsuspend': {
        ...report(h),
        summary: 'End the suspension; the next sync of a service from a billing system decides again',
        body: { dryRun: h.flag, as: holder(h), withDids: h.flag, force: h.flag },
      },
    }),
  },
  renew: {
    callers: OPERATE,
    command: 'provision renew',
    accepts: () => accepts(id, options({ ...commanded, until: optionalText, ref: optionalText })),
    routes: (h) => ({
      'POST /services/:service/provision/renew': {
        ...report(h),
        summary: 'Move the due date, once per ref; default: once per Idempotency-Key',
        body: { dryRun: h.flag, until: h.localDate.optional(), ref: h.optionalText },
      },
    }),
  },
  changePackage: {
    callers: OPERATE,
    command: 'provision change-package',
    accepts: () => accepts(id, ['product', text], options(commanded)),
    routes: (h) => ({
      'POST /services/:service/provision/change-package': {
        ...report(h),
        summary: 'Move the service to another product of its panel',
        body: { dryRun: h.flag, product: h.someText },
      },
    }),
  },
  changePassword: {
    callers: {
      provider: ['operate'],
      customer: [{ need: 'password' }, { need: 'manage', field: 'sip_password' }],
    },
    command: 'provision change-password',
    accepts: () => accepts(id, options({ ...password(), ...asking })),
    routes: (h) => ({
      'POST /services/:service/provision/change-password': {
        ...report(h),
        clients: 'service',
        outside: true,
        summary: 'Set a new password, by default a generated one, which the answer shows once; clients choose none',
        body: {
          dryRun: h.flag,
          password: h.z.string().min(1).max(200).optional(),
          client: h.optionalText.describe(
            'Of a program that asks for a client: which one it is. Its change is refused as that of the client itself would be',
          ),
        },
      },
    }),
  },
  terminate: {
    callers: OPERATE,
    command: 'provision terminate',
    accepts: () =>
      accepts(id, options({ ...commanded, finalInvoice: flag, forfeitUnbilled: flag, reports: z.optional(reports) })),
    routes: (h) => ({
      'POST /services/:service/provision/terminate': {
        ...report(h),
        summary: 'Remove the account and what belongs to it',
        body: { dryRun: h.flag, finalInvoice: h.flag, forfeitUnbilled: h.flag },
      },
    }),
  },
});
