import type { LoginLink, RelayUser } from '@sluice/contract/documents';
import {
  type LookupList,
  type Lookups,
  type SpeedLimitView,
  type TunnelGroupView,
  type TunnelView,
  usageError,
} from '@sluice/panel-kind';
import { notFound, unsupported } from '../../base/errors.js';
import { accountFor } from './account-for-reader.js';
import { findAddress } from './customer-address.js';
import { requireFacet } from '../../base/facet.js';
import { requirePanelName } from '../../base/config/find-panel.js';
import type { Context } from '../../context/context.js';
import { requireForReader } from '../../context/find-service.js';
import type { Reader } from '../../context/reader.js';

/** Lists the tunnels of the named panel, or of the only one with such lists. */
export async function listTunnels(context: Context, name: string | undefined): Promise<TunnelView[]> {
  const { lookups } = await lookupPanel(context, name);
  return lookups.tunnels();
}

/** Which rows of a list of a relay panel are read. */
export interface LookupRequest {
  /** Required where several panels have such lists. */
  panel?: string | undefined;
  /** Id or name of the only row; default all. */
  only?: string | undefined;
}

/** Lists the speed limits of a panel. */
export async function listSpeedLimits(context: Context, request: LookupRequest = {}): Promise<SpeedLimitView[]> {
  const rows = await readList(context, request.panel, 'speedLimits');
  return pick(rows, request.only, { code: 'unknown_speed_limit', what: 'speed limit' });
}

/** Lists the groups of tunnels of a panel. */
export async function listTunnelGroups(context: Context, request: LookupRequest = {}): Promise<TunnelGroupView[]> {
  const rows = await readList(context, request.panel, 'tunnelGroups');
  return pick(rows, request.only, { code: 'unknown_tunnel_group', what: 'tunnel group' });
}

function pick<Row extends { id: number; name: string }>(
  rows: Row[],
  only: string | undefined,
  { code, what }: { code: string; what: string },
): Row[] {
  if (only === undefined) return rows;
  const found = rows.filter(({ id, name }) => String(id) === only || name === only);
  if (found.length === 0) throw notFound(code, `the panel has no ${what} "${only}"`);
  return found;
}

/** Reads a list and stores its ids for completion, which calls no panel. */
async function readList<List extends LookupList>(
  context: Context,
  name: string | undefined,
  list: List,
): Promise<Awaited<ReturnType<Lookups[List]>>> {
  const { name: panel, lookups } = await lookupPanel(context, name);
  const rows = (await lookups[list]()) as Awaited<ReturnType<Lookups[List]>>;
  const ids = rows.map(({ id }) => String(id));
  await context.write([], (tables) => tables.panelLists.put(panel, list, { ids, at: context.now() }));
  return rows;
}

const NOBODY: { id?: string; name?: string | null } = {};

/** Lists the users of a panel, each with its service. */
export async function listRelayUsers(context: Context, name: string | undefined): Promise<RelayUser[]> {
  const { name: panel, lookups } = await lookupPanel(context, name);
  const [users, services] = await Promise.all([lookups.users(), context.store.services.list({ panel })]);
  const idRef = context.findKind(panel)?.login?.idRef ?? '';
  const living = services.filter((service) => service.status !== 'terminated');
  const byId = new Map(living.map((service) => [service.refs[idRef], service]));
  return users.map((user) => {
    const { id = null, name = null } = byId.get(String(user.id)) ?? NOBODY;
    return { ...user, service: id, serviceName: name, panel };
  });
}

/**
 * Returns where and with which name the customer of a service logs in, from the store alone. A name that was read for the former client
 * is not shown to its reader.
 */
export async function loginLink(context: Context, id: string, reader?: Reader): Promise<LoginLink> {
  const service = await requireForReader(context, id, reader);
  const login = context.findKind(service.panel)?.login;
  if (login === undefined) {
    throw unsupported(`"${id}" is on panel "${service.panel}", where customers have no login`);
  }
  const [decision = null] = await context.store.decisions.latest([id]);
  // Customers may rename their account: the last observed name comes first.
  const username = accountFor(context, decision, service, reader)?.username ?? service.refs[login.nameRef] ?? null;
  if (service.refs[login.idRef] === undefined || username === null) {
    throw notFound('no_account', `"${id}" has no account yet`, { service: id });
  }
  return { url: findAddress(context, service.panel), username, singleSignOn: false };
}

async function lookupPanel(context: Context, name: string | undefined): Promise<{ name: string; lookups: Lookups }> {
  const known = Object.keys(context.config.panels).filter((key) => context.findKind(key)?.login !== undefined);
  if (name !== undefined) requirePanelName(context, name);
  const [only] = known;
  const chosen = name ?? only;
  if (chosen === undefined)
    throw usageError('unknown_panel', 'There is no panel with lists of tunnels and users in the config');
  if (name === undefined && known.length > 1) {
    throw usageError(
      'ambiguous_panel',
      `There are several panels with lists of tunnels and users: ${known.join(', ')}`,
    );
  }
  const panel = await context.panel(chosen);
  return { name: chosen, lookups: requireFacet(panel, 'lookups', 'usage') };
}
