import { isPanelError } from '@sluice/panel-http';
import {
  type ContractCheck,
  type ContractReport,
  describeBytes,
  type Lookups,
  type PanelTestAnswer,
  type ProductSettings,
  runCheck,
} from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import { toIso, type FlvxForward, type FlvxNode, type FlvxPermission, type FlvxUser } from '../client/records.js';
import { isUnlimitedQuota, toSize } from '../client/byte-quota.js';
import { describeNodes } from '../account/describe.js';
import { sumBytes } from '../account/rules.js';
import type { FlvxCallOptions, FlvxClient } from '../client/client.js';
import { toEntries } from './inventory.js';
import { findGroup, listTunnels, productTunnels, speedChoice, type FlvxDefaults } from './product.js';

/** Creates the lists in which operators search what the panel has, each row with the products that name it. */
export function createLookups(
  client: FlvxClient,
  products: Record<string, ProductSettings>,
  defaults: FlvxDefaults,
): Lookups {
  const named = Object.entries(products);
  return {
    async tunnels() {
      const tunnels = await client.tunnels.list();
      return tunnels.map(({ id, name, type, status, multiplier, ratio }) => {
        return { id, name, type, status, multiplier, ratio };
      });
    },
    async users() {
      const users = await client.users.list();
      return users.map((user) => ({
        id: user.id,
        name: user.name,
        status: user.status,
        usedBytes: sumBytes(user),
        quotaBytes: toSize(user.quota),
        unlimited: isUnlimitedQuota(user.quota),
        expiresAt: toIso(user.expiresAt),
      }));
    },
    async speedLimits() {
      const limits = await client.speedLimits.list();
      const choices = named.map(([name, product]) => ({ name, choice: speedChoice(product, defaults) }));
      return limits.map(({ id, name, speed, tunnelId, tunnelName }) => ({
        id,
        name,
        speedMbit: speed,
        tunnel: { id: tunnelId, name: tunnelName },
        products: choices
          .filter(({ choice }) => choice.kind === 'shared' && choice.limitId === id)
          .map((choice) => choice.name),
      }));
    },
    async tunnelGroups() {
      const [groups, tunnels] = await Promise.all([client.groups.listTunnelGroups(), client.tunnels.list()]);
      const names = new Map(tunnels.map(({ id, name }) => [id, name]));
      const choices = named.map(([name, product]) => {
        const choice = productTunnels(product, defaults);
        return { name, group: choice !== null && 'group' in choice ? findGroup(groups, choice.group) : undefined };
      });
      return groups.map(({ id, name, tunnelIds }) => ({
        id,
        name,
        tunnels: tunnelIds.map((tunnel) => ({ id: tunnel, name: names.get(tunnel) ?? null })),
        products: choices.filter(({ group }) => group?.id === id).map((choice) => choice.name),
      }));
    },
  };
}

/** The lists that mappings are checked against; null where the list could not be read. */
interface Lists {
  users: FlvxUser[] | null;
  permissions: FlvxPermission[] | null;
  forwards: FlvxForward[] | null;
}

/** Reads each endpoint once and reports what was understood of it, and what each service is mapped to. */
export async function checkContract(
  client: FlvxClient,
  services: readonly ServiceRecord[],
  signal: AbortSignal,
): Promise<ContractReport> {
  const options: FlvxCallOptions = { signal };
  const checks: ContractCheck[] = [];
  const read = async <T>(endpoint: string, list: () => Promise<T[]>, describe: (rows: T[]) => string) => {
    let rows: T[] | null = null;
    const check = await runCheck({ name: 'contract', object: endpoint }, isPanelError, async () => {
      rows = await list();
      return { status: 'ok', message: describe(rows) };
    });
    checks.push(check);
    return rows as T[] | null;
  };
  const users = await read('user/list', () => client.users.list({}, options), describeUsers);
  const permissions = await read('backup/export', () => client.permissions.list(options), describePermissions);
  const forwards = await read('forward/list', () => client.forwards.list(options), describeForwards);
  await read('tunnel/list', () => client.tunnels.list(options), count('tunnel'));
  await read('node/check-status', () => client.nodes.checkStatus(options), count('node'));
  const limits = await read('speed-limit/list', () => client.speedLimits.list(options), count('speed limit'));
  const groups = await read('group/tunnel/list', () => client.groups.listTunnelGroups(options), count('tunnel group'));
  await read('group/user/list', () => client.groups.listUserGroups(options), count('user group'));
  await read('group/permission/list', () => client.groups.listGrants(options), count('grant'));
  const lists = { users, permissions, forwards };
  return {
    checks: [...checks, ...services.flatMap((service) => checkMapping(service, lists))],
    shapes: [],
    entries: users === null ? null : toEntries(users),
    lists: {
      ...(limits === null ? {} : { speedLimits: limits.map(({ id }) => String(id)) }),
      ...(groups === null ? {} : { tunnelGroups: groups.map(({ id }) => String(id)) }),
    },
  };
}

