import { checkPanelUrl, type PanelKind, type PanelSettings } from '@sluice/panel-kind';
import { listCallPanels } from './call-panels.js';
import { error, type Rule, type RuleFinding, warning } from './rule.js';

export const credentialsStated: Rule = (config, kinds) =>
  Object.entries(config.panels).flatMap(([name, panel]) => {
    const ways = kinds.find(({ kind }) => kind === panel.kind)?.credentials ?? [];
    const choice = ways.map((keys) => keys.join(' and ')).join(', or ');
    const stated = ways.filter((keys) => keys.some((key) => panel[key] !== undefined));
    const [way, ...others] = stated;
    if (way === undefined)
      return ways.length === 0 ? [] : [error(`panels.${name}`, `the credentials are missing: set ${choice}`)];
    const [other] = others.flat().filter((key) => panel[key] !== undefined);
    if (other !== undefined)
      return [error(`panels.${name}.${other}`, `set ${choice}, not both: remove what should not be used`)];
    return way
      .filter((key) => panel[key] === undefined)
      .map((key) => error(`panels.${name}.${key}`, `this key is missing: set ${choice}`));
  });

const UNCHECKED = 'TLS certificates are not checked: anyone on the network path can read the credentials';

export const insecure: Rule = (config) =>
  Object.entries(config.panels).flatMap(([name, panel]) => [
    ...(panel.tls?.rejectUnauthorized === false ? [warning(`panels.${name}.tls.rejectUnauthorized`, UNCHECKED)] : []),
    ...plainHttp(`panels.${name}.url`, panel),
  ]);

/** A running server keeps the former config instead of one whose panel no page can read. */
export const usableAddresses: Rule = (config, kinds) =>
  Object.entries(config.panels).flatMap(([name, { kind, url }]) =>
    unusableAddress(
      `panels.${name}.url`,
      url,
      kinds.find((known) => known.kind === kind),
    ),
  );

/** Finds what the client refuses of an address; `plainHttp` reports plain http. */
export function unusableAddress(path: string, url: unknown, kind: Pick<PanelKind, 'checkUrl'> = {}): RuleFinding[] {
  if (typeof url !== 'string') return [];
  try {
    checkPanelUrl(kind, url);
    return [];
  } catch (cause) {
    return [error(path, (cause as Error).message)];
  }
}

export function plainHttp(path: string, { url, allowHttp }: { url?: unknown; allowHttp?: unknown }): RuleFinding[] {
  if (typeof url !== 'string' || !/^\s*http:/i.test(url)) return [];
  const message = 'plain HTTP sends the credentials unencrypted';
  return [allowHttp === true ? warning(path, message) : error(path, `${message}; use https, or allowHttp: true`)];
}

/** Paths that are often pasted with an address; the clients remove them too. */
const PASTED =
  /\/+(?:backend|admin|api(?:\/v\d+(?:\/(?:admin|panel))?)?|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?:\/.*)?)?$/i;

/** Returns the same text for every address of one installation; null for an invalid address. */
function normalizeAddress({ kind, url }: PanelSettings): string | null {
  if (!URL.canParse(url)) return null;
  const address = new URL(url);
  let path = address.pathname;
  for (let before = ''; before !== path;) {
    before = path;
    path = path.replace(PASTED, '');
  }
  // http and https of a host are the same panel.
  return [kind, address.hostname.replace(/\.$/, ''), address.port, path].join(' ');
}

export const oneNameEach: Rule = (config) => {
  const names = new Map<string, string>();
  return Object.entries(config.panels).flatMap(([name, panel]) => {
    const installation = normalizeAddress(panel);
    if (installation === null) return [];
    const first = names.get(installation) ?? name;
    names.set(installation, first);
    if (first === name) return [];
    return [
      warning(
        `panels.${name}.url`,
        `"${first}" and "${name}" are the same panel. Sluice can't detect which ports, orders and accounts their services share. A hold on one service may restrict the other, a release may undo the other's hold, and two runs may change the panel at the same time. Use one of the names for all products and services`,
      ),
    ];
  });
};

/** Lines with the same id on two panels would have bills of the same key, and those of one are never made. */
export const ownInstallation: Rule = (config, kinds) => {
  const names = new Map<string, string>();
  return Object.entries(config.panels).flatMap(([name, panel]) => {
    const hasCalls = kinds.find(({ kind }) => kind === panel.kind)?.capabilities.includes('calls') === true;
    if (!hasCalls) return [];
    const installation = typeof panel.installation === 'string' ? panel.installation : name;
    const first = names.get(installation) ?? name;
    names.set(installation, first);
    if (first === name) return [];
    return [
      error(
        `panels.${name}.installation`,
        `"${installation}" is in the identity of the bills of panel "${first}" too: set another name. Bills that are stored stay what they are`,
      ),
    ];
  });
};

export const callsBilled: Rule = (config, kinds) =>
  listCallPanels(config, kinds).unbilled.map((name) =>
    warning(
      `panels.${name}`,
      'no job bills its calls: set billFrom to the first day to bill, or state the period of each bill',
    ),
  );
