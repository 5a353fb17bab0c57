import { type FakeRequest } from '../core/fake-request.js';
import { isApiPath, redirect } from './answer.js';
import { type FakeResponse } from '../core/fake-response.js';
import { type Route } from './endpoint.js';
import { Refusal } from './panel-failure.js';
import { type AdminRow } from './rows.js';
import { type Sessions } from './sessions.js';
import { type HiddifyState } from './state.js';
import { type Switches } from './switches.js';

const crawlers = /bot|spider|crawl|archiver|slurp|^java\//i;

/** Who calls: an administrator, another node, a user of the panel, or no one. */
export interface Caller {
  readonly admin: AdminRow | undefined;
  readonly node: boolean;
  /** The administrator came by a session cookie. */
  readonly bySession: boolean;
}

const nobody: Caller = { admin: undefined, node: false, bySession: false };

/** The secret first segment of a path. */
export function proxyPath(path: string): string {
  return String(path.replace(/^\/+/, '').split('/')[0]);
}

/** Refuses crawlers and unknown or wrong proxy paths, whatever the key (docs/panels/hiddify.md, 1.1 and 1.3). */
export function refuseStrangers(request: FakeRequest, switches: Switches): void {
  if (crawlers.test(request.headers['user-agent'] ?? '')) throw new Refusal(400, 'invalid');
  const segment = proxyPath(request.path);
  if (segment !== '' && segment === switches.oldPath) return;
  const isClient = segment === switches.clientPath;
  if (segment === '' || (segment !== switches.adminPath && !isClient)) throw new Refusal(400, 'invalid request');
  const below = request.path.replace(/\/{2,}/g, '/');
  const wrong = isClient
    ? below.includes('/api/v2/admin/') || below.startsWith(`/${segment}/admin/`)
    : below.includes('/api/v2/user/');
  if (wrong) throw new Refusal(400, 'invalid request');
}

/**
 * Finds the caller (docs/panels/hiddify.md, 2.1). Throws 403 for an unknown key; returns a redirect outside the
 * API.
 */
export function identify(
  request: FakeRequest,
  state: HiddifyState,
  switches: Switches,
  sessions: Sessions,
): Caller | FakeResponse {
  const segment = proxyPath(request.path);
  const adminArea =
    segment === switches.adminPath || (segment === switches.oldPath && request.path.includes('/admin/'));
  const key = request.headers['hiddify-api-key'];
  const authorization = request.headers['authorization'];
  if (key !== undefined && key !== '') {
    const account = find(state, key.trim(), adminArea);
    if (account !== undefined) return account;
    return key === switches.nodeKey ? { ...nobody, node: true } : turnedAway(request, segment, sessions);
  }
  if (authorization !== undefined) {
    return byAuthorization(authorization, state, adminArea) ?? turnedAway(request, segment, sessions);
  }
  const adminId = adminArea ? sessions.findAdmin(request) : undefined;
  if (adminId === undefined) return nobody;
  const admin = state.admins.get(adminId);
  return admin === undefined ? turnedAway(request, segment, sessions) : { admin, node: false, bySession: true };
}

/** Throws 403 when the caller's role does not open the route. */
export function refuseRole(caller: Caller, route: Route, switches: Switches): void {
  const forbidden = new Refusal(403, 'Unathorized');
  if (caller.admin === undefined && route.node !== true) throw forbidden;
  if (switches.rolesVoid || caller.node) return;
  if (caller.admin === undefined || !route.roles.has(caller.admin.mode)) throw forbidden;
}

/** The login page of redirects. */
export function toLogin(request: FakeRequest, segment: string): FakeResponse {
  return redirect(302, `/${segment}/?force=1&next=${request.path}`);
}

/** A wrong key ends the session of the same request. */
function turnedAway(request: FakeRequest, segment: string, sessions: Sessions): FakeResponse {
  sessions.end(request);
  if (isApiPath(request.path)) throw new Refusal(403, 'Unathorized');
  return toLogin(request, segment);
}

function find(state: HiddifyState, uuid: string, adminArea: boolean): Caller | undefined {
  if (!adminArea) return state.findUser(uuid) === undefined ? undefined : nobody;
  const admin = state.findAdmin(uuid);
  return admin === undefined ? undefined : { admin, node: false, bySession: false };
}

function byAuthorization(header: string, state: HiddifyState, adminArea: boolean): Caller | undefined {
  const basic = /^basic\s+(.+)$/i.exec(header);
  if (basic === null) return undefined;
  const [name, password] = splitOnce(Buffer.from(String(basic[1]), 'base64').toString('utf8'));
  if (password === '') return find(state, name, adminArea);
  if (!adminArea) return undefined;
  for (const admin of state.admins.values()) {
    if (admin.username === name && admin.password === password) return { admin, node: false, bySession: false };
  }
  return undefined;
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(':');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
