const AUTO_BUY = {
  enabled: 'Has to be false in this version',
  package: 'The package that is bought',
  thresholdGb: 'Bought when less than this remains, in GB',
  thresholdPercent: 'Bought when this share is used',
  maxPerCycle: 'Most purchases in a cycle',
};

const under = (path: string, keys: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(keys).map(([key, text]) => [`${path}.${key}`, text]));

/**
 * What each key of the config is for, by its path: `*` stands for a name, `panels.flvx` for panels of that kind. `sluice config schema`
 * prints them, `docs/config.md` is written from them, and a test sees that every key has one.
 */
export const DESCRIPTIONS: Record<string, string> = {
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

  'panels.easydcim.url': 'Address of EasyDCIM; what is pasted behind it (/backend, /api/v3/admin) is cut off',
  'panels.easydcim.token': 'API token of an administrator',
  'panels.easydcim.impersonate':
    'Id or e-mail of the EasyDCIM user whose eyes all services are read with; a service’s own easydcim_user wins',
  'panels.easydcim.impersonateFallback': 'Ask as the administrator where the panel refuses the impersonated user',
  'panels.easydcim.units': 'Unit of the bandwidth figures that the panel answers with, where it states none',
  'panels.easydcim.requestUnits': 'Unit that the panel is asked for, where it takes one',
  'panels.easydcim.graphDates': 'How the dates of a graph are sent: as text or as Unix seconds',
  'panels.easydcim.managementPorts': 'Ports whose name or description matches are never disabled',
  'panels.easydcim.trafficDirection': 'swapped: what the panel calls in is out for the customer',

  'panels.flvx.url': 'Address of FLVX: of its API (port 6365) or of its web pages',
  'panels.flvx.username': 'Name of an administrator’s account',
  'panels.flvx.password': 'Its password',
  'panels.flvx.tunnelId': 'Tunnel of products that name none',
  'panels.flvx.speedLimitId': 'Speed limit of products that name none; null: none',
  'panels.flvx.redirectTo': 'Where redirected forwards point; 127.0.0.1:9 where nothing is said',

  'panels.hiddify.url': 'Address of Hiddify with the secret path of its administration',
  'panels.hiddify.apiKey': 'The Owner’s key; an agent’s does where no limits of agents are kept',
  'panels.hiddify.agents': 'Limits of agents: present where they are kept',
  'panels.hiddify.agents.accounting':
    'What counts against an agent’s limit. consumed: real traffic of the period. allocated: what its users’ limits promise. panel: the usage that the panel shows',
  'panels.hiddify.agents.period': 'When the counting starts again: never, each calendar month, or every so many days',
  'panels.hiddify.agents.period.days': 'Length of a period in days',
  'panels.hiddify.agents.exempt': 'Agents, by uuid or name, that are watched only: their own users are never disabled',
  'panels.hiddify.agents.releaseBelow':
    'Users are given back when their agent is below this share of its limit; 95% where nothing is said',
  'panels.hiddify.agents.thresholds': 'Percentages of the limit that are announced, once a period each',
  'panels.hiddify.agents.addon': 'true: limits are kept by the panel’s agent traffic add-on where it is installed',
  'panels.hiddify.agents.addon.prefix': 'Path of the add-on’s API, where it is not the usual one',

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
  'products.*.flvx': 'For products on FLVX',
  'products.*.flvx.tunnelId': 'The tunnel that is given',
  'products.*.flvx.tunnelIds': 'Several tunnels, instead of tunnelId',
  'products.*.flvx.tunnelGroup': 'All tunnels of a group, by name or id, instead of tunnelId',
  'products.*.flvx.maxForwards': 'Number of forwards that is sold',
  'products.*.flvx.enforceMaxForwards': 'Pause the newest forwards beyond that number; the panel does not',
  'products.*.flvx.speedMbit': 'Speed in Mbit/s, by a limit of the service’s own; null: none',
  'products.*.flvx.speedLimitId': 'A speed limit of the panel’s that services share, instead of speedMbit; null: none',
  'products.*.flvx.throttleMbit': 'Speed in Mbit/s of a held service under action throttle',
  'products.*.flvx.redirectTo': 'As on the panel, for this product',
  'products.*.flvx.expiryDays': 'Days until the account expires, for services without a due date',
  'products.*.flvx.graceDays': 'Days that the account works on after the due date',
  'products.*.flvx.resetDay':
    'Day of the month on which the panel zeroes the counters; 0: Sluice does it with each cycle',
  'products.*.hiddify': 'For products on Hiddify',
  'products.*.hiddify.agent': 'Uuid of the agent that the users belong to',
  'products.*.hiddify.packageDays': 'Days of a user without a due date, from the first use on',
  'products.*.hiddify.mode': 'How the panel zeroes the usage by itself; no_reset: Sluice does it with each cycle',

  'packages.*.traffic': 'How much it adds to the cycle',
  'packages.*.price': 'Its price',
  'packages.*.currency': 'Of the price, where it is not that at the top',
  'packages.*.taxed': 'Whether tax is added to the price',

  'poll.interval':
    'How far apart polls are, for schedules and for warnings about missing runs; 15m where nothing is said',
  'poll.overdue':
    'What happens past the due date. meter: metered on. hold: held until it is renewed. ignore: left as it is',
  'poll.brake':
    'A run that would hold, release or change very many services of a panel changes none and ends with 6; --allow-mass lets it',
  'poll.brake.share':
    'It stops when more than this share of the panel’s active services would change, 20% where nothing is said…',
  'poll.brake.atLeast': '…and at least so many',

  'retention.apiLog': 'Calls to panels; 30d where nothing is said',
  'retention.samples': 'Usage figures in full, 90d where nothing is said; older ones are kept by hours, then days',
};
