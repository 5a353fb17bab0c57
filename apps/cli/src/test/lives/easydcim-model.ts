import { boundWindow, FAIR_LIMITS, type Used } from './bounds.js';
import { dayBegin, localDate, monthOf } from './calendar.js';
import { GB } from './life-world.js';

/** What the products of the life make of a service; allowances in GB. */
export const PRODUCTS = {
  ports: { quota: 100, action: 'disable-ports', limits: [] },
  order: { quota: 150, action: 'suspend-order', limits: [] },
  both: { quota: 80, action: 'both', limits: [] },
  free: { quota: null, action: 'disable-ports', limits: [] },
  fair: { quota: null, action: 'disable-ports', limits: FAIR_LIMITS },
} as const;
export type Product = keyof typeof PRODUCTS;

/** A service as the model knows it. */
export interface OwnedService {
  id: string;
  client: string;
  product: Product;
  /** Day of the month on which its cycles begin. */
  day: number;
  manual: boolean;
  /** Local date. */
  protectedUntil: string | null;
  /** GB bought, by the first local date of the cycle. */
  bought: Map<string, number>;
  /** Until then the restrictions of limits that its product no longer has may last. */
  formerLimitsUntil: number;
  /** Instants of polls that met no fault, of this service with its present product. */
  certain: number[];
}

/** One server of the panel with its traffic, and who has it. */
export interface Place {
  server: number;
  /** Ids of service and order on the panel, which a new owner may bring. */
  service: number;
  order: number;
  ports: number[];
  staffDown: Set<number>;
  traffic: Used[];
  owner: OwnedService;
}

/** What should be so; null where the model can't know. */
export interface Wanted {
  portsDown: boolean | null;
  orderSuspended: boolean;
}

/** Bytes of the open cycle. */
export function usedInCycle(place: Place, now: number, timeZone: string): { from: string; bytes: number } {
  const { from } = monthOf(now, place.owner.day, timeZone);
  const begin = dayBegin(from, timeZone);
  return { from, bytes: place.traffic.reduce((sum, { at, bytes }) => (at >= begin ? sum + bytes : sum), 0) };
}

/** Works out what a place should be like after runs that met no fault. */
export function toWanted(place: Place, now: number, timeZone: string): Wanted {
  const { owner } = place;
  const { quota, action, limits } = PRODUCTS[owner.product];
  const isProtected = owner.protectedUntil !== null && localDate(now, timeZone) < owner.protectedUntil;
  const cycle = usedInCycle(place, now, timeZone);
  const allowed = quota === null ? Infinity : (quota + (owner.bought.get(cycle.from) ?? 0)) * GB;
  const isOver = !isProtected && cycle.bytes >= allowed;
  const bounds = limits.map(({ window, allowance }) => ({
    ...boundWindow(place.traffic, owner.certain, window, { now, zones: [timeZone] }),
    allowed: allowance * GB,
  }));
  const isLimited = bounds.some(({ least, allowed: most }) => least >= most);
  const mayBeLimited = now < owner.formerLimitsUntil || bounds.some(({ most, allowed: least }) => most >= least);
  const byPorts = isOver && action !== 'suspend-order';
  const isDown = byPorts || (isLimited && !isProtected);
  return {
    portsDown: !isDown && mayBeLimited && !isProtected ? null : isDown,
    orderSuspended: owner.manual || (isOver && action !== 'disable-ports'),
  };
}
