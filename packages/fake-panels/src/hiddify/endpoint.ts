import { type AdminMode } from './rows.js';

/** One route of the panel's API below a proxy path. */
export interface Route {
  /** Such as `/api/v2/admin/user/{uuid}/`. */
  readonly pattern: string;
  readonly methods: readonly string[];
  readonly roles: ReadonlySet<AdminMode>;
  /** Another node's key opens it, too; with the role checks void, no key at all. */
  readonly node?: boolean;
}

const everybody: ReadonlySet<AdminMode> = new Set(['super_admin', 'admin', 'agent']);
const managers: ReadonlySet<AdminMode> = new Set(['super_admin', 'admin']);
const superAdmins: ReadonlySet<AdminMode> = new Set(['super_admin']);

/** The routes of the API (docs/panels/hiddify.md, 3.1). */
export const routes: readonly Route[] = [
  { pattern: '/api/v2/panel/ping/', methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], roles: everybody, node: true },
  { pattern: '/api/v2/panel/info/', methods: ['GET'], roles: everybody, node: true },
  { pattern: '/api/v2/admin/me/', methods: ['GET'], roles: everybody },
  { pattern: '/api/v2/admin/admin_user/', methods: ['GET', 'POST'], roles: managers },
  { pattern: '/api/v2/admin/admin_user/{uuid}/', methods: ['GET', 'PATCH', 'DELETE'], roles: managers },
  { pattern: '/api/v2/admin/user/', methods: ['GET', 'POST'], roles: everybody },
  { pattern: '/api/v2/admin/user/{uuid}/', methods: ['GET', 'PATCH', 'DELETE'], roles: everybody },
  { pattern: '/api/v2/admin/server_status/', methods: ['GET'], roles: everybody },
  { pattern: '/api/v2/admin/update_user_usage/', methods: ['GET'], roles: superAdmins },
  { pattern: '/api/v2/admin/log/', methods: ['POST'], roles: superAdmins },
  { pattern: '/api/v2/admin/all-configs/', methods: ['GET'], roles: superAdmins },
];

/** A route that was found, with the uuid of the path in lower case. */
export interface Found {
  readonly route: Route;
  readonly uuid: string | undefined;
  /** The path as the route spells it, when the request's spelling is redirected. */
  readonly spelling: string | undefined;
}

const anyUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const byParts = routes.map((route) => ({ route, parts: route.pattern.split('/').slice(1, -1) }));

/** Finds the route of a path below the proxy path. Missing and doubled slashes are accepted with a redirect. */
export function findRoute(path: string): Found | undefined {
  const merged = path.replace(/\/{2,}/g, '/');
  const ended = merged.endsWith('/') ? merged : `${merged}/`;
  const parts = ended.split('/').slice(1, -1);
  for (const { route, parts: wanted } of byParts) {
    if (wanted.length !== parts.length) continue;
    if (!wanted.every((part, at) => (part === '{uuid}' ? anyUuid.test(String(parts[at])) : part === parts[at])))
      continue;
    const uuid = wanted.includes('{uuid}') ? String(parts.at(-1)).toLowerCase() : undefined;
    return { route, uuid, spelling: ended === path ? undefined : ended };
  }
  return undefined;
}

/** The name of a call in the log: the path without its secret and with its ids named. */
export function endpointName(method: string, path: string): string {
  const start = path.search(/\/+api\//);
  const below = start < 0 ? path : path.slice(start);
  const named = below
    .replace(/\/{2,}/g, '/')
    .replace(/\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\/|$)/gi, '/{uuid}');
  return `${method} ${named.replace(/\/agents\/[^/]+(?=\/(traffic|traffic-limit|check|can-create-user)$)/, '/agents/{id}')}`;
}
