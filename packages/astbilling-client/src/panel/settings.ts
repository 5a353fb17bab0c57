import {
  type Capability,
  currency,
  duration,
  type PanelSettings,
  type ProductSettings,
  secret,
} from '@sluice/panel-kind';
import type { CallTerms } from '@sluice/panel-kind';
import { checkLocalDate } from '@sluice/quota-core';
import * as z from 'zod/mini';

const filled = z.string().check(z.minLength(1));
/** An id may be written with or without quotes. */
const id = z.pipe(z.union([filled, z.int()]), z.transform(String));

function isLocalDate(text: string): boolean {
  try {
    return checkLocalDate(text, 'billFrom') === text;
  } catch {
    return false;
  }
}

const localDate = z
  .string()
  .check(
    z.refine(isLocalDate, { error: 'is not a date: write it as YYYY-MM-DD, such as 2026-12-01' }),
    z.describe('Date YYYY-MM-DD'),
  );

const country = z
  .string()
  .check(
    z.regex(/^[A-Z]{2}$/, { error: 'is not a country code: use two capital letters such as BR' }),
    z.describe('ISO 3166 country'),
  );

const installation = z.string().check(
  // A separator of the key of bills.
  z.regex(/^[^|\p{C}]{1,64}$/u, { error: 'is not a name: use 1 to 64 characters without |' }),
);

/** Config keys of a telephony panel beside those of every panel. */
export const panelShape = {
  token: secret,
  profile: z.optional(filled),
  billFrom: z.optional(localDate),
  country: z._default(country, 'BR'),
  currency: z.optional(currency),
  installation: z.optional(installation),
};

/** Section `astbilling` of a product. */
export const productSchema = z
  .strictObject({
    planId: z.optional(id),
    plan: z.optional(filled),
    billingType: z._default(z.enum(['postpaid', 'prepaid']), 'postpaid'),
    creditLimit: z.optional(
      z.string().check(z.regex(/^\d+(\.\d+)?$/, { error: 'is not an amount: write it in quotes, such as "10.00"' })),
    ),
    period: z._default(z.enum(['previous-month', 'anniversary']), 'previous-month'),
    grace: z._default(duration, 3_600_000),
    customerMay: z._default(z.array(z.enum(['destination', 'caller_id', 'sip_password'])), []),
  })
  .check(
    z.refine(({ planId, plan }) => planId === undefined || plan === undefined, {
      path: ['plan'],
      error: 'name plan or planId, not both',
    }),
  );

/** Config of a telephony panel, checked. */
export type TelephonySettings = PanelSettings & {
  [Key in keyof typeof panelShape]: z.output<(typeof panelShape)[Key]>;
};

/** Section `astbilling` of a product, checked. */
export type LineProduct = z.output<typeof productSchema>;

const DEFAULTS: LineProduct = z.parse(productSchema, {});

/** The section's name in products of every telephony panel. */
export const SECTION = 'astbilling';

/** Returns the product's section, with defaults. */
export function toLineProduct(product: ProductSettings): LineProduct {
  return (product[SECTION] as LineProduct | undefined) ?? DEFAULTS;
}

/** Returns the first day whose calls are due; null where the config states none. */
export function toBillFrom(settings: PanelSettings): string | null {
  return (settings as TelephonySettings).billFrom ?? null;
}

/** Returns how the calls of a product's services are billed. */
export function toTerms(product: ProductSettings): CallTerms {
  const { period, grace, billingType } = toLineProduct(product);
  return { period, graceMinutes: grace / 60_000, billingType };
}

/** Restrictions that a hold may have: the line alone, or its active numbers too. */
export const RESTRICTIONS: readonly string[] = ['suspend', 'suspend-with-dids'];

/** What the panel can do. */
export const CAPABILITIES: readonly Capability[] = ['suspend', 'accounts', 'passwords', 'packages', 'calls', 'spend'];

/** Refs of a service with its line. */
export const LINE_REF = 'astbilling_subscriber_id';
export const USERNAME_REF = 'astbilling_username';
/** The customer that an operator stated for a new line. */
export const CUSTOMER_REF = 'astbilling_customer_id';
