import type { BillingKind } from '@sluice/contract/ports';
import type { LimitSettings, PanelKind, ProductSettings } from '@sluice/panel-kind';
import { checkMoney, currencyDecimals } from '@sluice/quota-core';
import { isOnServer, NOT_AN_ADDRESS, parseAddress } from '@sluice/state-store';
import { billingSections, billingSettings, findEntry, RESERVED } from './find-entry.js';
import { listCallPanels } from './call-panels.js';
import { LINE_PLACEHOLDERS } from './invoice-lines.js';
import { unknownPlaceholders } from '../template.js';
import { listFieldColumns } from '../fields.js';
import { suggestion } from '../suggestion.js';
import { type Config, toSection } from './schema.js';
import { error, type Rule, type RuleFinding, warning } from './rule.js';
import {
  callsBilled,
  credentialsStated,
  insecure,
  oneNameEach,
  ownInstallation,
  plainHttp,
  unusableAddress,
  usableAddresses,
} from './panel-rules.js';

const products = (config: Config): [string, ProductSettings][] => Object.entries(config.products);
const findKind = ({ panels }: Config, panel: string, kinds: readonly PanelKind[]): PanelKind | undefined =>
  kinds.find(({ kind }) => kind === findEntry(panels, panel)?.kind);
const noSection = ({ kind, title }: BillingKind): string =>
  `there is no section "${kind}": it names the address and the credentials of ${title}`;

const actionsFit: Rule = (config, kinds) =>
  products(config).flatMap(([name, { panel, action }]) => {
    const kind = findKind(config, panel, kinds);
    return kind === undefined || action === undefined ? [] : actionProblems(action, kind, `products.${name}.action`);
  });

function actionProblems(action: string, { kind, restrictions }: PanelKind, path: string): RuleFinding[] {
  if (restrictions.includes(action)) return [];
  return [error(path, `"${action}" is not an action of ${kind}; known: ${restrictions.join(', ')}`)];
}

const limitsFit: Rule = (config, kinds) =>
  products(config).flatMap(([name, { panel, limits = [] }]) => {
    const kind = findKind(config, panel, kinds);
    return limits.flatMap((limit, index) => {
      const path = `products.${name}.limits.${index}`;
      const isRepeated = limits.findIndex(({ id }) => id === limit.id) < index;
      return [
        ...(RESERVED.includes(limit.id) ? [error(`${path}.id`, `"${limit.id}" is reserved: use another id`)] : []),
        ...(isRepeated ? [error(`${path}.id`, `"${limit.id}" is the id of another limit of this product`)] : []),
        ...(kind === undefined ? [] : limitProblems(limit, kind, path)),
      ];
    });
  });

function limitProblems({ action, allowance }: LimitSettings, kind: PanelKind, path: string): RuleFinding[] {
  const { capabilities, title } = kind;
  const findings = actionProblems(action, kind, `${path}.action`);
  const [needed, lacks] =
    typeof allowance === 'number'
      ? (['usage', 'traffic'] as const)
      : (['spend', 'charges of calls within a poll'] as const);
  if (capabilities.includes(needed)) return findings;
  return [...findings, error(`${path}.allowance`, `unsupported: ${title} does not report ${lacks}; remove the limit`)];
}

/** `references.ts` checks the package that a product names itself. */
const autoBuysOffered: Rule = (config) => {
  const general = config.autoBuy?.package;
  if (general !== undefined && findEntry(config.packages, general) === undefined)
    return [error('autoBuy.package', `there is no package "${general}"`)];
  return products(config).flatMap(([name, { autoBuy = {}, packages }]) => {
    const bought = autoBuy.package ?? general;
    if ((autoBuy.enabled ?? config.autoBuy?.enabled) !== true) return [];
    if (bought === undefined)
      return [warning(`products.${name}.autoBuy`, 'there is no package: nothing is bought without a preference')];
    if (autoBuy.package !== undefined || packages.includes(bought)) return [];
    return [warning(`products.${name}.autoBuy`, `package "${bought}" is not on offer: nothing is bought`)];
  });
};

const oneThreshold: Rule = (config) =>
  [
    ['autoBuy', config.autoBuy] as const,
    ...products(config).map(([name, { autoBuy }]) => [`products.${name}.autoBuy`, autoBuy] as const),
  ]
    .filter(([, rule]) => rule?.thresholdGb !== undefined && rule.thresholdPercent !== undefined)
    .map(([path]) => error(path, 'name thresholdGb or thresholdPercent, not both'));

