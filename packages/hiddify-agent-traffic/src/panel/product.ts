import type { Desired, ItemError, ProductSettings } from '@sluice/panel-kind';
import { BYTES_PER_GB, localDateOf, type ServiceRecord } from '@sluice/quota-core';
import { AGENT_REF, USER_REF } from '../account/user-actions.js';
import { packageTerm } from '../client/package-term.js';
import { type HiddifyUser, type HiddifyUserMode, SELF } from '../client/records.js';
import type { HiddifyProduct } from './settings.js';

/** The panel has no "unlimited"; anything above this it cuts down to it. */
export const MOST_BYTES = 1_000_000 * BYTES_PER_GB;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** What holds where a product says nothing; the same as the defaults of the config. */
const DEFAULTS: HiddifyProduct = { packageDays: 90, mode: 'no_reset' };

/** The product's section, with defaults. */
export function hiddifyOf(product: ProductSettings): HiddifyProduct {
  return (product['hiddify'] as HiddifyProduct | undefined) ?? DEFAULTS;
}

/** Who is to own the service's user: its own ref's agent, the product's, or the account of the key. */
export function ownerOf(service: ServiceRecord, product: ProductSettings): string {
  return (service.refs[AGENT_REF] ?? hiddifyOf(product).agent)?.toLowerCase() ?? SELF;
}

/** When the panel resets the user by itself. */
export function modeOf(product: ProductSettings): HiddifyUserMode {
  return hiddifyOf(product).mode;
}

/**
 * The user's limit for an allowance. The panel counts both directions together, so where only one counts it can't help and
 * gets the highest limit. Null where nothing is configured: what is there stays.
 */
export function limitOf({ allowance, mode }: Pick<Desired, 'allowance' | 'mode'>): number | null {
  if (allowance === null) return null;
  if (allowance.unlimited || allowance.allowedBytes === null || mode !== 'TOTAL') return MOST_BYTES;
  return Math.min(allowance.allowedBytes, MOST_BYTES);
}

/** Start and days of a term. */
export interface Term {
  startDate: string;
  packageDays: number;
}

/**
 * The term that ends at the due date. It starts with the cycle in force, so that the panel's own resets, which count from
 * the start, fall on its beginning; null without a due date.
 */
export function termOf({ service, cycle, timeZone, now }: Desired): Term | null {
  if (service.nextDueDate === null) return null;
  const start = localDateOf(cycle?.start ?? now, timeZone);
  return packageTerm(start < service.nextDueDate ? start : service.nextDueDate, service.nextDueDate);
}

/** Last day on which the panel serves a user; null where its days have not begun. */
export function endOf({ startDate, packageDays }: Pick<HiddifyUser, 'startDate' | 'packageDays'>): string | null {
  if (startDate === null || packageDays === null) return null;
  return new Date(Date.parse(startDate) + packageDays * 86_400_000).toISOString().slice(0, 10);
}

/** What stands against an order about this service before anything is called. */
export function orderProblem(service: ServiceRecord, product: ProductSettings): ItemError | null {
  const uuids: [string, string | undefined][] = [
    [USER_REF, service.refs[USER_REF]],
    [AGENT_REF, service.refs[AGENT_REF]],
    ['hiddify.agent of its product', hiddifyOf(product).agent],
  ];
  for (const [what, uuid] of uuids) {
    if (uuid === undefined || UUID.test(uuid.toLowerCase())) continue;
    return badUuid(service.id, what);
  }
  return null;
}

/** Why nothing is asked of the panel: no user can have what stands there. */
export function badUuid(service: string, what: string): ItemError {
  return {
    code: 'bad_uuid',
    message: `"${service}": ${what} is no uuid of version 4, as the panel shows it in its lists; nothing was called`,
  };
}

/** A v4 uuid from random bytes. */
export function uuidOf(randomBytes: (count: number) => Uint8Array): string {
  const bytes = Buffer.from(randomBytes(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
