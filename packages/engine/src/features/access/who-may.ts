import type { ShareRights } from '@sluice/state-store';
import type { Granted, Need } from './types.js';

/** One way in which a client may do something: with a right, and where it has one, if the product lets clients change the field. */
export interface CustomerWay {
  need: 'read' | 'buy' | 'manage' | 'password';
  field?: string;
}

/** Who may do something. */
export interface Rule {
  /** The scopes of which a token for all clients needs one. */
  provider: readonly ('read' | 'operate' | 'tokens')[];
  /** What a client may do about its own; empty: nothing, it is the provider's. */
  customer: readonly CustomerWay[];
}

/** What the provider alone reads. */
const READ: Rule = { provider: ['read'], customer: [] };
/** What the provider alone changes. */
const OPERATE: Rule = { provider: ['operate'], customer: [] };
/** What a client reads of its own, too. */
const SHOW: Rule = { provider: ['read'], customer: [{ need: 'read' }] };
/** What a client spends. */
const BUY: Rule = { provider: ['operate'], customer: [{ need: 'buy' }] };
const TOKENS: Rule = { provider: ['tokens'], customer: [] };
/** Without the scope `tokens` these reach share links only. */
const LINKS: Rule = { provider: ['tokens', 'operate'], customer: [] };
const field = (name: string): Rule => ({ provider: ['operate'], customer: [{ need: 'manage', field: name }] });

/** Who may do what: the pages, the HTTP API and share links ask this list and nothing else. */
export const RULES = {
  'access.create': TOKENS,
  'access.list': LINKS,
  'access.revoke': LINKS,
  'access.share': OPERATE,
  'access.verify': { provider: ['read', 'operate', 'tokens'], customer: [{ need: 'read' }] },
  'agents.canCreateUser': READ,
  'agents.createUser': OPERATE,
  'agents.explain': READ,
  'agents.limit': OPERATE,
  'agents.limits': OPERATE,
  'agents.list': READ,
  'agents.listStored': READ,
  'agents.ofClient': SHOW,
  'agents.restore': OPERATE,
  'agents.show': READ,
  'agents.suspend': OPERATE,
  'agents.unsuspend': OPERATE,
  'autoBuy.clear': BUY,
  'autoBuy.set': BUY,
  'autoBuy.show': SHOW,
  'calls.bill': OPERATE,
  'calls.billReport': SHOW,
  'calls.bills': SHOW,
  'calls.reconcile': READ,
  'calls.records': SHOW,
  'calls.report': SHOW,
  'calls.simulate': READ,
  'clock.accept': OPERATE,
  'credit.add': OPERATE,
  'credit.history': SHOW,
  'credit.show': SHOW,
  'dids.link': OPERATE,
  'dids.release': OPERATE,
  'dids.set': field('destination'),
  'dids.suspend': OPERATE,
  'dids.unsuspend': OPERATE,
  explain: SHOW,
  'holds.add': OPERATE,
  'holds.adopt': OPERATE,
  'holds.list': SHOW,
  'holds.release': OPERATE,
  'holds.releaseAll': OPERATE,
  'invoices.cancel': OPERATE,
  'invoices.list': SHOW,
  'invoices.pay': BUY,
  'invoices.show': SHOW,
  'log.export': READ,
  'log.follow': READ,
  'log.list': READ,
  'log.resolve': OPERATE,
  'notices.acknowledge': OPERATE,
  'notices.alarms': READ,
  'notices.list': READ,
  'notices.send': OPERATE,
  'notices.test': OPERATE,
  'overrides.clear': OPERATE,
  'overrides.list': SHOW,
  'overrides.set': OPERATE,
  overview: READ,
  'panels.asConfigured': OPERATE,
  'panels.doctor': READ,
  'panels.enforce': OPERATE,
  'panels.list': READ,
  'panels.loginLink': SHOW,
  'panels.observe': OPERATE,
  'panels.products': READ,
  'panels.planEnforcing': READ,
  'panels.speedLimits': READ,
  'panels.test': READ,
  'panels.tunnelGroups': READ,
  'panels.tunnels': READ,
  'panels.users': READ,
  poll: OPERATE,
  products: READ,
  'provision.changePackage': OPERATE,
  'provision.changePassword': {
    provider: ['operate'],
    customer: [{ need: 'password' }, { need: 'manage', field: 'sip_password' }],
  },
  'provision.create': OPERATE,
  'provision.renew': OPERATE,
  'provision.suspend': OPERATE,
  'provision.terminate': OPERATE,
  'provision.unsuspend': OPERATE,
  'purchases.cancel': OPERATE,
  'purchases.create': BUY,
  'purchases.list': SHOW,
  'purchases.packages': SHOW,
  runs: READ,
  'services.add': OPERATE,
  'services.customerMay': SHOW,
  'services.export': READ,
  'services.import': OPERATE,
  'services.list': SHOW,
  'services.planSetWhere': READ,
  'services.remove': OPERATE,
  'services.set': OPERATE,
  'services.setWhere': OPERATE,
  'services.show': SHOW,
  'services.sync': OPERATE,
  'telephony.create': OPERATE,
  'telephony.line': SHOW,
  'telephony.list': READ,
  'telephony.remove': OPERATE,
  'telephony.set': field('caller_id'),
  'telephony.show': READ,
  'usage.compare': READ,
  'usage.graph': SHOW,
  'usage.history': SHOW,
  'usage.lastPanelGraph': SHOW,
  'usage.panelGraph': SHOW,
  'usage.read': SHOW,
  'usage.refresh': OPERATE,
} as const satisfies Record<string, Rule>;

/** What somebody may do with Sluice: a call of the engine. */
export type UseCase = keyof typeof RULES;

/** Returns who may do something. */
export function whoMay(useCase: UseCase): Rule {
  return RULES[useCase];
}

/** Returns whether a use case needs no more than the scope `read`. */
export function onlyReads(useCase: UseCase): boolean {
  return whoMay(useCase).provider.includes('read');
}

/** Returns whether somebody may do something; for a client, about its own and with some field of the product. */
export function may({ client, needs }: Pick<Granted, 'client' | 'needs'>, useCase: UseCase): boolean {
  const { provider, customer } = whoMay(useCase);
  if (client === null) return provider.some((need) => needs.includes(need));
  return customer.some(({ need }) => needs.includes(need));
}

/** Returns whether somebody may do something about a service, by the fields that its product lets clients change. */
export function mayWithFields(
  granted: Pick<Granted, 'client' | 'needs'>,
  useCase: UseCase,
  fields: readonly string[],
): boolean {
  if (granted.client === null) return may(granted, useCase);
  return whoMay(useCase).customer.some(
    ({ need, field: changed }) => granted.needs.includes(need) && (changed === undefined || fields.includes(changed)),
  );
}

/** Returns what scopes permit: `operate` is all but making tokens. */
export function needsOfScopes(scopes: readonly string[], client: string | null): Need[] {
  const has = (scope: string): boolean => scopes.includes(scope);
  if (client !== null) return ['read', ...(['buy', 'manage', 'password'] as const).filter(has)];
  return [
    ...(has('read') || has('operate') ? (['read'] as const) : []),
    ...(has('operate') ? (['operate', 'buy', 'manage', 'password'] as const) : []),
    ...(has('tokens') ? (['tokens'] as const) : []),
  ];
}

/** Returns what the rights of a share link permit. */
export function needsOfLink({ buy, manage, changePassword }: ShareRights): Need[] {
  return [
    'read',
    ...(buy ? (['buy'] as const) : []),
    ...(manage ? (['manage'] as const) : []),
    ...(changePassword ? (['password'] as const) : []),
  ];
}
