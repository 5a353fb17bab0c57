import { currency, duration, quotaValue, secret, size, speed } from '@sluice/panel-kind';
import { type Language, LANGUAGES } from '@sluice/messages/languages';
import * as z from 'zod/mini';

// Shared, because building the schema is part of every command's start-up time.
export const enforce = z.enum(['on', 'observe']);
export const count = z.int().check(z.positive());
export const text = z.string();
export const optionalText = z.optional(text);
export const filled = z.string().check(z.minLength(1));
export const texts = z._default(z.array(text), []);
export const off = z._default(z.boolean(), false);
export const wholeFromZero = z.int().check(z.minimum(0));
export const optionalEnforce = z.optional(enforce);
export const byHand = z._default(z.enum(['manual', 'auto']), 'manual');
export const optionalSecret = z.optional(secret);
export const optionalCurrency = z.optional(currency);
export const optionalDuration = z.optional(duration);
export const optionalSize = z.optional(size);
export const optionalSpeed = z.optional(speed);
export const optionalQuota = z.optional(quotaValue);
export const timeOfDay = text.check(
  z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'is not a time of day such as 04:17' }),
);

/** A text for readers of all languages, or one for each of some. */
export type TextInLanguages = string | Readonly<Partial<Record<Language, string>>>;

export const inLanguages: z.ZodMiniType<TextInLanguages> = z.union([
  filled,
  z.partialRecord(z.enum(LANGUAGES), filled),
]);
