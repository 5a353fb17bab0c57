/**
 * What staff are sent, in English only: in every language these are the same. Terms: docs/architecture.md (Words).
 *
 * As the messages of the languages: ICU message syntax, and figures, dates and names are values.
 */
export const staff = {
  'staff.subject': 'Sluice: {line}',
  'staff.test': 'This is a test of the channel "{channel}".',

  // Panels
  'staff.unreachable': 'No call to panel "{panel}" succeeded in {runs} runs, since {since}: {why}',
  'staff.reachable': 'Panel "{panel}" answers again; no call had succeeded since {since}',

  // Purchases
  'staff.purchase.paid': '{service}: package {package} for {price} is paid ({purchase})',
  'staff.purchase.paidLate':
    '{service}: package {package} for {price} is paid ({purchase}); its billing cycle is over, so it counts in the current one',
  'staff.purchase.failed': '{service}: package {package} for {price} was not bought ({purchase})',
  'staff.purchase.cancelled': '{service}: package {package} for {price} was cancelled ({purchase})',
  'staff.purchase.refunded': '{service}: package {package} for {price} was refunded ({purchase})',
  'staff.purchase.pending': '{service}: package {package} for {price} is waiting for payment ({purchase})',
  'staff.purchase.inVain':
    '{service}: package {package} is paid ({purchase}) and has no effect: the service has no limited quota. Give it one, or return the price.',
  'staff.purchase.noRoom':
    '{service}: package {package} is paid ({purchase}) and has no effect on the panel: {why} Raise the limit, or return the price.',
  'staff.wouldBuy': '{service} would buy {package} for {price}',
  'staff.notBought': '{service}: nothing was bought automatically: {why}',
  'staff.notBought.package': 'product {product} does not offer {package}',
  'staff.notBought.client': 'it has no client',
  'staff.notBought.closed': 'client {client} is closed in the billing system',
  'staff.notBought.currency': 'client {client} is billed in {currency}, {package} costs {other}',
  'staff.notBought.noCredit': 'client {client} has {credit} of credit, and {cost}',
  'staff.notBought.linkSpent': 'of the share link that set it {left} are left, and {cost}',
  'staff.notBought.cost':
    '{count, plural, one {the package costs {price}} other {the # packages that are needed cost {price}}}',
  'staff.notBought.most': 'the maximum of {count} purchases in this cycle is reached',
  'staff.notBought.wouldNotLift':
    '{package} up to the maximum of {count} would leave the service over its allowance, or too close to it for its release',

  // The digest
  'staff.digest.needs': '{day}: {needs}',
  'staff.digest.nothing': '{day}: nothing needs you; {happened}',
  'staff.digest.soon': 'Used up within 2 days',
  'staff.digest.held': 'Held',
  'staff.digest.away': '{count, plural, one {Panel unreachable} other {Panels unreachable}}',
  'staff.digest.money': 'Money in doubt',
  'staff.digest.failed': '{count, plural, one {Run failed or stopped} other {Runs failed or stopped}}',
  'staff.digest.ofRuns': 'of {runs}',
  'staff.digest.at': '{name} {time}',
  'staff.digest.since': '{name} since {time}',
  'staff.digest.more': '{names} and {count} more',
} as const;
