import { dayBegin, monthOf } from './calendar.js';
import { GB } from './life-world.js';

/** What the products of the life make of an account; quotas in GB. Its forwards are on tunnel `hk`. */
export const ACCOUNT_PRODUCTS = {
  relay: { quota: 60, action: 'pause', tunnel: 'hk' },
  slow: { quota: 70, action: 'throttle', tunnel: 'hk' },
  nowhere: { quota: 80, action: 'redirect', tunnel: 'hk' },
  other: { quota: 90, action: 'pause', tunnel: 'jp' },
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
  /** What went through the account, also before its present owner. */
  traffic: { at: number; bytes: number }[];
  since: number;
  /** Instants of runs that met no fault. */
  certain: number[];
}

/** Returns whether the quota is used up; null where it depends on readings that may have failed. */
export function isOverQuota({ day, product, traffic, since, certain }: Account, now: number): boolean | null {
  const begin = Math.max(dayBegin(monthOf(now, day, 'UTC').from, 'UTC'), since);
  const used = (from: number): number => traffic.reduce((sum, { at, bytes }) => (at > from ? sum + bytes : sum), 0);
  const allowed = ACCOUNT_PRODUCTS[product].quota * GB;
  const first = certain.find((at) => at >= begin);
  const last = certain.findLast((at) => at < begin);
  if (used(first ?? now) >= allowed) return true;
  return used(last ?? 0) < allowed ? false : null;
}

/** What should be so of an account. */
export interface WantedAccount {
  running: number[];
  permission: number;
  user: number;
  addresses: string;
}

/** Works out what an account should be like; null where that is not known. */
export function toWantedAccount(account: Account, now: number): WantedAccount | null {
  const isOver = isOverQuota(account, now);
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
