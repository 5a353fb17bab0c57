import { hostPort, secret, type PanelKind, type PanelSettings } from '@sluice/panel-kind';
import * as z from 'zod/mini';
import type { FlvxProduct } from './product.js';

export type { PanelKind, PanelSettings };

const count = z.int().check(z.positive());
const optionalCount = z.optional(count);
const countOrNull = z.nullable(count);
const wholeFromZero = z.int().check(z.minimum(0));

/** Config keys of a FLVX panel beside those of every panel. */
const panelShape = {
  username: z.string().check(z.minLength(1)),
  password: secret,
  tunnelId: optionalCount,
  speedLimitId: z.optional(countOrNull),
  redirectTo: z.optional(hostPort),
};

/** Section `flvx` of a product. */
const productSchema = z.strictObject({
  tunnelId: optionalCount,
  tunnelIds: z.optional(z.array(count).check(z.minLength(1))),
  tunnelGroup: z.optional(z.union([z.string(), count])),
  maxForwards: z._default(wholeFromZero, 10),
  enforceMaxForwards: z._default(z.boolean(), false),
  speedMbit: z._default(countOrNull, null),
  speedLimitId: z.optional(countOrNull),
  throttleMbit: z._default(count, 1),
  redirectTo: z.optional(hostPort),
  expiryDays: z._default(count, 365),
  graceDays: z._default(wholeFromZero, 0),
  resetDay: z._default(z.int().check(z.minimum(0), z.maximum(31)), 0),
}) satisfies z.core.$ZodType<FlvxProduct>;

const POSITIVE = { fits: /^[1-9]\d{0,15}$/, words: 'a whole number above 0, as FLVX shows its ids' };

/**
 * The panel kind FLVX: users with permissions on tunnels, and their forwards (docs/panels/flvx.md).
 *
 * @example
 * import { flvx } from '@sluice/flvx-client/panel';
 *
 * const kinds = [flvx]; // the kinds of panel that Sluice's engine is opened with
 */
export const flvx: PanelKind = {
  kind: 'flvx',
  title: 'FLVX',
  panelShape,
  productSchema,
  descriptions: {
    'panel.url': 'Address of FLVX: of its API (port 6365) or of its web pages',
    'panel.username': 'Name of an administrator’s account',
    'panel.password': 'Its password',
    'panel.tunnelId': 'Tunnel of products that name none',
    'panel.speedLimitId': 'Speed limit of products that name none; null: none',
    'panel.redirectTo': 'Where redirected forwards point; 127.0.0.1:9 where nothing is said',
    product: 'For products on FLVX',
    'product.tunnelId': 'The tunnel that is given',
    'product.tunnelIds': 'Several tunnels, instead of tunnelId',
    'product.tunnelGroup': 'All tunnels of a group, by name or id, instead of tunnelId',
    'product.maxForwards': 'Number of forwards that is sold',
    'product.enforceMaxForwards': 'Pause the newest forwards beyond that number; the panel does not',
    'product.speedMbit': 'Speed in Mbit/s, by a limit of the service’s own; null: none',
    'product.speedLimitId': 'A speed limit of the panel’s that services share, instead of speedMbit; null: none',
    'product.throttleMbit': 'Speed in Mbit/s of a held service under action throttle',
    'product.redirectTo': 'As on the panel, for this product',
    'product.expiryDays': 'Days until the account expires, for services without a due date',
    'product.graceDays': 'Days that the account works on after the due date',
    'product.resetDay': 'Day of the month on which the panel zeroes the counters; 0: Sluice does it with each cycle',
  },
  refs: [
    { name: 'flvx_user_id', ...POSITIVE },
    // The panel has no rule for the characters of a login name; its column has room for 100.
    {
      name: 'flvx_username',
      fits: /^[^\p{C}]{1,100}$/u,
      words: 'at most 100 characters, none of them a control character',
    },
    { name: 'flvx_tunnel_id', ...POSITIVE },
    { name: 'flvx_user_tunnel_id', ...POSITIVE },
  ],
  restrictions: ['pause', 'redirect', 'throttle'],
  suspension: 'suspend',
  capabilities: ['usage', 'counter-usage', 'enforce', 'suspend', 'accounts', 'passwords', 'packages'],
  requiredRef: 'flvx_user_id',
  init: {
    defaultName: 'relay',
    secrets: ['password'],
    texts: [{ key: 'username', default: 'admin' }],
    laterKeys: ['tunnelId: 1                       # default of its products'],
    product: {
      name: 'relay-100',
      lines: [
        'quota: { total: 100GB }',
        'action: pause                     # or redirect, or throttle',
        'flvx: { tunnelId: 1, maxForwards: 10 }',
      ],
    },
  },
  showsAccount: true,
  login: { idRef: 'flvx_user_id', nameRef: 'flvx_username' },
  async open(panel, dependencies) {
    const { openFlvxPanel } = await import('./panel.js');
    return openFlvxPanel(flvx, panel, dependencies);
  },
};