const count =
  (what: string) =>
  (rows: readonly unknown[]): string =>
    `${rows.length} ${what}${rows.length === 1 ? '' : 's'}`;

function describeUsers(users: readonly FlvxUser[]): string {
  const used = users.reduce((sum, user) => sum + sumBytes(user), 0);
  return `${count('user')(users)}, ${describeBytes(used)} used in all`;
}

function describePermissions(permissions: readonly FlvxPermission[]): string {
  const closed = permissions.filter(({ status }) => status !== 1).length;
  return `${count('permission')(permissions)}, ${closed} closed`;
}

function describeForwards(forwards: readonly FlvxForward[]): string {
  const paused = forwards.filter(({ status }) => status !== 1).length;
  return `${count('forward')(forwards)}, ${paused} paused`;
}

function checkMapping({ id, refs, status }: ServiceRecord, { users, permissions, forwards }: Lists): ContractCheck[] {
  const check = (result: ContractCheck['status'], message: string): ContractCheck[] => [
    { name: 'mapping', object: id, status: result, message },
  ];
  const { flvx_user_id: ref, flvx_username: name } = refs;
  if (status === 'terminated' || status === 'vanished') return [];
  if (ref === undefined) return check(status === 'pending' ? 'skipped' : 'failed', 'it has no flvx_user_id');
  if (users === null) return check('skipped', 'the users could not be read');
  const user = users.find((each) => String(each.id) === ref);
  if (user === undefined) return check('failed', `the panel has no user ${ref}`);
  const who = `user ${ref} ("${user.name}")`;
  if (name !== undefined && name !== user.name)
    return check('warning', `${who} has another name than the service, which has "${name}"`);
  const own = permissions?.filter(({ userId }) => userId === user.id);
  if (own?.length === 0) return check('warning', `${who} has no tunnel`);
  const tunnels = own === undefined ? 'unknown' : own.map(({ tunnelId }) => tunnelId).join(', ');
  const running = forwards?.filter(({ userId }) => userId === user.id).length ?? 'unknown';
  const quota = isUnlimitedQuota(user.quota) ? 'unlimited' : describeBytes(toSize(user.quota));
  const used = describeBytes(sumBytes(user));
  return check('ok', `${who}: ${used} used of ${quota}, tunnels ${tunnels}, forwards ${running}`);
}

/** What a panel is tested for. */
interface Tested {
  hasToken: boolean;
  products: Record<string, ProductSettings>;
  defaults: FlvxDefaults;
}

/** Tests the connection; the answer names the panel, and what an operator should change. */
export async function testPanel(client: FlvxClient, { hasToken, ...config }: Tested): Promise<PanelTestAnswer> {
  const probe = await client.probe();
  const { port, appName, captcha, session, tunnels, clock } = probe;
  const nodes = await client.nodes.checkStatus();
  const parts = [
    `"${appName ?? 'FLVX'}" (${port === 'web' ? 'web port' : 'panel'}) with ${tunnels} tunnels`,
    describeNodes(nodes),
  ];
  const warnings = [
    ...(captcha && !hasToken
      ? ['the panel requires a captcha at login, so the next login will fail: turn off the captcha']
      : []),
    ...(session.mustChangePassword === true
      ? ['the account still has the publicly known name or password of a new panel: change both']
      : []),
    ...(await warnOfRemoteEntries(client, nodes, config)),
  ];
  const expiring = hasToken ? { expiring: { key: 'token', at: new Date(session.expiresAt).toISOString() } } : {};
  return { message: parts.join('; '), clockDifferenceMs: clock.ms, warnings, ...expiring };
}

/** Returns warnings of tunnels of products whose traffic the panel does not count: another panel has their entry node. */
async function warnOfRemoteEntries(
  client: FlvxClient,
  nodes: readonly FlvxNode[],
  { products, defaults }: Pick<Tested, 'products' | 'defaults'>,
): Promise<string[]> {
  const remote = new Map(nodes.flatMap(({ id, name, remote: isRemote }) => (isRemote ? [[id, name] as const] : [])));
  if (remote.size === 0) return [];
  const choices = Object.entries(products).map(([name, product]) => [name, productTunnels(product, defaults)] as const);
  const hasGroup = choices.some(([, choice]) => choice !== null && 'group' in choice);
  const [tunnels, groups] = await Promise.all([
    client.tunnels.list(),
    hasGroup ? client.groups.listTunnelGroups() : [],
  ]);
  return tunnels.flatMap(({ id, name, entryNodes }) => {
    const entry = entryNodes.map(({ nodeId }) => remote.get(nodeId)).find((node) => node !== undefined);
    const product = choices.find(([, choice]) => choice !== null && listTunnels(choice, groups)?.includes(id))?.[0];
    if (entry === undefined || product === undefined) return [];
    return `tunnel ${id} (${name}) of product ${product} has the entry node ${entry} of another panel: its traffic is not counted for customers of this one, so no quota stops it`;
  });
}
