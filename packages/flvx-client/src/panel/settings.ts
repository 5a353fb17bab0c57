import { hostPort, secret, type PanelSettings } from '@sluice/panel-kind';
import * as z from 'zod/mini';

const count = z.int().check(z.positive());
const optionalCount = z.optional(count);
const countOrNull = z.nullable(count);
const wholeFromZero = z.int().check(z.minimum(0));

/** Config keys of an FLVX panel, in addition to those of every panel. */
export const panelShape = {
  username: z.string().check(z.minLength(1)),
  password: secret,
  tunnelId: optionalCount,
  speedLimitId: z.optional(countOrNull),
  redirectTo: z.optional(hostPort),
};

/** Section `flvx` of a product. */
export const productSchema = z.strictObject({
  tunnelId: optionalCount,
  tunnelIds: z.optional(z.array(count).check(z.minLength(1))),
  tunnelGroup: z.optional(z.union([z.string(), count])),
  maxForwards: z._default(wholeFromZero, 10),
  enforceMaxForwards: z._default(z.boolean(), false),
  speedMbit: z._default(countOrNull, null),
  speedLimitId: z.optional(countOrNull),
  throttleMbit: z._default(count, 1),
  redirectTo: z.optional(hostPort),
  expiryDays: z._default(count, 365),
  graceDays: z._default(wholeFromZero, 0),
  resetDay: z._default(z.int().check(z.minimum(0), z.maximum(31)), 0),
});

/** Settings of an FLVX panel, parsed. */
export type FlvxSettings = PanelSettings & z.infer<z.ZodMiniObject<typeof panelShape>>;

/** Section `flvx` of a product, parsed. */
export type FlvxProduct = z.infer<typeof productSchema>;

/** Settings of the panel that are defaults of its products. */
export type FlvxDefaults = Partial<Pick<FlvxSettings, 'tunnelId' | 'speedLimitId' | 'redirectTo'>>;
