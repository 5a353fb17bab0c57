import type { BillingKind } from '@sluice/contract/ports';
import { DEFAULT_BRAKE, SMALL_PANEL } from '@sluice/quota-core';
import { type KnownKinds, toSection } from './schema.js';

const AUTO_BUY = {
  enabled: 'Whether packages are bought automatically from the credit of the client',
  package: 'The package to buy',
  thresholdGb: 'Buy when at most this remains, in GB (default 10)',
  thresholdPercent: 'Buy when at most this share of the allowance remains, in percent',
  maxPerCycle: 'Maximum number of automatic purchases in a cycle (default 5)',
};

const under = (path: string, keys: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(keys).map(([key, text]) => [`${path}.${key}`, text]));

/** Descriptions of the keys that do not belong to a kind of panel, by path: `*` stands for a name. */
const GENERAL: Record<string, string> = {
  timeZone: 'Time zone of billing dates; a panel may have its own',
  state:
    'The state file, relative to the config file; or the address of a PostgreSQL database, such as ${env:STATE_URL} for postgres://user:password@host/database; see postgresql.md',
  stateFolder:
    'With PostgreSQL: folder of the files that stand beside a state file otherwise, such as those with open holds and passwords; default: that of the config file',
  currency: 'Currency of packages without one',
  enforce: 'on: runs apply their decisions. observe: runs read, decide and record, but change nothing',
  panels: 'The panels, each under a name of your choice',
  products: 'The products, each under a name of your choice; each service has one product',
  packages: 'Packages of extra traffic for a cycle, each under a name of your choice',
  autoBuy: 'Default for autoBuy of products',
  ...under('autoBuy', AUTO_BUY),
  billing: 'Where money is booked: the ledger in the state file, or a billing system with a section of its own',
  poll: 'Settings of runs',
  retention: 'How long records are kept',
  graphCache: 'How long a graph of a panel is cached; default 30m',
  serve: 'The HTTP API and the dashboard',
  notify:
    'Where notices are sent: webhooks, mail, Telegram, Slack, Discord, ntfy, PagerDuty, commands; see notifications.md',
  heartbeat: 'Address that each run over all panels calls: with /start, as it is on success, with /fail otherwise',
  include: 'Further files with `products` and `packages`; relative paths are relative to the folder of the config',
  childEnv:
    'Names of variables that programs (${cmd:…}, command of notify) get beside PATH, HOME, USER, LANG, LC_*, TZ and XDG_*',
  ...under('notify', {
    name: 'Name of the entry; default: its kind of channel. All but one entry of a kind need one',
    events:
      'What is sent, by the names in notifications.md; default: all but would-change and digest, or all that clients are notified of',
    for: 'operator: everything. client: what happens to the services of a client, to that client',
    template:
      'One text, or texts by event (default for all others), by language, or by event and language; may contain {message} {event} {code} {service} {name} {panel} {client} {time} {at} {used} {allowed} {percent} {remaining} {until} {runsOut} {link} {package} {price}',
    link: 'With for: client, where messages lead: share makes a link to the pages of the client, which only reads; or an address that may contain {service} and {client}',
    timeout: 'Longest time that one message may take; default 10s, at most 30s',
    quietHours: 'Hours in which the channel sends nothing: what is due then is sent at their end. At most 12 hours',
    'quietHours.from': 'Time of day such as 22:00',
    'quietHours.to': 'Time of day such as 07:00; before "from" it is of the next day',
    'quietHours.timeZone': 'Time zone of both; default: the top-level one',
    'quietHours.except': 'Events that are sent nevertheless; default: brake and panel-unreachable',
    clients:
      'Addresses by client; they take precedence over the e-mail address of the service, and the one that a client has confirmed over them',
  }),
  ...under('brand', {
    name: 'Name of the provider, on pages for clients, in mails to them and in their reports; without it they show neutral words',
    logo: 'File with the logo for pages and reports: SVG, PNG, WebP or JPEG, at most 200 kB; relative to the config file',
    colour:
      'Colour of links and buttons for clients; where it could not be read on a page, a darker or lighter one is used',
    contact:
      'How clients reach the provider: an e-mail address, an address of a page, or a sentence; at the foot of their pages, mails and reports, and where a link has ended',
    terms: 'Page with the terms of the provider; at the foot of pages and reports for clients',
    topUpUrl: 'Page where clients add credit; default with billing: whmcs: that of WHMCS',
    mention: 'Whether pages and reports for clients say in small print that they are made with Sluice',
  }),
  brand: 'What clients see of their provider; see customer-pages.md',
  invoiceLines: 'Texts of lines on invoices; a mark that Sluice finds them by is added at their end',
  'invoiceLines.purchase':
    'Line of a package, for all clients or by language; may contain {traffic} {name} {service} {client} {package}: {name} is the name of the service with its id, or its id. Default: in the language of the client, such as Extra traffic {traffic} for {name}',
  'invoiceLines.calls':
    'Line of calls, likewise; may contain {username} {name} {service} {client} {period} {from} {to} {last}: {period} is a month, or the first and the last day; {to} is the day after {last}, or, like {from}, a date and time where the period is cut inside a day. Default: as Calls of {username}, {period}',
  limits: 'Not available in this version: leave it empty',

  'panels.*.kind': 'The kind of panel',
  'panels.*.publicUrl':
    'Address at which customers reach the panel, for their pages, log-in links and messages; without it they see url if its host is public, otherwise no address. Of Hiddify without its path',
  'panels.*.allowHttp': 'Allow plain HTTP, which sends the credentials unencrypted',
  'panels.*.enforce': 'Overrides the top-level key for the products of this panel',
  'panels.*.timeZone': 'Time zone of the panel, if it differs from the top-level one',
  'panels.*.concurrency': 'Maximum number of simultaneous calls; default 8',
  'panels.*.adaptive': 'Reduce simultaneous calls while the panel refuses calls or slows down',
  'panels.*.requestsPerSecond':
    'Maximum number of calls per second, one late call more at times where several processes share a store; no limit by default',
  'panels.*.timeout': 'Timeout of one attempt of a call; six times as long for lists of a Hiddify panel',
  'panels.*.retries':
    'Number of retries of a failed call that only reads; a call that changes the panel is repeated only after the panel was read',
  'panels.*.proxy': 'Proxy for the calls',
  'panels.*.lineSpeed':
    'What the line of a service carries in one direction at most, for products that do not state it',
  'panels.*.tls': "How the panel's certificate is checked",
  'panels.*.tls.ca': 'File with the certificates to trust; relative to the config file',
  'panels.*.tls.rejectUnauthorized':
    'false accepts any certificate: anyone on the network path can read the credentials',
  'panels.*.tls.pinSha256': 'SHA-256 fingerprint, in hex, of the one certificate to accept',

  'products.*.name': 'What pages, reports and messages call the product; default its name in the config',
  'products.*.panel': 'Name of the panel that its services are on',
  'products.*.quota':
    'Traffic included in a cycle: a size such as 10TB (1 GB is 1024³ bytes), unlimited, or one per direction; without a quota, services are unmanaged',
  'products.*.quota.in': 'For mode IN',
  'products.*.quota.out': 'For mode OUT',
  'products.*.quota.total': 'For mode TOTAL',
  'products.*.quota.default': 'For a mode without a quota of its own',
  'products.*.mode': 'Which direction counts; default TOTAL. The traffic_mode of a service takes precedence',
  'products.*.quotaPeriod': 'Whether a quota is per billing period, or per month of a longer period',
  'products.*.action':
    'The restriction of a hold. EasyDCIM: disable-ports, suspend-order, both. FLVX: pause, redirect, throttle. Hiddify: disable. Telephony: suspend, suspend-with-dids. The first is the default',
  'products.*.enforce': 'Overrides the top-level key for this product',
  'products.*.packages': 'Packages that can be bought',
  'products.*.autoBuy': 'Automatic purchase of a package; what is not stated comes from the top level',
  ...under('products.*.autoBuy', AUTO_BUY),
  'products.*.lineSpeed':
    'What the line of a service carries in one direction at most; with poll.maxOvershoot it decides when a service is read. By default what the panel shows of its line, or the speed limits that Sluice has set there',
  'products.*.maxOvershoot': 'Overrides poll.maxOvershoot for this product',
  'products.*.allowSharedPorts': 'Allow disabling ports, or suspending an order, that other services share',
  'products.*.provision':
    'manual: services are provisioned by command. auto: a reconcile creates the account of each service that is active (or pending with its order paid) and has none',
  'products.*.terminate':
    'manual: accounts of services that have ended wait for an operator. auto: a reconcile removes them',
  'products.*.limits': 'Limits of its services in addition to the quota',
  'products.*.limits.id': 'Name of the limit, and the reason of its holds; small letters, digits and hyphens',
  'products.*.limits.window':
    'day, week (from Monday) or month of the calendar, in the time zone of the panel; cycle: the cycle of the quota',
  'products.*.limits.allowance':
    'What a service may use in a window: a size, or, on telephony panels that report charges, an amount in the currency of the panel',
  'products.*.limits.action': 'The restriction of its holds: one of the actions of the kind of panel',
  'products.*.credentials': 'Where generated passwords are written, and the mail to the customer',
  'products.*.credentials.writeTo':
    'Folder for the password files, relative to the config file; or whmcs: the username and password fields of the service in WHMCS',
  'products.*.credentials.message':
    'Text for a mail to the customer; a file, relative to the config file, that may contain {{service}} {{username}} {{password}} {{url}} {{links}} {{expiresAt}}',

  'packages.*.name': 'What pages, invoices and messages call the package; default its name in the config',
  'packages.*.traffic': 'Traffic that the package adds to the cycle',
  'packages.*.price': 'Price of the package',
  'packages.*.currency': 'Currency of the price, if it differs from the top-level one',
  'packages.*.taxed': 'Whether tax is added to the price',

  'poll.interval': 'Time between polls, for schedules and for warnings about missing runs; default 15m',
  'poll.maxOvershoot':
    'How much more than a limit a service may use before it is held, besides what its line carries in poll.floor: schedules then poll only services whose next reading is due. Without it, each poll reads all services',
  'poll.floor':
    'With poll.maxOvershoot, the time between polls of what is due, and the shortest time between two readings of a service; default 1m',
  'poll.ceiling': 'With poll.maxOvershoot, the longest time between two readings of a service; default 1h',
  'poll.overdue':
    'What happens after the due date, and after the days of grace that a product has (flvx.graceDays). meter: continue metering. hold: hold the service until it is renewed. ignore: leave the service unchanged',
  'poll.doubt': 'Doubts readings before a hold begins or a package is bought automatically',
  'poll.doubt.jump':
    'A hold or an automatic purchase by one reading with more growth than this share of the allowance waits for a run a minute or more later to confirm the reading, unless the line can have carried that much since the last one; off: at once. Default 50%',
  'poll.panelUnreachableAfter': 'Runs in which no call to a panel succeeds before a notice; default 3',
  'poll.brake': `Stops a run before its first change if it would hold, release or change too many services of a panel at once; releases because a cycle or a window has ended do not count while the panel shows traffic. Without share and atLeast, a panel with fewer than ${SMALL_PANEL} services is stopped at two new holds or removed accounts, if they are more than half of its services`,
  'poll.brake.share': `Maximum share of the panel's active services to change; default ${DEFAULT_BRAKE.share * 100}%`,
  'poll.brake.atLeast': `A run that changes fewer services than this is never stopped; default ${DEFAULT_BRAKE.atLeast}`,

  'serve.language':
    'Language of the pages of customers who have chosen none, and whose session in WHMCS names none: en, fa, zh-CN or pt-BR; default: that of their browser, if it is one of these, else English',
  'serve.listen': 'Address and port; an address that others reach needs TLS before it',
  'serve.publicUrl':
    'Address at which users reach it, such as https://sluice.example.com; states that a proxy is before it, whose forwarded headers are read',
  'serve.trustedProxies':
    'Proxies whose forwarded headers are read: addresses or networks such as 10.0.0.0/8; default: with publicUrl, the one that connects to the server, if it is on this machine or in a private network',
  'serve.token': 'A token with all scopes, for a first start; at least 16 characters',
  schedule: 'When runs are started by cron, systemd timers or the server',
  'schedule.poll': 'The same as poll.interval, which it sets; state one of them',
  'schedule.agentCheck': 'Time between checks of agents; default 5m',
  'schedule.callBill': 'Time between runs that bill calls; default 5m',
  'schedule.sync': 'Time between syncs of services from the billing system; default 15m',
  'schedule.reconcile':
    'Local time of day of the daily reconcile, such as 04:17; by default a time in the night that depends on the name of the host',

  'retention.apiLog': 'Calls to panels; default 30d',
  'retention.samples':
    'How long every reading is kept; without it 7d, and all readings of open cycles. Older ones are reduced to the last of each hour, those four times as old to the last of each day. Readings behind a decision, purchase, notice or reset stay',
};

