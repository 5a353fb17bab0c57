import type { ServiceRecord } from '@sluice/state-store';
import { entryOf } from '../config/entry-of.js';
import { SluiceError, usageError } from '../errors.js';
import type { AccountView } from '../panels/flvx/flvx-kept.js';
import { tunnelViews, userViews, type TunnelView, type UserView } from '../panels/flvx/flvx-look-ups.js';
import { FlvxPanel } from '../panels/flvx/flvx-panel.js';
import { keptIn } from './pass/remembered.js';
import { requireService, type Session } from './session.js';
import { requirePanelName } from './services/panels.js';

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

/** Tunnels of the FLVX panel of that name, or of the only one. */
export async function listTunnels(session: Session, name: string | undefined): Promise<TunnelView[]> {
  const panel = await flvxPanel(session, name);
  return tunnelViews(panel.client);
}

/** Users of the panel, with the service that names each. */
export async function listRelayUsers(session: Session, name: string | undefined): Promise<RelayUser[]> {
  const panel = await flvxPanel(session, name);
  const [users, services] = await Promise.all([
    userViews(panel.client),
    session.store.services.list({ panel: panel.name }),
  ]);
  const living = services.filter((service) => service.status !== 'terminated');
  const byId = new Map(living.map((service) => [service.refs['flvx_user_id'], service.id]));
  return users.map((user) => ({ ...user, service: byId.get(String(user.id)) ?? null }));
}

/** Where the customer of a service logs in, and as whom; from the store alone. */
export async function loginLink(session: Session, id: string): Promise<LoginLink> {
  const service = await requireService(session, id);
  const config = entryOf(session.config.panels, service.panel);
  if (config?.kind !== 'flvx') {
    throw new SluiceError('unsupported', `"${id}" is on panel "${service.panel}", which is no FLVX panel`, {
      kind: 'unsupported',
    });
  }
  const username = await usernameOf(session, service);
  if (service.refs['flvx_user_id'] === undefined || username === null) {
    throw new SluiceError('no_account', `"${id}" has no account yet: "sluice provision create ${id}"`, {
      kind: 'not-found',
    });
  }
  return { url: config.url, username, singleSignOn: false };
}

/** A customer may have renamed himself: the name as last seen counts. */
async function usernameOf(session: Session, service: ServiceRecord): Promise<string | null> {
  const [decision] = await session.store.decisions.latest([service.id]);
  const account = keptIn(decision ?? null)?.account as AccountView | null | undefined;
  return account?.username ?? service.refs['flvx_username'] ?? null;
}

async function flvxPanel(session: Session, name: string | undefined): Promise<FlvxPanel> {
  const known = Object.entries(session.config.panels).flatMap(([key, { kind }]) => (kind === 'flvx' ? [key] : []));
  if (name !== undefined) requirePanelName(session, name);
  const [only] = known;
  const chosen = name ?? only;
  if (chosen === undefined) throw usageError('unknown_panel', 'There is no panel of kind flvx in the config');
  if (name === undefined && known.length > 1) {
    throw usageError('ambiguous_panel', `There are several FLVX panels: say --panel ${known.join(' or --panel ')}`);
  }
  const panel = await session.panel(chosen);
  if (!(panel instanceof FlvxPanel)) {
    throw usageError('unsupported', `Panel "${chosen}" is of kind ${panel.kind}, not flvx`);
  }
  return panel;
}
