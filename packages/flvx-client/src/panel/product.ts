import {
  type TargetState,
  type ItemError,
  type ProductSettings,
  findTermEnd,
  hostPort,
  secret,
  type PanelDependencies,
  type PanelSettings,
} from '@sluice/panel-kind';
import { toLocalDate, zonedMidnight, type ServiceRecord } from '@sluice/quota-core';
import * as z from 'zod/mini';
import { NOWHERE } from '../account/plan/target.js';
import type { FlvxCredentials } from '../client/client.js';
import type { FlvxScope } from '../client/observation.js';
import { type FlvxTunnelGroup, epochMs, megabits, type EpochMs, type MegabitsPerSecond } from '../client/records.js';

const count = z.int().check(z.positive());
const optionalCount = z.optional(count);
const countOrNull = z.nullable(count);
const optionalSecret = z.optional(secret);
const wholeFromZero = z.int().check(z.minimum(0));

/** Config keys of an FLVX panel, in addition to those of every panel. */
export const panelShape = {
  username: z.optional(z.string().check(z.minLength(1))),
  password: optionalSecret,
  token: optionalSecret,
  tunnelId: optionalCount,
  speedLimitId: z.optional(countOrNull),
  redirectTo: z.optional(hostPort),
};

/** Section `flvx` of a product. */
export const productSchema = z.strictObject({
  tunnelId: optionalCount,
  tunnelIds: z.optional(z.array(count)),
  tunnelGroup: z.optional(z.union([z.string(), count])),
  maxForwards: z._default(wholeFromZero, 10),
  enforceMaxForwards: z._default(z.boolean(), false),
  speedMbit: z._default(countOrNull, null),
  speedLimitId: z.optional(countOrNull),
  throttleMbit: z._default(count, 1),
  redirectTo: z.optional(hostPort),
  expiryDays: z._default(count, 30),
  graceDays: z._default(wholeFromZero, 0),
  resetDay: z._default(z.int().check(z.minimum(0), z.maximum(31)), 0),
});

/** Settings of an FLVX panel, parsed. */
export type FlvxSettings = PanelSettings & z.infer<z.ZodMiniObject<typeof panelShape>>;

/** Section `flvx` of a product, parsed. */
export type FlvxProduct = z.infer<typeof productSchema>;

/** Settings of the panel that are defaults of its products. */
export type FlvxDefaults = Partial<Pick<FlvxSettings, 'tunnelId' | 'speedLimitId' | 'redirectTo'>>;

const dayMs = 86_400_000;

/** The product without a section `flvx`. */
const defaultProduct = z.parse(productSchema, {});

/** Returns the product's section, with defaults. */
export function toFlvxProduct(product: ProductSettings): FlvxProduct {
  return (product['flvx'] as FlvxProduct | undefined) ?? defaultProduct;
}

/** Returns which account belongs to a service: by the known id, or by a name that only Sluice can have chosen. */
export function toScope({ refs, ownRefs }: Pick<ServiceRecord, 'refs' | 'ownRefs'>): FlvxScope {
  const userId = Number(refs['flvx_user_id'] ?? Number.NaN);
  const name = refs['flvx_username'] ?? null;
  return {
    userId: Number.isSafeInteger(userId) && userId > 0 ? userId : null,
    name,
    nameIsOurs: name !== null && ownRefs.includes('flvx_username') && isUnguessable(name),
  };
}

/** Returns the address of a redirect: of the product, else of the panel, else the node's discard port. */
export function redirectTo(product: ProductSettings, defaults: FlvxDefaults): string {
  return toFlvxProduct(product).redirectTo ?? defaults.redirectTo ?? NOWHERE;
}

/** The configured tunnels of a service: of a ref that the operator set, of the product, or the panel's default. */
export type TunnelChoice = { ids: number[] } | { group: string | number } | null;

/** Returns the configured tunnels of a service; null for none. */
export function tunnelChoice(service: ServiceRecord, product: ProductSettings, defaults: FlvxDefaults): TunnelChoice {
  const { flvx_tunnel_id: own } = service.refs;
  if (own !== undefined && !service.ownRefs.includes('flvx_tunnel_id')) return { ids: [Number(own)] };
  return productTunnels(product, defaults);
}

