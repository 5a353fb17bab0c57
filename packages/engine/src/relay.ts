import { type Lookups, SluiceError, type TunnelView, usageError, type UserView } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { findEntry } from './config/find-entry.js';
import { requireFacet } from './facet.js';
import { keptIn } from './run/remembered.js';
import { requirePanelName } from './services/panels.js';
import { requireService, type Session } from './session.js';

/** A user with the service that he is. */
export interface RelayUser extends UserView {
  service: string | null;
}

/** `relay login-link --json` (docs/json.md). */
export interface LoginLink {
  url: string;
  username: string;
  singleSignOn: false;
}

/** Tunnels of the panel of that name, or of the only one that has such lists. */
export async function listTunnels(session: Session, name: string | undefined): Promise<TunnelView[]> {
  const { lookups } = await lookupPanel(session, name);
  return lookups.tunnels();
}

/** Users of the panel, with the service that names each. */
export async function listRelayUsers(session: Session, name: string | undefined): Promise<RelayUser[]> {
  const { name: panel, lookups } = await lookupPanel(session, name);
  const [users, services] = await Promise.all([lookups.users(), session.store.services.list({ panel })]);
  const idRef = session.kindOf(panel)?.login?.idRef ?? '';
  const living = services.filter((service) => service.status !== 'terminated');
  const byId = new Map(living.map((service) => [service.refs[idRef], service.id]));
  return users.map((user) => ({ ...user, service: byId.get(String(user.id)) ?? null }));
}

/** Where the customer of a service logs in, and as whom; from the store alone. */
export async function loginLink(session: Session, id: string): Promise<LoginLink> {
  const service = await requireService(session, id);
  const login = session.kindOf(service.panel)?.login;
  const url = findEntry(session.config.panels, service.panel)?.url;
  if (login === undefined || url === undefined) {
    throw new SluiceError('unsupported', `"${id}" is on panel "${service.panel}", where customers have no login`, {
      kind: 'unsupported',
    });
  }
  const username = await usernameOf(session, service, login.nameRef);
  if (service.refs[login.idRef] === undefined || username === null) {
    throw new SluiceError('no_account', `"${id}" has no account yet`, {
      kind: 'not-found',
      details: { service: id },
    });
  }
  return { url, username, singleSignOn: false };
}

/** A customer may have renamed himself: the name as last seen counts. */
async function usernameOf(session: Session, service: ServiceRecord, nameRef: string): Promise<string | null> {
  const [decision] = await session.store.decisions.latest([service.id]);
  const account = keptIn(decision ?? null)?.account as { username?: string } | null | undefined;
  return account?.username ?? service.refs[nameRef] ?? null;
}

async function lookupPanel(session: Session, name: string | undefined): Promise<{ name: string; lookups: Lookups }> {
  const known = Object.keys(session.config.panels).filter((key) => session.kindOf(key)?.login !== undefined);
  if (name !== undefined) requirePanelName(session, name);
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
  const panel = await session.panel(chosen);
  return { name: chosen, lookups: requireFacet(panel, 'lookups', 'usage') };
}
