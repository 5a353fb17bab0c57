import * as z from 'zod/mini';
import { asking, commanded, flag, objectWith, optionalText, options, accepts, text, work } from './shapes.js';
import { HOLDERS } from '../words.js';

const id = ['id', text] as const;
const password = {
  ...commanded,
  password: z.optional(z.union([text, work])),
  passwordFile: optionalText,
  showPassword: z.optional(z.union([z.boolean(), z.literal('always')])),
};
const suspend = {
  ...commanded,
  as: z.optional(z.enum(HOLDERS)),
  withDids: flag,
  force: flag,
};

/** Where reports of calls are written. */
export const reports = objectWith('open', 'find');

/** What `provision` accepts. */
export const provisionInputs = {
  create: accepts(id, options({ ...password, adopt: flag, ordered: flag, customer: optionalText })),
  suspend: accepts(id, options(suspend)),
  unsuspend: accepts(id, options(suspend)),
  renew: accepts(id, options({ ...commanded, until: optionalText, ref: optionalText })),
  changePackage: accepts(id, ['product', text], options(commanded)),
  changePassword: accepts(id, options({ ...password, ...asking })),
  terminate: accepts(
    id,
    options({ ...commanded, finalInvoice: flag, forfeitUnbilled: flag, reports: z.optional(reports) }),
  ),
};
