import { createHash } from 'node:crypto';
import { type ServiceRecord, zonedMidnight } from '@sluice/quota-core';
import { NOWHERE } from '../account/plan/plan-forwards.js';
import {
  bytes,
  epochMs,
  megabits,
  quotaFor,
  UNLIMITED_QUOTA,
  type EpochMs,
  type MegabitsPerSecond,
  type FlvxTunnelGroup,
  type GigabytesWhole,
} from '../index.js';
import type { Desired, ItemError, ProductSettings } from '@sluice/panel-kind';
import type { FlvxProduct, FlvxSettings } from './settings.js';
import { scopeOf } from './flvx-scope.js';

const DAY_MS = 86_400_000;

/** What holds where a product says nothing; the same as the defaults of the config. */
const DEFAULTS: Omit<FlvxProduct, 'tunnelId' | 'tunnelIds' | 'tunnelGroup' | 'speedLimitId' | 'redirectTo'> = {
  maxForwards: 10,
  enforceMaxForwards: false,
  speedMbit: null,
  throttleMbit: 1,
  expiryDays: 365,
  graceDays: 0,
  resetDay: 0,
};

/** Defaults that the panel's config gives to its products. */
export type FlvxDefaults = Partial<Pick<FlvxSettings, 'tunnelId' | 'speedLimitId' | 'redirectTo'>>;

/** The product's section, with defaults. */
export function flvxOf(product: ProductSettings): FlvxProduct {
  return (product['flvx'] as FlvxProduct | undefined) ?? DEFAULTS;
}

/** Where a held forward points under `redirect`: what the product says, else the panel, else the node's own discard port. */
export function redirectTo(product: ProductSettings, defaults: FlvxDefaults): string {
  return flvxOf(product).redirectTo ?? defaults.redirectTo ?? NOWHERE;
}

/** What names the tunnels of a service: its own ref (unless Sluice noted it), the product, the panel's default. */
export type TunnelChoice = { ids: number[] } | { group: string | number } | null;

export function tunnelChoice(service: ServiceRecord, product: ProductSettings, defaults: FlvxDefaults): TunnelChoice {
  const { flvx_tunnel_id: own } = service.refs;
  if (own !== undefined && !service.ownRefs.includes('flvx_tunnel_id')) return { ids: [Number(own)] };
  const { tunnelId, tunnelIds, tunnelGroup } = flvxOf(product);
  if (tunnelIds !== undefined) return { ids: [...new Set(tunnelIds)] };
  if (tunnelId !== undefined) return { ids: [tunnelId] };
  if (tunnelGroup !== undefined) return { group: tunnelGroup };
  return defaults.tunnelId === undefined ? null : { ids: [defaults.tunnelId] };
}

/** The tunnels of a service; a problem where they can't be told. */
export function tunnelsOf(
  choice: TunnelChoice,
  groups: readonly FlvxTunnelGroup[] | null,
  product: string,
): { tunnels: number[] } | { problem: ItemError } {
  if (choice === null) return { problem: noTunnel(product) };
  if ('ids' in choice) return { tunnels: choice.ids };
  const { group } = choice;
  const found = groups?.find((row) => row.id === group || row.name === group || String(row.id) === String(group));
  if (found) return { tunnels: found.tunnelIds };
  return {
    problem: {
      code: 'unknown_tunnel_group',
      message: `the panel has no tunnel group "${group}" (products.${product}.flvx.tunnelGroup): name one that it lists, or tunnelIds`,
    },
  };
}

/** No tunnel is named anywhere. */
export function noTunnel(product: string): ItemError {
  return {
    code: 'no_tunnel',
    message: `product "${product}" names no tunnel: set flvx.tunnelId, tunnelIds or tunnelGroup, or tunnelId of the panel`,
  };
}

/** The speed of a service: none, a limit of the panel's shared with others, or one of the service's own. */
export type FlvxSpeed =
  { kind: 'none' } | { kind: 'shared'; limitId: number } | { kind: 'own'; key: string; speed: MegabitsPerSecond };

/** What a product says of the speed; `unset` where neither it nor the panel says anything. */
export type SpeedChoice = FlvxSpeed | { kind: 'unset' };

export function speedChoice(service: ServiceRecord, product: ProductSettings, defaults: FlvxDefaults): SpeedChoice {
  const { speedMbit, speedLimitId = defaults.speedLimitId } = flvxOf(product);
  if (speedMbit !== null) return { kind: 'own', key: limitKey(service) ?? '', speed: megabits(speedMbit) };
  if (speedLimitId === undefined) return { kind: 'unset' };
  return speedLimitId === null ? { kind: 'none' } : { kind: 'shared', limitId: speedLimitId };
}

/**
 * Key of a service's own speed limits: its account's unguessable name, or the panel's id of an account that Sluice did not
 * make. Another store on the same panel has neither, whatever its services are called. Null where there is no account.
 */
export function limitKey(service: ServiceRecord, userId: number | null = null): string | null {
  const { name, nameIsOurs, userId: known } = scopeOf(service);
  if (nameIsOurs === true && name != null) return name;
  const id = userId ?? known;
  return id == null ? null : `user#${id}`;
}

/** The key of earlier versions: the service's id, short enough for the panel's column. */
export function oldLimitKey({ id }: Pick<ServiceRecord, 'id'>): string {
  return id.length <= 48 ? id : createHash('sha256').update(id).digest('hex').slice(0, 24);
}

/**
 * The panel's own quota: its counter and what remains of the allowance, in whole GB, rounded up. The panel counts both
 * directions together, so where only one counts it can't help and gets no limit. Null where nothing is configured: what is
 * there stays.
 *
 * @param counterBytes the account's counter on the panel now
 */
export function quotaOf(
  desired: Pick<Desired, 'allowance' | 'mode' | 'product' | 'counted'>,
  counterBytes: number,
): GigabytesWhole | null {
  const { allowance, mode } = desired;
  if (allowance === null) return null;
  if (allowance.unlimited || allowance.allowedBytes === null || mode !== 'TOTAL') return UNLIMITED_QUOTA;
  return quotaFor(bytes(Math.max(0, allowance.allowedBytes + uncountedBytes(desired, counterBytes))));
}

/**
 * What the panel's counter holds beside the usage of the cycle; negative where the panel has zeroed it within the cycle. It
 * stays the same while both grow. With reset day 0 the counter is the cycle's.
 */
export function uncountedBytes(
  { product, counted }: Pick<Desired, 'product' | 'counted'>,
  counterBytes: number,
): number {
  if (flvxOf(product).resetDay === 0 || counted === null) return 0;
  const isZeroed = counterBytes < counted.counterBytes;
  return (isZeroed ? 0 : counted.counterBytes) - counted.usedBytes;
}

/** When the account runs out on the panel: the due date and the days of grace, at local midnight; null without a due date. */
export function expiryOf(service: ServiceRecord, product: ProductSettings, timeZone: string): EpochMs | null {
  if (service.nextDueDate === null) return null;
  // A calendar day is 24 hours long in UTC, whatever the zone does; its midnight is looked up afterwards.
  const day = Date.parse(`${service.nextDueDate}T00:00:00Z`) + flvxOf(product).graceDays * DAY_MS;
  const localDate = new Date(day).toISOString().slice(0, 10);
  return epochMs(Date.parse(zonedMidnight(localDate, timeZone)));
}

/** Expiry of a new account without a due date. */
export function firstExpiry(product: ProductSettings, now: string): EpochMs {
  return epochMs(Date.parse(now) + flvxOf(product).expiryDays * DAY_MS);
}
