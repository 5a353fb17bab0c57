import type { PanelKind, PanelSettings } from '@sluice/panel-kind';
import { nameAction } from '../account/history/journaled-step.js';
import { panelShape, productSchema, toFlvxProduct } from './product.js';

export type { PanelKind, PanelSettings };

const POSITIVE = { fits: /^[1-9]\d{0,15}$/, words: 'a whole number above 0: an id of FLVX' };

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
    'panel.url': 'Address of the API (port 6365) or of the web pages',
    'panel.username':
      'Name of an administrator’s account, or a reference such as ${env:NAME}; required together with password, unless there is a token',
    'panel.password': 'Password of that account',
    'panel.token':
      'Token of an administrator, instead of username and password; valid for 90 days after the login that created it',
    'panel.tunnelId': 'Default tunnel of products',
    'panel.speedLimitId': 'Default speed limit of products; null: none',
    'panel.redirectTo': 'Where redirected forwards point; default 127.0.0.1:9',
    product: 'For products on FLVX',
    'product.tunnelId': 'Tunnel of the product',
    'product.tunnelIds':
      'Several tunnels, instead of tunnelId; []: none, the permissions stay as they are on the panel',
    'product.tunnelGroup': 'All tunnels of a group, by name or id, instead of tunnelId',
    'product.maxForwards': 'Number of forwards that customers may create',
    'product.enforceMaxForwards': 'Pause the newest forwards beyond that number; the panel does not enforce it',
    'product.speedMbit': 'Speed in Mbit/s, set with the service’s own speed limit; null: none',
    'product.speedLimitId': 'Id of a speed limit on the panel that services share, instead of speedMbit; null: none',
    'product.throttleMbit': 'Speed in Mbit/s of a held service with action throttle',
    'product.redirectTo': 'Where redirected forwards of this product point; default: redirectTo of the panel',
    'product.expiryDays': 'Days until the account expires, for services without a due date',
    'product.graceDays': 'Days that the account stays active after the due date; poll.overdue begins after them, too',
    'product.resetDay':
      'Day of the month on which the panel zeroes the counters; 0: Sluice zeroes them with each cycle',
  },
  credentials: [['username', 'password'], ['token']],
  refs: [
    { name: 'flvx_user_id', ...POSITIVE, unique: true },
    // The panel accepts all characters in a login name; its column has room for 100.
    {
      name: 'flvx_username',
      fits: /^[^\p{C}]{1,100}$/u,
      words: 'at most 100 characters, none of them a control character',
    },
    { name: 'flvx_tunnel_id', ...POSITIVE },
    { name: 'flvx_user_tunnel_id', ...POSITIVE },
  ],
  restrictions: ['pause', 'redirect', 'throttle'],
  mildestFirst: ['throttle', 'redirect', 'pause'],
  keepsQuota: true,
  suspension: 'suspend',
  capabilities: ['usage', 'counter-usage', 'enforce', 'suspend', 'accounts', 'passwords', 'packages'],
  requiredRef: 'flvx_user_id',
  init: {
    defaultName: 'relay',
    secrets: ['password', 'token'],
    texts: [{ key: 'username', default: 'admin' }],
    laterKeys: ['tunnelId: 1                       # default of its products'],
    product: {
      name: 'relay-100',
      lines: [
        'quota: { total: 100GB }',
        'action: pause                     # or redirect, or throttle',
        'flvx: { tunnelId: 1, maxForwards: 10 }',
      ],
      choices: [
        { list: 'tunnelGroups', title: 'tunnel group', replaces: 'tunnelId: 1', with: 'tunnelGroup: ID' },
        { list: 'tunnels', title: 'tunnel', required: true, replaces: 'tunnelId: 1', with: 'tunnelId: ID' },
        {
          list: 'speedLimits',
          title: 'speed limit',
          // Those of single accounts, which end with them.
          except: /^sluice:/,
          replaces: 'maxForwards: 10',
          with: 'maxForwards: 10, speedLimitId: ID',
        },
      ],
    },
  },
  showsAccount: true,
  accountsExpire: true,
  graceDays: (product) => toFlvxProduct(product).graceDays,
  login: { idRef: 'flvx_user_id', nameRef: 'flvx_username' },
  nameAction,
  oldTools: { flvx: async () => (await import('./moving-in/old-module.js')).oldModule },
  async open(panel, dependencies) {
    const { openFlvxPanel } = await import('./panel.js');
    return openFlvxPanel(flvx, panel, dependencies);
  },
};
