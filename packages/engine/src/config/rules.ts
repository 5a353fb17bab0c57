import { entryOf } from './entry-of.js';
import type { PanelKind, PanelSettings, ProductSettings } from '@sluice/panel-kind';
import type { Config } from './schema.js';

/** A finding about how the parts of a config fit together. */
export interface RuleFinding {
  severity: 'error' | 'warning';
  path: string;
  message: string;
}

type Rule = (config: Config, kinds: readonly PanelKind[]) => RuleFinding[];

const error = (path: string, message: string): RuleFinding => ({ severity: 'error', path, message });
const warning = (path: string, message: string): RuleFinding => ({ severity: 'warning', path, message });
const products = (config: Config): [string, ProductSettings][] => Object.entries(config.products);

const panelsExist: Rule = (config) =>
  products(config)
    .filter(([, product]) => entryOf(config.panels, product.panel) === undefined)
    .map(([name, product]) =>
      error(
        `products.${name}.panel`,
        `there is no panel "${product.panel}"; known: ${Object.keys(config.panels).join(', ') || 'none'}`,
      ),
    );

const actionsFit: Rule = (config, kinds) =>
  products(config).flatMap(([name, { panel, action }]) => {
    const kind = kinds.find((known) => known.kind === entryOf(config.panels, panel)?.kind);
    if (kind === undefined || action === undefined || kind.restrictions.includes(action)) return [];
    return [
      error(
        `products.${name}.action`,
        `"${action}" is no action of ${kind.kind}; known: ${kind.restrictions.join(', ')}`,
      ),
    ];
  });

const packagesExist: Rule = (config) =>
  products(config).flatMap(([name, product]) => [
    ...product.packages
      .filter((id) => entryOf(config.packages, id) === undefined)
      .map((id) => error(`products.${name}.packages`, `there is no package "${id}"`)),
    ...(product.autoBuy?.package !== undefined && !product.packages.includes(product.autoBuy.package)
      ? [error(`products.${name}.autoBuy.package`, `"${product.autoBuy.package}" is not on offer in this product`)]
      : []),
  ]);

const packagesUnsold: Rule = (config) =>
  Object.keys(config.packages).length === 0
    ? []
    : [warning('packages', 'Packages can be declared, but not sold yet: this version has no purchases.')];

const currencyKnown: Rule = (config) =>
  Object.entries(config.packages)
    .filter(([, item]) => item.currency === undefined && config.currency === undefined)
    .map(([name]) => error(`packages.${name}.currency`, 'no currency: state it here or at the top'));

const kindSections: Rule = (config, kinds) =>
  products(config).flatMap(([name, product]) => {
    const own = entryOf(config.panels, product.panel)?.kind;
    return kinds
      .filter(({ kind }) => own !== undefined && kind !== own && product[kind] !== undefined)
      .map(({ kind }) => error(`products.${name}.${kind}`, `panel "${product.panel}" is of kind ${String(own)}`));
  });

const unmanaged: Rule = (config) =>
  products(config)
    .filter(([, product]) => product.quota === undefined)
    .map(([name]) =>
      warning(`products.${name}.quota`, 'no quota: its services are unmanaged unless they state one of their own'),
    );

const insecure: Rule = (config) =>
  Object.entries(config.panels).flatMap(([name, panel]) => [
    ...(panel.tls?.rejectUnauthorized === false
      ? [
          warning(
            `panels.${name}.tls.rejectUnauthorized`,
            'TLS certificates are not checked: anybody in between can read the credentials',
          ),
        ]
      : []),
    ...(panel.allowHttp && panel.url.startsWith('http:')
      ? [warning(`panels.${name}.url`, 'plain http: the credentials travel unencrypted')]
      : []),
    ...(!panel.allowHttp && panel.url.startsWith('http:')
      ? [
          error(
            `panels.${name}.url`,
            'plain http would send the credentials unencrypted: use https, or allowHttp: true',
          ),
        ]
      : []),
  ]);

/** What people paste along with an address; the clients cut it too. */
const PASTED =
  /\/+(?:backend|admin|api(?:\/v\d+(?:\/(?:admin|panel))?)?|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?:\/.*)?)?$/i;

/** Names one installation alike, however its address is written; null for what is no address. */
function installationOf({ kind, url }: PanelSettings): string | null {
  if (!URL.canParse(url)) return null;
  const address = new URL(url);
  let path = address.pathname;
  for (let before = ''; before !== path;) {
    before = path;
    path = path.replace(PASTED, '');
  }
  // http and https of one host lead to one panel.
  return [kind, address.hostname.replace(/\.$/, ''), address.port, path].join(' ');
}

const oneNameEach: Rule = (config) => {
  const names = new Map<string, string>();
  return Object.entries(config.panels).flatMap(([name, panel]) => {
    const installation = installationOf(panel);
    if (installation === null) return [];
    const first = names.get(installation);
    if (first === undefined) {
      names.set(installation, name);
      return [];
    }
    return [
      warning(
        `panels.${name}.url`,
        `"${first}" and "${name}" are the same panel: Sluice does not see what services of the two share (ports, orders, accounts), so a hold of one may cut the other and a release may undo its hold, and two runs work on the panel at once; keep one of the two names, for all its products and services`,
      ),
    ];
  });
};

const stateSupported: Rule = (config) =>
  /^postgres(ql)?:/.test(config.state)
    ? [error('state', 'PostgreSQL is not supported yet: name a file such as ./sluice.db')]
    : [];

const RULES: Rule[] = [
  panelsExist,
  actionsFit,
  packagesExist,
  packagesUnsold,
  currencyKnown,
  kindSections,
  stateSupported,
  unmanaged,
  insecure,
  oneNameEach,
];

/** Everything that is odd about how the parts of a config fit; never stops at the first. */
export function checkRules(config: Config, kinds: readonly PanelKind[]): RuleFinding[] {
  return RULES.flatMap((rule) => rule(config, kinds));
}