/** Returns the tunnels of a product, or the panel's default; null for none. */
export function productTunnels(product: ProductSettings, defaults: FlvxDefaults): TunnelChoice {
  const { tunnelId, tunnelIds, tunnelGroup } = toFlvxProduct(product);
  if (tunnelIds !== undefined) return { ids: [...new Set(tunnelIds)] };
  if (tunnelId !== undefined) return { ids: [tunnelId] };
  if (tunnelGroup !== undefined) return { group: tunnelGroup };
  return defaults.tunnelId === undefined ? null : { ids: [defaults.tunnelId] };
}

/** Finds a group by the name or id that a product has. */
export function findGroup(groups: readonly FlvxTunnelGroup[], group: string | number): FlvxTunnelGroup | undefined {
  return groups.find((row) => row.id === group || row.name === group || String(row.id) === String(group));
}

/** Returns the ids of the chosen tunnels; undefined where the panel has no such group. */
export function listTunnels(
  choice: NonNullable<TunnelChoice>,
  groups: readonly FlvxTunnelGroup[],
): number[] | undefined {
  return 'ids' in choice ? choice.ids : findGroup(groups, choice.group)?.tunnelIds;
}

/** What was read of the tunnels of a panel. */
interface ReadTunnels {
  groups: readonly FlvxTunnelGroup[] | null;
  /** Whether the tunnels were not read. */
  partial: boolean;
  account: { tunnels: readonly { id: number }[] };
}

/** The tunnels of a service (null where they are unknown), those that the panel lacks, and the problem with them. */
interface ChosenTunnels {
  tunnels: number[] | null;
  missing: number[];
  problem: ItemError | null;
}

/** Returns the tunnels of a service. The panel would store permissions for tunnels that it does not have. */
export function chooseTunnels(
  { service, product }: Pick<TargetState, 'service' | 'product'>,
  defaults: FlvxDefaults,
  { groups, partial, account }: ReadTunnels,
): ChosenTunnels {
  const choice = tunnelChoice(service, product, defaults);
  if (choice === null) return { tunnels: null, missing: [], problem: noTunnel(service.product) };
  const tunnels = listTunnels(choice, groups ?? []);
  if (tunnels !== undefined) {
    const missing = partial ? [] : tunnels.filter((id) => !account.tunnels.some((tunnel) => tunnel.id === id));
    const message = `the panel has no tunnel ${missing.join(', ')}`;
    return { tunnels, missing, problem: missing.length === 0 ? null : { code: 'unknown_tunnel', message } };
  }
  const group = 'group' in choice ? choice.group : '';
  return {
    tunnels: null,
    missing: [],
    problem: {
      code: 'unknown_tunnel_group',
      message: `the panel has no tunnel group "${group}" (products.${service.product}.flvx.tunnelGroup): set an existing group, or set tunnelIds instead`,
    },
  };
}

/** The problem of a product that names no tunnel. */
function noTunnel(product: string): ItemError {
  return {
    code: 'no_tunnel',
    message: `product "${product}" names no tunnel: set flvx.tunnelId, tunnelIds or tunnelGroup, or tunnelId of the panel`,
  };
}

/** Returns why a product can't be used for a new account; null if it can. */
export function checkProduct(
  service: ServiceRecord,
  product: ProductSettings,
  defaults: FlvxDefaults,
): ItemError | null {
  const choice = tunnelChoice(service, product, defaults);
  if (choice === null || ('ids' in choice && choice.ids.length === 0)) return noTunnel(service.product);
  const { speedMbit, speedLimitId } = toFlvxProduct(product);
  if (speedMbit == null || speedLimitId == null) return null;
  return {
    code: 'two_speeds',
    message: `product "${service.product}" sets both speedMbit and speedLimitId: keep one of them`,
  };
}

/** The speed of a product: none, a shared limit, the service's own limit, or `unset` where nothing is configured. */
export type SpeedChoice =
  | { kind: 'none' }
  | { kind: 'shared'; limitId: number }
  | { kind: 'own'; speed: MegabitsPerSecond }
  | { kind: 'unset' };

/** Returns the speed of a product. */
export function speedChoice(product: ProductSettings, defaults: FlvxDefaults): SpeedChoice {
  const { speedMbit, speedLimitId = defaults.speedLimitId } = toFlvxProduct(product);
  if (speedMbit !== null) return { kind: 'own', speed: megabits(speedMbit) };
  if (speedLimitId === undefined) return { kind: 'unset' };
  return speedLimitId === null ? { kind: 'none' } : { kind: 'shared', limitId: speedLimitId };
}

