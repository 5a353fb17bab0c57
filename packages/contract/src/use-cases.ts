import {
  AS_RUN,
  BUY,
  type Callers,
  LINKS,
  OPERATE,
  READ,
  SERVER,
  SET_CALLER_ID,
  SET_DESTINATION,
  SHOW,
  TOKENS,
} from './callers.js';

/** The engine's methods, `poll`, `services.import`, in their order, and who may call each. */
export const METHODS = {
  poll: OPERATE,
  reconcile: AS_RUN,
  plan: AS_RUN,
  explain: SHOW,
  overview: READ,
  standing: SERVER,
  version: SERVER,
  metrics: SERVER,
  'services.import': OPERATE,
  'services.add': OPERATE,
  'services.set': OPERATE,
  'services.setWhere': OPERATE,
  'services.planSetWhere': READ,
  'services.sync': OPERATE,
  'services.remove': OPERATE,
  'services.show': SHOW,
  'services.isOf': SERVER,
  'services.customerMay': SHOW,
  'services.list': SHOW,
  'services.export': READ,
  'holds.list': SHOW,
  'holds.add': OPERATE,
  'holds.release': OPERATE,
  'holds.adopt': OPERATE,
  'holds.releaseAll': OPERATE,
  'provision.create': OPERATE,
  'provision.suspend': OPERATE,
  'provision.unsuspend': OPERATE,
  'provision.renew': OPERATE,
  'provision.changePackage': OPERATE,
  'provision.changePassword': {
    provider: ['operate'],
    customer: [{ need: 'password' }, { need: 'manage', field: 'sip_password' }],
  },
  'provision.terminate': OPERATE,
  'agents.list': READ,
  'agents.listStored': READ,
  'agents.show': READ,
  'agents.ofClient': SHOW,
  'agents.unknownOfClient': SERVER,
  'agents.above': SERVER,
  'agents.explain': READ,
  'agents.limit': OPERATE,
  'agents.limits': OPERATE,
  'agents.check': AS_RUN,
  'agents.canCreateUser': READ,
  'agents.createUser': OPERATE,
  'agents.suspend': OPERATE,
  'agents.unsuspend': OPERATE,
  'agents.restore': OPERATE,
  'panels.list': READ,
  'panels.capabilities': SERVER,
  'panels.products': READ,
  'panels.test': READ,
  'panels.observe': OPERATE,
  'panels.enforce': OPERATE,
  'panels.asConfigured': OPERATE,
  'panels.planEnforcing': READ,
  'panels.doctor': READ,
  'panels.tunnels': READ,
  'panels.users': READ,
  'panels.speedLimits': READ,
  'panels.tunnelGroups': READ,
  'panels.loginLink': SHOW,
  'usage.read': SHOW,
  'usage.history': SHOW,
  'usage.graph': SHOW,
  'usage.panelGraph': SHOW,
  'usage.lastPanelGraph': SHOW,
  'usage.compare': READ,
  'overrides.set': OPERATE,
  'overrides.clear': OPERATE,
  'overrides.list': SHOW,
  'purchases.packages': SHOW,
  'purchases.create': BUY,
  'purchases.list': SHOW,
  'purchases.budgetLeft': SERVER,
  'purchases.terms': SERVER,
  'purchases.cancel': OPERATE,
  'autoBuy.show': SHOW,
  'autoBuy.set': BUY,
  'autoBuy.clear': BUY,
  'credit.show': SHOW,
  'credit.isKnown': SERVER,
  'credit.add': OPERATE,
  'credit.history': SHOW,
  'clients.merge': OPERATE,
  'invoices.list': SHOW,
  'invoices.show': SHOW,
  'invoices.pay': BUY,
  'invoices.cancel': OPERATE,
  'calls.bill': OPERATE,
  'calls.report': SHOW,
  'calls.records': SHOW,
  'calls.simulate': READ,
  'calls.bills': SHOW,
  'calls.billReport': SHOW,
  'calls.reconcile': READ,
  'dids.link': OPERATE,
  'dids.set': SET_DESTINATION,
  'dids.suspend': OPERATE,
  'dids.unsuspend': OPERATE,
  'dids.release': OPERATE,
  'telephony.list': READ,
  'telephony.show': READ,
  'telephony.line': SHOW,
  'telephony.create': OPERATE,
  'telephony.set': SET_CALLER_ID,
  'telephony.remove': OPERATE,
  'log.list': READ,
  'log.export': READ,
  'log.follow': READ,
  'log.resolve': OPERATE,
  'access.create': TOKENS,
  'access.share': OPERATE,
  'access.list': LINKS,
  'access.revoke': LINKS,
  'access.verify': { provider: ['read', 'operate', 'tokens'], customer: [{ need: 'read' }] },
  'access.login': SERVER,
  'access.resume': SERVER,
  'access.logout': SERVER,
  'access.announce': SERVER,
  'access.servedAt': SERVER,
  'requests.begin': SERVER,
  'requests.end': SERVER,
  'notices.acknowledge': OPERATE,
  'notices.alarms': READ,
  'notices.send': OPERATE,
  'notices.test': OPERATE,
  'notices.list': READ,
} as const satisfies Record<string, Callers>;

/** What the API and the pages offer besides the engine's methods. */
const FURTHER = {
  'clock.accept': OPERATE,
  'panels.acceptAnswers': OPERATE,
  runs: READ,
  'usage.refresh': OPERATE,
} as const satisfies Record<string, Callers>;

type Method = keyof typeof METHODS;

/** What somebody may do with Sluice: a method of the engine (`poll`, `holds.add`), or what is offered besides. */
export type UseCase = Method | keyof typeof FURTHER;

/** A group of the engine's methods: `holds`, `services`. */
export type UseCaseGroup = Method extends infer Name
  ? Name extends `${infer Group}.${string}`
    ? Group
    : never
  : never;

/** The names of a group's methods. */
export type GroupMethod<Group extends UseCaseGroup> = Method extends infer Name
  ? Name extends `${Group}.${infer Own}`
    ? Own
    : never
  : never;

/**
 * The use cases of Sluice and who may call each. The library, the HTTP API, the pages, share links and the OpenAPI document ask
 * this list and nothing else. It is data alone, so that it costs a start nothing.
 */
export const USE_CASES: Readonly<Record<UseCase, Callers>> = { ...METHODS, ...FURTHER };
