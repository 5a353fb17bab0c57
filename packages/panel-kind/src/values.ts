import { isIPv6 } from 'node:net';
import { parseSize, type Quota } from '@sluice/quota-core';
import * as z from 'zod/mini';

/** Returns a schema that parses text; an error of `parse` becomes an issue of the value. */
function parsed<Out>(description: string, parse: (text: string) => Out): z.ZodMiniType<Out, string> {
  return z.pipe(
    z.string().check(z.describe(description)),
    z.transform((text: string, context): Out => {
      try {
        return parse(text);
      } catch (error) {
        context.issues.push({ code: 'custom', input: text, message: (error as Error).message });
        return z.NEVER;
      }
    }),
  );
}

const DURATION_UNITS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Returns the milliseconds of `500ms`, `30s`, `15m`, `2h`, `7d`.
 *
 * @throws Error for other text
 */
export function parseDuration(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/.exec(text);
  const factor = match?.[2] === undefined ? undefined : DURATION_UNITS[match[2]];
  if (!match?.[1] || factor === undefined) {
    throw new Error(`"${text}" is not a duration: write a number followed by ms, s, m, h or d, such as 15m`);
  }
  return Math.round(Number(match[1]) * factor);
}

/**
 * Returns the share between 0 and 1 of `20%`.
 *
 * @throws Error for other text
 */
export function parseShare(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  const value = match?.[1] === undefined ? Number.NaN : Number(match[1]) / 100;
  if (!(value >= 0 && value <= 1)) throw new Error(`"${text}" is not a percentage: write a figure from 0% to 100%`);
  return value;
}

const knownTimeZones = new Set<string>();

/** Returns whether the runtime knows an IANA time zone. */
export function isTimeZone(name: string): boolean {
  // The zones of the host's library are not loaded for it.
  if (name === 'UTC' || knownTimeZones.has(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    knownTimeZones.add(name);
    return true;
  } catch {
    return false;
  }
}

/** Returns whether a text is host and port; an IPv6 address is in brackets. */
export function isHostPort(text: string): boolean {
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(text) ?? [];
  const known = host.startsWith('[') ? isIPv6(host.slice(1, -1)) : HOST.test(host);
  return known && Number(port) >= 1 && Number(port) <= 65_535;
}

const HOST = /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i;

/** Schema of an address `host:port`. */
export const hostPort = z
  .string()
  .check(
    z.refine(isHostPort, { error: 'is not an address: write host:port, such as 192.0.2.10:80 or [2001:db8::1]:80' }),
    z.describe('Address host:port'),
  );
/** Schema of the address of a page that customers open. */
export const webAddress = z.string().check(
  z.minLength(1),
  z.refine((url) => /^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''), {
    error: 'is not an address such as https://billing.example.com/add-funds',
  }),
);
const SPEED_UNITS: Record<string, number> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/**
 * Returns the bytes per second of a speed in bits: `100Mbit/s`, `1Gbit/s`.
 *
 * @throws Error for other text
 */
export function parseSpeed(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kMGT])(?:bit(?:\/s)?|bps)\s*$/.exec(text);
  const bytes = match?.[1] === undefined ? 0 : Math.round((Number(match[1]) * (SPEED_UNITS[match[2] ?? ''] ?? 0)) / 8);
  if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
  throw new Error(`"${text}" is not a speed: write a number followed by kbit/s, Mbit/s or Gbit/s, such as 100Mbit/s`);
}

/** Schema of a duration such as `15m`, read into milliseconds. */
export const duration = parsed('Duration: 500ms, 30s, 15m, 2h, 7d', parseDuration);
/** Schema of a percentage such as `20%`, read into a share from 0 to 1. */
export const share = parsed('Percentage: 20%', parseShare);
/** Schema of a percentage such as `20%`, read into a share from 0 to 1; null for `off`. */
export const shareOrOff: z.ZodMiniType<number | null, string> = parsed('Percentage: 50%, or off', (text) =>
  text.trim().toLowerCase() === 'off' ? null : parseShare(text),
);
/** Schema of a size with its unit such as `10TB`, read into bytes. */
export const size = parsed('Size with its unit: 500GB, 10TB (1 GB = 1024³ bytes)', parseSize);
/** Schema of a quota: a size with its unit, read into bytes, or `unlimited`. */
export const quotaValue: z.ZodMiniType<Quota, string> = parsed('Size with its unit, or unlimited', (text) =>
  text.trim().toLowerCase() === 'unlimited' ? 'unlimited' : parseSize(text),
);
/** Schema of the speed of a line such as `100Mbit/s`, read into bytes per second. */
export const speed = parsed('Speed: 100Mbit/s, 1Gbit/s', parseSpeed);
/** Schema of the name of an IANA time zone. */
export const timeZone = z
  .string()
  .check(
    z.refine(isTimeZone, { error: 'is not an IANA time zone such as Europe/Berlin' }),
    z.describe('IANA time zone, such as Europe/Berlin'),
  );
/** Schema of a regular expression, read into one that ignores case. */
export const regex = parsed('Regular expression', (text) => new RegExp(text, 'i'));
/** Schema of a secret: a literal or `${env:NAME}`, `${file:/path}`, `${cmd:program args}`, `${credential:NAME}`. */
export const secret = z
  .string()
  .check(z.minLength(1), z.describe('Secret: ${env:NAME}, ${file:/path}, ${cmd:program args} or ${credential:NAME}'));
/** Schema of a decimal amount as text; numbers are refused so that no amount passes through a float. */
export const amount = z
  .string()
  .check(
    z.regex(/^\d+(\.\d+)?$/, { error: 'is not an amount: write it in quotes, such as "10.00"' }),
    z.describe('Amount as text, such as "10.00"'),
  );
/** Schema of what a limit allows: a size with its unit, read into bytes, or a decimal amount, which stays text. */
export const limitAllowance: z.ZodMiniType<number | string, string> = parsed(
  'Size with its unit such as 10GB, or amount in quotes such as "20.00"',
  (text) => (/^\d+(\.\d+)?$/.test(text) ? text : parseSize(text)),
);
/** Schema of an ISO 4217 currency. */
export const currency = z
  .string()
  .check(
    z.regex(/^[A-Z]{3}$/, { error: 'is not a currency code: use three capital letters such as EUR' }),
    z.describe('ISO 4217 currency'),
  );