/**
 * Returns the key of a service's own speed limits: its account's unguessable name, or the panel's id of an account that Sluice
 * did not create. Another store on the same panel has neither, whatever its services are called. Null without an account.
 */
export function findLimitKey(service: ServiceRecord, userId: number | null = null): string | null {
  const { name, nameIsOurs, userId: known } = toScope(service);
  if (nameIsOurs === true && name != null) return name;
  const id = userId ?? known;
  return id == null ? null : `user#${id}`;
}

/** Returns the key that earlier versions used: the service's id, short enough for the panel's column. */
export function toOldLimitKey({ id }: Pick<ServiceRecord, 'id'>): string {
  // On demand: every command reads this file, and few need cryptography, which loads slowly.
  return id.length <= 48 ? id : process.getBuiltinModule('node:crypto').hash('sha256', id).slice(0, 24);
}

/**
 * Returns when the account expires on the panel: due date and days of grace, or the later end of its protection, at local midnight; null
 * without a due date.
 */
export function findExpiry({
  service,
  product,
  timeZone,
}: Pick<TargetState, 'service' | 'product' | 'timeZone'>): EpochMs | null {
  if (service.nextDueDate === null) return null;
  // A calendar day has 24 hours in UTC; its local midnight is computed afterwards.
  const day = Date.parse(`${service.nextDueDate}T00:00:00Z`) + toFlvxProduct(product).graceDays * dayMs;
  const localDate = findTermEnd({ ...service, nextDueDate: new Date(day).toISOString().slice(0, 10) });
  return epochMs(Date.parse(zonedMidnight(localDate ?? '', timeZone)));
}

/**
 * Returns when an account expires on the panel that expires at this instant now. One that Sluice did not create keeps its time of day,
 * where it expires on the right day.
 */
export function toExpiry(target: ExpiryTarget, present: EpochMs): EpochMs {
  const end = findEnd(target, present);
  const isOwn = target.service.ownRefs.includes('flvx_user_id');
  return !isOwn && isOnDayOf(end, present, target.timeZone) ? present : end;
}

type ExpiryTarget = Pick<TargetState, 'service' | 'product' | 'timeZone' | 'now'>;

/** Returns the end of an account: without a due date its present one, but not before its protection ends. */
function findEnd(target: ExpiryTarget, present: EpochMs): EpochMs {
  const { service, timeZone, now } = target;
  const due = findExpiry(target);
  if (due !== null || service.protectedUntil === null) return due ?? present;
  const end = epochMs(Date.parse(zonedMidnight(service.protectedUntil, timeZone)));
  return present < end && Date.parse(now) < end ? end : present;
}

/** Whether an instant is later on the local day that begins at midnight. */
function isOnDayOf(midnight: EpochMs, instant: EpochMs, timeZone: string): boolean {
  // No local day is longer.
  if (instant <= midnight || instant - midnight > 2 * dayMs) return false;
  const [day, other] = [midnight, instant].map((ms) => toLocalDate(new Date(ms).toISOString(), timeZone));
  return day === other;
}

/** Returns the expiry of a new account. */
export function toFirstExpiry(target: ExpiryTarget): EpochMs {
  const { product, now } = target;
  return findEnd(target, epochMs(Date.parse(now) + toFlvxProduct(product).expiryDays * dayMs));
}

const pattern = /^sl-[0-9a-z]{20}$/;
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Returns an unguessable login name, which proves that its account belongs to the service. */
export function unguessableName(randomBytes: (count: number) => Uint8Array): string {
  // 32 letters: every byte yields one without bias.
  return `sl-${[...randomBytes(20)].map((byte) => alphabet[byte % alphabet.length] ?? '').join('')}`;
}

/** Whether a name has the form that `unguessableName` returns. */
export function isUnguessable(name: string): boolean {
  return pattern.test(name);
}

/** Returns the configured credentials; the config has a token, or username and password. */
export function toCredentials(
  name: string,
  { username = '', password = '', token }: FlvxSettings,
  { secret }: PanelDependencies,
): FlvxCredentials {
  if (token !== undefined) return { token: secret(token, `panels.${name}.token`) };
  const account = secret(username, `panels.${name}.username`);
  return { username: account, password: secret(password, `panels.${name}.password`) };
}
