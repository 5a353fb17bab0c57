import { duration, secret } from '@sluice/panel-kind';
import * as z from 'zod/mini';

/** Schema of the section `whmcs` of the config. */
export const whmcsSchema = z.strictObject({
  url: z.string().check(z.minLength(1)),
  allowHttp: z._default(z.boolean(), false),
  identifier: secret,
  secret,
  accessKey: z.optional(secret),
  timeout: z.optional(duration),
});

/** Settings of the section `whmcs`, parsed. */
export type WhmcsSettings = z.output<typeof whmcsSchema>;
