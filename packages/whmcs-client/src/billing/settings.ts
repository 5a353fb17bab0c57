import { duration, secret } from '@sluice/panel-kind';
import * as z from 'zod/mini';

const id = z.pipe(
  z.union([z.int().check(z.positive()), z.string().check(z.regex(/^[1-9]\d{0,19}$/))]),
  z.transform((value): string => String(value)),
);
const ids = z._default(z.array(id), []);

/** Schema of the section `whmcs` of the config. */
export const whmcsSchema: z.ZodMiniType<WhmcsSettings> = z.strictObject({
  url: z.string().check(z.minLength(1)),
  allowHttp: z._default(z.boolean(), false),
  identifier: secret,
  secret,
  accessKey: z.optional(secret),
  timeout: z.optional(duration),
  productIds: ids,
  productGroupIds: ids,
  pushUsage: z._default(z.enum(['off', 'bytes', 'megabytes']), 'off'),
});

/** Schema of the section `whmcs` of a product in the config. */
export const whmcsProductSchema = z.strictObject({ productIds: ids, productGroupIds: ids });

/** Ids of products and of product groups of WHMCS. */
export type WhmcsProductIds = z.output<typeof whmcsProductSchema>;

/** Settings of the section `whmcs`, parsed: the timeout in milliseconds, ids as text. */
export interface WhmcsSettings {
  url: string;
  allowHttp: boolean;
  identifier: string;
  secret: string;
  accessKey?: string | undefined;
  timeout?: number | undefined;
  productIds: string[];
  productGroupIds: string[];
  pushUsage: 'off' | 'bytes' | 'megabytes';
}

/** Whether groups of products have to be read to know which services are taken. */
export function needsGroups(
  settings: Pick<WhmcsSettings, 'productGroupIds'>,
  products: Readonly<Record<string, unknown>>,
): boolean {
  return [settings, ...Object.values(products as Record<string, WhmcsProductIds>)].some(
    ({ productGroupIds }) => productGroupIds.length > 0,
  );
}