const pricesFit: Rule = (config, _kinds, billing) =>
  Object.entries(config.packages).flatMap(([name, { price, currency = config.currency }]) => {
    if (currency === undefined) return [];
    const path = `packages.${name}.price`;
    const problem = findMoneyProblem(price, currencyDecimals(currency));
    if (problem !== null) return [error(path, problem)];
    const { title, amounts } = billing.find(({ kind }) => kind === config.billing) ?? {};
    if (amounts === undefined) return [];
    const { decimals, digits } = amounts;
    const isShort = (price.split('.')[0] ?? '').replace(/^0+/, '').length <= digits;
    if (isShort && findMoneyProblem(price, decimals) === null) return [];
    const why = `${String(title)} has amounts with ${decimals} decimals in every currency and at most ${digits} digits before them`;
    return [error(path, `package "${name}" can't be charged exactly for ${price} ${currency}: ${why}`)];
  });

function findMoneyProblem(price: string, decimals: number): string | null {
  try {
    checkMoney(price, decimals);
    return null;
  } catch (cause) {
    return (cause as Error).message;
  }
}

const currencyKnown: Rule = (config) =>
  Object.entries(config.packages)
    .filter(([, item]) => item.currency === undefined && config.currency === undefined)
    .map(([name]) => error(`packages.${name}.currency`, 'there is no currency: set it here or at the top level'));

const kindSections: Rule = (config, kinds) =>
  products(config).flatMap(([name, product]) => {
    const ofPanel = findKind(config, product.panel, kinds);
    if (ofPanel === undefined) return [];
    const others = new Set(kinds.map(toSection).filter((section) => section !== toSection(ofPanel)));
    return [...others]
      .filter((section) => product[section] !== undefined)
      .map((section) =>
        error(
          `products.${name}.${section}`,
          `panel "${product.panel}" is of kind ${ofPanel.kind}: remove this section`,
        ),
      );
  });

const unmanaged: Rule = (config, kinds) =>
  products(config)
    .filter(([, { quota, limits = [] }]) => quota === undefined && limits.length === 0)
    // Traffic is what a quota is of: lines have calls.
    .filter(([, { panel }]) => findKind(config, panel, kinds)?.capabilities.includes('usage') !== false)
    .map(([name]) =>
      warning(`products.${name}.quota`, 'there is no quota: services without a quota of their own are unmanaged'),
    );

const billingKnown: Rule = (config, _kinds, billing) =>
  billing.flatMap((system) => {
    const { kind } = system;
    const settings = billingSettings(config, kind);
    const sections = billingSections(config, kind);
    const needing = [
      ...(config.billing === kind ? ['billing'] : []),
      ...Object.keys(sections).map((name) => `products.${name}.${kind}`),
    ];
    return [
      ...(settings === undefined ? needing.map((path) => error(path, noSection(system))) : []),
      ...unusableAddress(`${kind}.url`, settings?.['url']),
      ...plainHttp(`${kind}.url`, settings ?? {}),
      ...(system.checkProducts?.(sections) ?? []).map(({ product, key, message }) =>
        error(`products.${product}.${kind}.${key}`, message),
      ),
    ];
  });

/** Every bill of calls would be refused. */
const callsConfigured: Rule = (config, kinds, billing) => {
  const { billed, unbilled } = listCallPanels(config, kinds);
  if (billed.length + unbilled.length === 0) return [];
  return billing.flatMap((system) => {
    const { kind, title } = system;
    const settings = billingSettings(config, kind);
    const missing = config.billing !== kind || settings === undefined ? [] : (system.missingForCalls?.(settings) ?? []);
    return missing.map((key) => warning(`${kind}.calls`, `calls are not billed in ${title} without ${key}`));
  });
};

/** A misspelt column would leave the custom field without effect. */
const fieldsKnown: Rule = (config, kinds, billing) =>
  billing.flatMap((system) => {
    const { kind } = system;
    const settings = billingSettings(config, kind);
    const columns = settings === undefined ? [] : (system.fieldColumns?.(settings) ?? []);
    const known = listFieldColumns(kinds);
    return columns
      .filter((column) => !known.includes(column))
      .map((column) =>
        error(`${kind}.fields.${column}`, `no column of a service that fields may have${suggestion(column, known)}`),
      );
  });

