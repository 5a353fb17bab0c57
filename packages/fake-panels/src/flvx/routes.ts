import { checkCaptcha, type CaptchaTokens, login, updatePassword, userPackage } from './account.js';
import { exportBackup } from './backup.js';
import type { Handler } from './call.js';
import {
  batchChangeTunnel,
  batchDelete,
  batchPause,
  batchRedeploy,
  batchResume,
  deleteForward,
  pauseForward,
  resumeForward,
} from './forward-control.js';
import { createForward, listForwards, updateForward } from './forwards.js';
import { groupRoutes } from './groups.js';
import { createLimit, deleteLimit, listLimits, updateLimit } from './limits.js';
import {
  assign,
  batchAssign,
  listPermissions,
  removePermission,
  updatePermission,
  visibleTunnels,
} from './permissions.js';
import {
  captchaVerify,
  createNode,
  deleteNode,
  getConfig,
  listConfig,
  listNodes,
  liveness,
  updateConfig,
  uploadConfig,
  uploadTraffic,
} from './site.js';
import { createTunnel, deleteTunnel, getTunnel, listTunnels, updateTunnel } from './tunnels.js';
import { createUser, deleteUser, listUsers, resetUser, updateUser, userGroups } from './users.js';

/** Whether a path needs no token (docs/panels/flvx.md, 2.2). */
export function isOpen(path: string): boolean {
  return (
    !path.startsWith('/api/') ||
    path.startsWith('/api/v1/open_api/') ||
    path.startsWith('/api/v1/captcha/') ||
    path === '/api/v1/config/get' ||
    path === '/api/v1/user/login'
  );
}

const adminPaths = new Set([
  ...['create', 'list', 'update', 'delete', 'reset'].map((name) => `/api/v1/user/${name}`),
  '/api/v1/config/update',
  '/api/v1/config/update-single',
  '/api/v1/announcement/update',
]);
const adminPrefixes = ['group', 'federation/share', 'node', 'speed-limit', 'backup', 'tunnel'];

/** Whether a path is for administrators only (docs/panels/flvx.md, 2.2). */
export function isAdminOnly(path: string): boolean {
  if (path.startsWith('/api/v1/tunnel/user/tunnel')) return false;
  return adminPaths.has(path) || adminPrefixes.some((prefix) => path.startsWith(`/api/v1/${prefix}/`));
}

/** Whether a path changes something on the panel or its nodes. */
export function isChange(path: string): boolean {
  return !/\/(login|list|get|groups|package|check|verify|check-status|export|tunnels|test|tunnel\/user\/tunnel)$/.test(
    path,
  );
}

/** What a panel's handlers need apart from its tables. */
export interface RouteParts {
  readonly secret: string;
  readonly captchaTokens: CaptchaTokens;
  readonly createGap: () => Promise<void> | undefined;
}

/** The handlers of all paths that the fake serves; every other path is unknown to the panel. */
export function listRoutes({ secret, captchaTokens, createGap }: RouteParts): ReadonlyMap<string, Handler> {
  const api: Record<string, Handler> = {
    'user/login': login(secret, captchaTokens),
    'user/create': createUser(createGap),
    'user/list': listUsers,
    'user/update': updateUser,
    'user/delete': deleteUser,
    'user/reset': resetUser,
    'user/groups': userGroups,
    'user/package': userPackage,
    'user/updatePassword': updatePassword,
    'captcha/check': checkCaptcha,
    'captcha/verify': captchaVerify(captchaTokens),
    'config/get': getConfig,
    'config/list': listConfig,
    'config/update-single': updateConfig,
    'node/list': listNodes,
    'node/check-status': listNodes,
    'node/create': createNode,
    'node/delete': deleteNode,
    'tunnel/list': listTunnels,
    'speed-limit/tunnels': listTunnels,
    'tunnel/get': getTunnel,
    'tunnel/create': createTunnel,
    'tunnel/update': updateTunnel,
    'tunnel/delete': deleteTunnel,
    'tunnel/user/tunnel': visibleTunnels,
    'tunnel/user/list': listPermissions,
    'tunnel/user/assign': assign,
    'tunnel/user/batch-assign': batchAssign,
    'tunnel/user/update': updatePermission,
    'tunnel/user/remove': removePermission,
    'speed-limit/list': listLimits,
    'speed-limit/create': createLimit,
    'speed-limit/update': updateLimit,
    'speed-limit/delete': deleteLimit,
    'forward/list': listForwards,
    'forward/create': createForward,
    'forward/update': updateForward,
    'forward/pause': pauseForward,
    'forward/resume': resumeForward,
    'forward/delete': deleteForward,
    'forward/force-delete': deleteForward,
    'forward/batch-pause': batchPause,
    'forward/batch-resume': batchResume,
    'forward/batch-delete': batchDelete,
    'forward/batch-redeploy': batchRedeploy,
    'forward/batch-change-tunnel': batchChangeTunnel,
    'backup/export': exportBackup,
  };
  for (const [path, handler] of Object.entries(groupRoutes)) api[`group/${path}`] = handler;
  return new Map([
    ...Object.entries(api).map(([path, handler]) => [`/api/v1/${path}`, handler] as const),
    ['/flow/test', liveness],
    ['/flow/upload', uploadTraffic],
    ['/flow/config', uploadConfig],
  ]);
}
