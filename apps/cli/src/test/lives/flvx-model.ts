import { boundCycle, boundWindow, FAIR_LIMITS, type Used, type WindowsOf } from './bounds.js';
import { GB } from './life-world.js';

/** What the products of the life make of an account; quotas in GB. Its forwards are on tunnel `hk`. */
export const ACCOUNT_PRODUCTS = {
  relay: { quota: 60, action: 'pause', tunnel: 'hk', limits: [] },
  slow: { quota: 70, action: 'throttle', tunnel: 'hk', limits: [] },
  nowhere: { quota: 80, action: 'redirect', tunnel: 'hk', limits: [] },
  other: { quota: 90, action: 'pause', tunnel: 'jp', limits: [] },
  fair: { quota: 200, action: 'pause', tunnel: 'hk', limits: FAIR_LIMITS },
} as const;
export type AccountProduct = keyof typeof ACCOUNT_PRODUCTS;

/** A service with its account. */
export interface Account {
  id: string;
  client: string;
  /** Id on the panel. */
  user: number;
  product: AccountProduct;
  /** Day of the month on which its cycles begin. */
  day: number;
  /** Local date. */
  due: string;
  manual: boolean;
  /** Forwards that its customer wants to run. */
  forwards: number[];
  /** What went through the account since the service has it. */
  traffic: Used[];
  /** Instants at which a run is known to have read it, with its present product. */
  certain: number[];
  /** Until then limits may hold that its product no longer has. */
  formerLimitsUntil: number;
}

/** Returns whether quota or limits are used up; null where it depends on readings that may have failed. */
function isExceeded({ day, product, traffic, certain, formerLimitsUntil }: Account, at: WindowsOf): boolean | null {
  const { quota, limits } = ACCOUNT_PRODUCTS[product];
  const bounds = [
    { ...boundCycle(traffic, certain, { day, since: 0 }, at), allowed: quota * GB },
    ...limits.map(({ window, allowance }) => ({
      ...boundWindow(traffic, certain, window, at),
      allowed: allowance * GB,
    })),
  ];
  if (bounds.some(({ least, allowed }) => least >= allowed)) return true;
  if (at.now < formerLimitsUntil) return null;
  return bounds.some(({ most, allowed }) => most >= allowed) ? null : false;
}

/** What should be so of an account. */
export interface WantedAccount {
  running: number[];
  permission: number;
  user: number;
  addresses: string;
}

/** Works out what an account should be like; null where that is not known. */
export function toWantedAccount(account: Account, at: WindowsOf): WantedAccount | null {
  const isOver = isExceeded(account, at);
  if (isOver === null) return null;
  const { action, tunnel } = ACCOUNT_PRODUCTS[account.product];
  const isHeld = account.manual || (isOver && action !== 'throttle');
  const isClosed = isHeld || tunnel !== 'hk';
  return {
    running: isClosed ? [] : account.forwards,
    permission: isClosed ? 0 : 1,
    user: account.manual ? 0 : 1,
    addresses: isHeld && action === 'redirect' ? '127.0.0.1:9' : '198.51.100.20:443',
  };
}
