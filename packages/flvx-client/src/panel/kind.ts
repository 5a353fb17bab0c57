import type { PanelKind } from '@sluice/panel-kind';
import { panelShape, productSchema } from './settings.js';

const POSITIVE = { fits: /^[1-9]\d{0,15}$/, words: 'a whole number above 0, as FLVX shows its ids' };

/** FLVX: users with permissions on tunnels, and their forwards (docs/panels/flvx.md). */
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
  actions: ['pause', 'redirect', 'throttle'],
  capabilities: ['usage', 'counter-usage', 'enforce', 'suspend', 'accounts', 'passwords', 'packages'],
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
    const { openFlvxPanel } = await import('./open-flvx-panel.js');
    return openFlvxPanel(panel, dependencies);
  },
};
