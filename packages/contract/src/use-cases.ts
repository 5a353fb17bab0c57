import { AS_RUN, BUY, type Callers, field, LINKS, OPERATE, READ, SERVER, SHOW, TOKENS } from './callers.js';

/** What the engine offers itself, and who may call it. */
const OF_INSTANCE = {
  poll: OPERATE,
  reconcile: AS_RUN,
  plan: AS_RUN,
  explain: SHOW,
  overview: READ,
  version: SERVER,
  metrics: SERVER,
} as const satisfies Record<string, Callers>;

/** The groups of the engine's methods, and who may call each. */
const GROUPS = {
  services: {
    import: OPERATE,
    add: OPERATE,
    set: OPERATE,
    setWhere: OPERATE,
    planSetWhere: READ,
    sync: OPERATE,
    remove: OPERATE,
    show: SHOW,
    isOf: SERVER,
    customerMay: SHOW,
    list: SHOW,
    export: READ,
  },
  holds: {
    list: SHOW,
    add: OPERATE,
    release: OPERATE,
    adopt: OPERATE,
    releaseAll: OPERATE,
  },
  provision: {
    create: OPERATE,
    suspend: OPERATE,
    unsuspend: OPERATE,
    renew: OPERATE,
    changePackage: OPERATE,
    changePassword: {
      provider: ['operate'],
      customer: [{ need: 'password' }, { need: 'manage', field: 'sip_password' }],
    },
    terminate: OPERATE,
  },
  agents: {
    list: READ,
    listStored: READ,
    show: READ,
    ofClient: SHOW,
    explain: READ,
    limit: OPERATE,
    limits: OPERATE,
    check: AS_RUN,
    canCreateUser: READ,
    createUser: OPERATE,
    suspend: OPERATE,
    unsuspend: OPERATE,
    restore: OPERATE,
  },
  panels: {
    list: READ,
    products: READ,
    test: READ,
    observe: OPERATE,
    enforce: OPERATE,
    asConfigured: OPERATE,
    planEnforcing: READ,
    doctor: READ,
    tunnels: READ,
    users: READ,
    speedLimits: READ,
    tunnelGroups: READ,
    loginLink: SHOW,
  },
  usage: {
    read: SHOW,
    history: SHOW,
    graph: SHOW,
    panelGraph: SHOW,
    lastPanelGraph: SHOW,
    compare: READ,
  },
  overrides: {
    set: OPERATE,
    clear: OPERATE,
    list: SHOW,
  },
  purchases: {
    packages: SHOW,
    create: BUY,
    list: SHOW,
    budgetLeft: SERVER,
    terms: SERVER,
    cancel: OPERATE,
  },
  autoBuy: {
    show: SHOW,
    set: BUY,
    clear: BUY,
  },
  credit: {
    show: SHOW,
    add: OPERATE,
    history: SHOW,
  },
  invoices: {
    list: SHOW,
    show: SHOW,
    pay: BUY,
    cancel: OPERATE,
  },
  calls: {
    bill: OPERATE,
    report: SHOW,
    records: SHOW,
    simulate: READ,
    bills: SHOW,
    billReport: SHOW,
    reconcile: READ,
  },
  dids: {
    link: OPERATE,
    set: field('destination'),
    suspend: OPERATE,
    unsuspend: OPERATE,
    release: OPERATE,
  },
  telephony: {
    list: READ,
    show: READ,
    line: SHOW,
    create: OPERATE,
    set: field('caller_id'),
    remove: OPERATE,
  },
  log: {
    list: READ,
    export: READ,
    follow: READ,
    resolve: OPERATE,
  },
  access: {
    create: TOKENS,
    share: OPERATE,
    list: LINKS,
    revoke: LINKS,
    verify: { provider: ['read', 'operate', 'tokens'], customer: [{ need: 'read' }] },
    login: SERVER,
    resume: SERVER,
    logout: SERVER,
    announce: SERVER,
    servedAt: SERVER,
  },
  requests: {
    begin: SERVER,
    end: SERVER,
  },
  notices: {
    acknowledge: OPERATE,
    alarms: READ,
    send: OPERATE,
    test: OPERATE,
    list: READ,
  },
} as const satisfies Record<string, Record<string, Callers>>;

/** What the API and the pages offer besides the engine's methods. */
const FURTHER = {
  'clock.accept': OPERATE,
  runs: READ,
  'usage.refresh': OPERATE,
} as const satisfies Record<string, Callers>;

/** A group of the engine's methods: `holds`, `services`. */
export type UseCaseGroup = keyof typeof GROUPS;

/** The names of a group's methods. */
export type GroupMethod<Group extends UseCaseGroup> = keyof (typeof GROUPS)[Group] & string;

/** What somebody may do with Sluice: a method of the engine (`poll`, `holds.add`), or what is offered besides. */
export type UseCase =
  | keyof typeof OF_INSTANCE
  | { [Group in UseCaseGroup]: `${Group}.${GroupMethod<Group>}` }[UseCaseGroup]
  | keyof typeof FURTHER;

/**
 * The use cases of Sluice and who may call each. The HTTP API, the pages, share links and the OpenAPI document ask this list and
 * nothing else.
 */
export const USE_CASES: Readonly<Record<UseCase, Callers>> = {
  ...OF_INSTANCE,
  ...(Object.fromEntries(
    Object.entries(GROUPS).flatMap(([group, methods]) =>
      Object.entries(methods).map(([name, callers]) => [`${group}.${name}`, callers]),
    ),
  ) as Record<Exclude<UseCase, keyof typeof OF_INSTANCE | keyof typeof FURTHER>, Callers>),
  ...FURTHER,
};

/** Returns the names of a group's methods, so that the engine can list them before their code is loaded. */
export function listMethods<Group extends UseCaseGroup>(group: Group): GroupMethod<Group>[] {
  return Object.keys(GROUPS[group]) as GroupMethod<Group>[];
}
