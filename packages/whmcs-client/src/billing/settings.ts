import { duration, secret } from '@sluice/panel-kind';
import * as z from 'zod/mini';

/** Settings of the section `whmcs` of the config, parsed; `timeout` in milliseconds. */
export interface WhmcsSettings {
  url: string;
  allowHttp: boolean;
  identifier: string;
  secret: string;
  accessKey?: string | undefined;
  timeout?: number | undefined;
}

/** Schema of the section. */
export const whmcsSchema: z.ZodMiniType<WhmcsSettings> = z.strictObject({
  url: z.string().check(z.minLength(1)),
  allowHttp: z._default(z.boolean(), false),
  identifier: secret,
  secret,
  accessKey: z.optional(secret),
  timeout: z.optional(duration),
});