/** Accounts need a panel that has them, and their passwords a place. */
const accountsFit: Rule = (config, kinds, billing) =>
  products(config).flatMap(([name, { panel, provision, terminate, credentials }]) => {
    const path = `products.${name}`;
    const kind = findKind(config, panel, kinds);
    const automatic = Object.entries({ provision, terminate }).filter(([, how]) => how === 'auto');
    const system = billing.find((known) => known.kind === credentials?.writeTo && known.storesCredentials === true);
    const findings: RuleFinding[] = [];
    if (system !== undefined && billingSettings(config, system.kind) === undefined)
      findings.push(error(`${path}.credentials.writeTo`, noSection(system)));
    if (kind === undefined) return findings;
    if (!kind.capabilities.includes('accounts')) {
      const message = `${kind.title} has no accounts that Sluice could create or remove: remove the key, or use "manual"`;
      return [...findings, ...automatic.map(([key]) => error(`${path}.${key}`, message))];
    }
    const needsPlace = provision === 'auto' && kind.capabilities.includes('passwords');
    if (!needsPlace || credentials?.writeTo !== undefined) return findings;
    const systems = billing.filter(({ storesCredentials }) => storesCredentials === true).map((known) => known.kind);
    const places = ['a folder', ...systems].join(' or ');
    return [...findings, error(`${path}.credentials`, `there is no place for the passwords: set writeTo to ${places}`)];
  });

const stateUsable: Rule = ({ state, stateFolder }) => {
  if (isOnServer(state) && parseAddress(state) === null) return [error('state', NOT_AN_ADDRESS)];
  // What a reference stands for is an address: a path needs no hiding.
  if (stateFolder === undefined || isOnServer(state) || state.startsWith('${')) return [];
  return [error('stateFolder', 'has an effect only with PostgreSQL: these files stand beside the state file')];
};

const oneInterval: Rule = ({ poll, schedule }) =>
  schedule.poll === undefined || schedule.poll === poll.interval
    ? []
    : [error('schedule.poll', 'differs from poll.interval: they are the same interval, so state one of them')];

/** Times and figures of readings that are due one by one. */
const dueReadings: Rule = ({ poll: { maxOvershoot, floor, ceiling }, products }) => {
  if (ceiling < floor) return [error('poll.ceiling', 'is shorter than poll.floor: no reading can be between the two')];
  if (maxOvershoot !== undefined) return [];
  const without = 'has no effect without poll.maxOvershoot: each poll reads all services';
  return [
    ...(floor === 60_000 ? [] : [warning('poll.floor', without)]),
    ...(ceiling === 3_600_000 ? [] : [warning('poll.ceiling', without)]),
    ...Object.entries(products).flatMap(([name, product]) =>
      product.maxOvershoot === undefined ? [] : [warning(`products.${name}.maxOvershoot`, without)],
    ),
  ];
};

const lineTexts: Rule = ({ invoiceLines }) =>
  (['purchase', 'calls'] as const).flatMap((kind) => {
    const known: readonly string[] = LINE_PLACEHOLDERS[kind];
    const stated = invoiceLines[kind] ?? {};
    const texts = typeof stated === 'string' ? { '': stated } : stated;
    return Object.entries(texts).flatMap(([language, text]) =>
      unknownPlaceholders(text, known).map((name) =>
        error(
          ['invoiceLines', kind, language].filter((part) => part !== '').join('.'),
          `there is no placeholder {${name}}${suggestion(name, [...known])}`,
        ),
      ),
    );
  });

const RULES: Rule[] = [
  accountsFit,
  actionsFit,
  limitsFit,
  autoBuysOffered,
  oneThreshold,
  credentialsStated,
  currencyKnown,
  pricesFit,
  kindSections,
  stateUsable,
  unmanaged,
  usableAddresses,
  insecure,
  billingKnown,
  fieldsKnown,
  oneNameEach,
  ownInstallation,
  callsBilled,
  callsConfigured,
  oneInterval,
  dueReadings,
  lineTexts,
];

/** Returns all contradictions between parts of a config. */
export function checkRules(...parts: Parameters<Rule>): RuleFinding[] {
  return RULES.flatMap((rule) => rule(...parts));
}