type Described = Pick<BillingKind, 'kind' | 'descriptions'> & { section?: string };

/**
 * Returns the description of each key of the config, by path: `*` stands for a name, `panels.flvx` for panels of that
 * kind. The JSON Schema and `docs/config.md` contain them.
 */
export function describeKeys(...[kinds, billing = [], channels = []]: KnownKinds): Record<string, string> {
  const sections = [...kinds.map((kind) => ({ ...kind, section: toSection(kind) })), ...billing];
  const own = sections.flatMap(({ kind, descriptions, section = kind }: Described) =>
    Object.entries(descriptions).map(([path, text]) => [
      path.replace(/^panel\./, `panels.${kind}.`).replace(/^product(?=\.|$)/, `products.*.${section}`),
      text,
    ]),
  );
  return {
    ...GENERAL,
    ...describeChannels(channels),
    ...(Object.fromEntries(own) as Record<string, string>),
  };
}

/** Returns the descriptions of the channels' keys; one that several kinds of channels have is described for each of them. */
function describeChannels(channels: NonNullable<KnownKinds[2]>): Record<string, string> {
  const keys = [...new Set(channels.flatMap(({ descriptions }) => Object.keys(descriptions)))];
  return Object.fromEntries(
    keys.map((key) => {
      const own = channels.filter(({ descriptions }) => Object.hasOwn(descriptions, key));
      const texts = own.map(({ title, descriptions }) => {
        const text = descriptions[key] ?? '';
        return own.length === 1 ? text : `${title}: ${text}`;
      });
      return [`notify.${key}`, texts.join('. ')];
    }),
  );
}
