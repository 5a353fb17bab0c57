import { PACKAGES, PRODUCTS, type ShopPackage, type ShopProduct } from './catalogue.js';
import { addDays, addMonths } from './dates.js';
import type { Random } from './random.js';

/** Why a service is cut, or whether it is. */
export type ShopState = 'served' | 'limited' | 'limited-unpaid' | 'shut-by-staff';

/** A service of the shop. */
export interface ShopService {
  /** From 1 on. */
  readonly number: number;
  readonly client: number;
  readonly product: ShopProduct;
  readonly billingCycle: 'Monthly' | 'Quarterly' | 'Annually';
  readonly nextDueDate: string;
  /** Local dates between which the open cycle lies; the end is its first day after it. */
  readonly cycle: { readonly start: string; readonly end: string };
  readonly state: ShopState;
  /** What is in force, override included. */
  readonly quotaCentiGb: number | null;
  readonly mode: ShopProduct['mode'];
  readonly action: ShopProduct['action'];
  readonly override: ShopOverride | null;
  readonly purchases: readonly ShopPurchase[];
  readonly hasPreference: boolean;
  /** Traffic of the open cycle, in whole MB. */
  readonly usedMb: { readonly in: number; readonly out: number };
}

/** Absent values are the product's. */
export interface ShopOverride {
  readonly quotaCentiGb?: number;
  readonly mode?: ShopProduct['mode'];
  readonly action?: ShopProduct['action'];
}

export interface ShopPurchase {
  readonly item: ShopPackage;
  readonly actor: 'client_manual' | 'autobuy_cron';
}

/** What each shop has, however many services there are. */
export const COUNTS = { limited: 12, purchases: 40, overrides: 25, preferences: 10 } as const;

const MONTHS = { Monthly: 1, Quarterly: 3, Annually: 12 } as const;
/** Products of the ten that are paid and over their quota, then of the one that is unpaid and of the one that staff has shut. */
const OF_LIMITED = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 1];
const LEAST = 300;
const STEP = 23;
const FIRST_LIMITED = 7;

/** Designs the services of the shop. Pure: the same for the same seed and day. */
export function designServices(
  random: Random,
  { today, services }: { today: string; services: number },
): ShopService[] {
  const limited = Array.from({ length: COUNTS.limited }, (_, index) => FIRST_LIMITED + index * STEP);
  if (services < LEAST) throw new RangeError(`The shop has at least ${LEAST} services.`);
  const others = Array.from({ length: services }, (_, index) => index + 1).filter((each) => !limited.includes(each));
  const overridden = new Map(others.filter((each) => each % 10 === 3).map((each, index) => [each, index]));
  const bought = others.filter((each) => each % 8 === 4).slice(0, COUNTS.purchases - 6);
  const choosing = new Set(others.filter((each) => each % 25 === 11 && isMetered(each)).slice(0, COUNTS.preferences));
  return Array.from({ length: services }, (_, index) => {
    const number = index + 1;
    const place = limited.indexOf(number);
    const isLimited = place >= 0;
    const product = pickProduct(isLimited ? (OF_LIMITED[place] ?? 0) : number % PRODUCTS.length);
    const ordinal = overridden.get(number) ?? COUNTS.overrides;
    const override = ordinal < COUNTS.overrides ? designOverride(ordinal) : null;
    // Two purchases each of the first three that are limited.
    const purchases = isLimited
      ? Array.from({ length: place < 3 ? 2 : 0 }, (_each, order) => designPurchase(order))
      : bought.includes(number)
        ? [designPurchase(number)]
        : [];
    const state = toState(place);
    const inForce = {
      quotaCentiGb: override?.quotaCentiGb ?? product.quotaCentiGb,
      mode: override?.mode ?? product.mode,
      action: override?.action ?? product.action,
    };
    return {
      ...{ number, client: 1 + (number % 120), product, state, override, purchases, ...inForce },
      ...designCycle(random, today, { state, number }),
      hasPreference: choosing.has(number),
      usedMb: designUsage(random, { ...inForce, state, purchases }),
    };
  });
}

const isMetered = (number: number): boolean => pickProduct(number % PRODUCTS.length).quotaCentiGb !== null;

function pickProduct(index: number): ShopProduct {
  const product = PRODUCTS[index];
  if (product === undefined) throw new RangeError(`There is no product ${index}.`);
  return product;
}

function toState(place: number): ShopState {
  if (place < 0) return 'served';
  if (place === COUNTS.limited - 1) return 'shut-by-staff';
  return place === COUNTS.limited - 2 ? 'limited-unpaid' : 'limited';
}

function designOverride(ordinal: number): ShopOverride {
  if (ordinal < 12) return { quotaCentiGb: 300_000 + ordinal * 12_525 };
  if (ordinal < 17) return { mode: ordinal % 2 === 0 ? 'OUT' : 'IN' };
  if (ordinal < 21) return { action: ordinal % 2 === 0 ? 'suspend' : 'both' };
  return { quotaCentiGb: 800_000, mode: 'TOTAL', action: 'suspend' };
}

function designPurchase(order: number): ShopPurchase {
  const item = PACKAGES[order % PACKAGES.length];
  if (item === undefined) throw new RangeError('There is no package.');
  return { item, actor: order % 3 === 0 ? 'autobuy_cron' : 'client_manual' };
}

/** The cycles of those that are cut end within the next four weeks; that of the unpaid one began with the day that it was due. */
function designCycle(
  random: Random,
  today: string,
  { state, number }: Pick<ShopService, 'state' | 'number'>,
): Pick<ShopService, 'billingCycle' | 'nextDueDate' | 'cycle'> {
  if (state === 'limited-unpaid') {
    const due = addDays(today, -3);
    return { billingCycle: 'Monthly', nextDueDate: due, cycle: { start: due, end: addMonths(due, 1) } };
  }
  const billingCycle = state !== 'served' || number % 6 < 4 ? 'Monthly' : number % 6 === 4 ? 'Quarterly' : 'Annually';
  const months = MONTHS[billingCycle];
  const end = addDays(today, random.whole(2, months * 26));
  return { billingCycle, nextDueDate: end, cycle: { start: addMonths(end, -months), end } };
}

/** Whoever is served has used at most two fifths in both directions together, so that no mode and no threshold matters. */
function designUsage(
  random: Random,
  { quotaCentiGb, mode, state, purchases }: Pick<ShopService, 'quotaCentiGb' | 'mode' | 'state' | 'purchases'>,
): ShopService['usedMb'] {
  const quotaMb = Math.ceil(((quotaCentiGb ?? 1_000_000) * 1024) / 100);
  if (state === 'served' || state === 'shut-by-staff') {
    const total = random.whole(Math.floor(quotaMb / 20), Math.floor((quotaMb * 2) / 5));
    const part = Math.floor(total / random.whole(2, 5));
    return { in: part, out: total - part };
  }
  const boughtMb = purchases.reduce((sum, { item }) => sum + Math.ceil((item.sizeCentiGb * 1024) / 100), 0);
  const used = quotaMb + boughtMb + random.whole(20, 4000);
  const other = random.whole(10, 500);
  if (mode === 'IN') return { in: used, out: other };
  return mode === 'OUT' ? { in: other, out: used } : { in: other, out: used - other };
}
