import type { PanelKind } from '@sluice/panel-kind';

const AUTO_BUY = {
  enabled: 'Has to be false in this version',
  package: 'The package that is bought',
  thresholdGb: 'Bought when less than this remains, in GB',
  thresholdPercent: 'Bought when this share is used',
  maxPerCycle: 'Most purchases in a cycle',
};

const under = (path: string, keys: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(keys).map(([key, text]) => [`${path}.${key}`, text]));

/** What each key that does not belong to a kind of panel is for, by its path: `*` stands for a name. */
const GENERAL: Record<string, string> = {
  timeZone: 'Zone of billing dates; a panel may have its own',
  state: 'File that everything is remembered in; relative to the config file',
  currency: 'Currency of packages that state none',
  enforce: 'on: runs carry out what they decide. observe: they read, decide and record, and change nothing',
  panels: 'The panels, by names of your own',
  products: 'What you sell, by names of your own; services name their product',
  packages: 'Extra traffic that can be bought for a cycle, by names of your own',
  autoBuy: 'Default of the products’ autoBuy',
  ...under('autoBuy', AUTO_BUY),
  billing: 'Where money is booked: the ledger in the state file',
  poll: 'How runs work',
  retention: 'How long what is recorded is kept',
  graphCache: 'How long a graph is shown before the panel is asked again; 30m where nothing is said',
  notify: 'Not built in this version: leave it empty',
  limits: 'Not built in this version: leave it empty',

  'panels.*.kind': 'Which panel it is',
  'panels.*.allowHttp': 'Accept plain http, which sends the credentials unencrypted',
  'panels.*.enforce': 'As at the top, for the products of this panel',
  'panels.*.timeZone': 'Zone of the panel, where it is not that at the top',
  'panels.*.concurrency': 'Calls at once; 8 where nothing is said',
  'panels.*.adaptive': 'Fewer calls at once while the panel refuses or slows down, more again afterwards',
  'panels.*.requestsPerSecond': 'Most calls per second; no limit where nothing is said',
  'panels.*.timeout': 'Longest time that one try of a call may take; lists of a Hiddify panel get six times as much',
  'panels.*.retries': 'Further tries of a reading call that failed; changing calls are never repeated blindly',
  'panels.*.proxy': 'Proxy that the calls go through',
  'panels.*.tls': 'How the panel’s certificate is checked',
  'panels.*.tls.ca': 'Certificates to trust; relative to the config file',
  'panels.*.tls.rejectUnauthorized': 'false accepts any certificate: anybody in between can read the credentials',
  'panels.*.tls.pinSha256': 'SHA-256 fingerprint, in hex, of the one certificate to accept',

  'products.*.panel': 'Name of the panel that its services are on',
  'products.*.quota':
    'What a cycle includes: a size, unlimited, or figures per direction; without it services are unmanaged',
  'products.*.quota.in': 'For mode IN',
  'products.*.quota.out': 'For mode OUT',
  'products.*.quota.total': 'For mode TOTAL',
  'products.*.quota.default': 'For a mode without a figure of its own',
  'products.*.mode': 'Which direction counts; TOTAL where nothing is said. A service’s own traffic_mode wins',
  'products.*.quotaPeriod': 'What a quota is for: a billing period, or each month of a longer one',
  'products.*.action':
    'What a hold does. EasyDCIM: disable-ports, suspend-order, both. FLVX: pause, redirect, throttle. Hiddify: disable. The first is the default',
  'products.*.enforce': 'As at the top, for this product',
  'products.*.packages': 'Packages on offer',
  'products.*.autoBuy': 'Buying a package by itself: not built in this version, so enabled has to be false',
  ...under('products.*.autoBuy', AUTO_BUY),
  'products.*.allowSharedPorts': 'Disable ports, or suspend an order, that other services stand on too',
  'products.*.provision': 'Services are provisioned by command',
  'products.*.terminate': 'Services are terminated by command',
  'products.*.limits': 'Not built in this version: leave it empty',
  'products.*.credentials': 'What becomes of passwords that Sluice makes',
  'products.*.credentials.writeTo': 'Folder for the password files; relative to the config file',

  'packages.*.traffic': 'How much it adds to the cycle',
  'packages.*.price': 'Its price',
  'packages.*.currency': 'Of the price, where it is not that at the top',
  'packages.*.taxed': 'Whether tax is added to the price',

  'poll.interval':
    'How far apart polls are, for schedules and for warnings about missing runs; 15m where nothing is said',
  'poll.overdue':
    'What happens past the due date. meter: metered on. hold: held until it is renewed. ignore: left as it is',
  'poll.brake':
    'A run that would hold, release or change very many services of a panel at once changes none, unless it is allowed to',
  'poll.brake.share':
    'It stops when more than this share of the panel’s active services would change, 20% where nothing is said…',
  'poll.brake.atLeast': '…and at least so many',

  'retention.apiLog': 'Calls to panels; 30d where nothing is said',
  'retention.samples': 'Usage figures in full, 90d where nothing is said; older ones are kept by hours, then days',
};

/**
 * Returns what each key of the config is for, by its path: `*` stands for a name, `panels.flvx` for panels of that kind. The
 * schema carries them, `docs/config.md` is written from them, and a test sees that every key has one.
 */
export function descriptionsOf(kinds: readonly PanelKind[]): Record<string, string> {
  const own = kinds.flatMap(({ kind, descriptions }) =>
    Object.entries(descriptions).map(([path, text]) => [
      path.replace(/^panel\./, `panels.${kind}.`).replace(/^product(?=\.|$)/, `products.*.${kind}`),
      text,
    ]),
  );
  return { ...GENERAL, ...(Object.fromEntries(own) as Record<string, string>) };
}
