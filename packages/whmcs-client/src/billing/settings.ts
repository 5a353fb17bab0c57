import { CALL_WORDS } from '@sluice/quota-core';
import { duration, secret, share, webAddress } from '@sluice/panel-kind';
import * as z from 'zod/mini';

const id = z.pipe(
  z.union([z.int().check(z.positive()), z.string().check(z.regex(/^[1-9]\d{0,19}$/))]),
  z.transform((value): string => String(value)),
);
const ids = z._default(z.array(id), []);

/** The ref of services with their id in WHMCS. */
export const SERVICE_REF = 'whmcs_service_id';

/** A country, a state of it, or all others. */
const place = z.string().check(
  z.regex(/^(?:\*|[A-Z]{2}(?:-\S.*)?)$/, {
    error:
      'is not a place: write the code of a country such as DE, a state of it such as US-Texas, or "*" for all others',
  }),
);

/** Schema of the section `whmcs` of the config. */
export const whmcsSchema: z.ZodMiniType<WhmcsSettings> = z.strictObject({
  url: z.string().check(z.trim(), z.minLength(1)),
  publicUrl: z.optional(webAddress),
  allowHttp: z._default(z.boolean(), false),
  identifier: secret,
  secret,
  accessKey: z.optional(secret),
  timeout: z.optional(duration),
  productIds: ids,
  productGroupIds: ids,
  fields: z._default(z.record(z.string(), z.string().check(z.trim(), z.minLength(1))), {}),
  writeBack: z._default(z.boolean(), false),
  pushUsage: z._default(z.enum(['off', 'bytes', 'megabytes']), 'off'),
  tax: z.optional(z.record(place, share)),
  calls: z.optional(
    z.strictObject({
      taxed: z.optional(z.boolean()),
      onlyWriter: z._default(z.boolean(), false),
      lookFor: z._default(z.array(z.string().check(z.minLength(1))), [...CALL_WORDS]),
    }),
  ),
});

/** Schema of the section `whmcs` of a product in the config. */
export const whmcsProductSchema = z.strictObject({ productIds: ids, productGroupIds: ids });

/** Ids of products and of product groups of WHMCS. */
export type WhmcsProductIds = z.output<typeof whmcsProductSchema>;

/** Settings of the section `whmcs`, parsed: the timeout in milliseconds, ids as text. */
export interface WhmcsSettings {
  url: string;
  /** Where clients reach it; `customerAddress` says what they are shown without one. */
  publicUrl?: string | undefined;
  allowHttp: boolean;
  identifier: string;
  secret: string;
  accessKey?: string | undefined;
  timeout?: number | undefined;
  productIds: string[];
  productGroupIds: string[];
  /** Names of custom fields by column of a service. */
  fields: Record<string, string>;
  /** Whether refs are written into the custom fields after provisioning. */
  writeBack: boolean;
  pushUsage: 'off' | 'bytes' | 'megabytes';
  /** Shares from 0 to 1 by place. */
  tax?: Record<string, number> | undefined;
  calls?: { taxed?: boolean | undefined; onlyWriter: boolean; lookFor: string[] } | undefined;
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
