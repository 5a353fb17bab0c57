import { type FakeRequest } from '../core/fake-request.js';
import { type FakeResponse } from '../core/fake-response.js';
import { signInPage } from '../core/sign-in-page.js';
import { type EasyDcimBehaviour } from './behaviour.js';
import { type Panel } from './panel.js';
import { notFound } from './refusals.js';
import { routes } from './routes.js';

/** `POST /api/v3/admin/ports/{id}/disable`: the method, and the path with its numbers named. */
export function toEndpoint(request: FakeRequest, basePath: string): string {
  const path = request.path.startsWith(`${basePath}/`) ? request.path.slice(basePath.length) : request.path;
  return `${request.method} ${path.replace(/\/\d+(?=\/|$)/g, '/{id}')}`;
}

/** Whether a call asks for a change; unknown endpoints count by their method. */
export function isChanging(request: FakeRequest, basePath: string): boolean {
  const route = routes.get(toEndpoint(request, basePath));
  if (route !== undefined) return route.changes === true;
  return !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
}

/** Answers one call. */
export function answer(panel: Panel, request: FakeRequest): FakeResponse {
  const { basePath, behaviour } = panel;
  const endpoint = toEndpoint(request, basePath);
  if (!request.path.startsWith(`${basePath}/`)) return notFound('html');
  if (endpoint === 'GET /auth/login' || endpoint.startsWith('GET /backend')) return { status: 200, body: signInPage };
  const route = behaviour.absent.has(endpoint) ? undefined : routes.get(endpoint);
  if (route === undefined) return unrouted(endpoint, behaviour);
  const id = Number(/\/(\d+)(?=\/|$)/.exec(request.path.slice(basePath.length))?.[1] ?? -1);
  if (route.area === 'open') return route.run({ panel, request, id, viewer: 'nobody' });
  const access = panel.access.judge(request, route.area);
  if ('refusal' in access) return access.refusal;
  return route.run({ panel, request, id, viewer: access.viewer });
}

function unrouted(endpoint: string, behaviour: EasyDcimBehaviour): FakeResponse {
  const path = endpoint.slice(endpoint.indexOf(' '));
  const other = ['GET', 'POST'].map((method) => method + path).find((name) => routes.has(name));
  if (other === undefined || behaviour.absent.has(endpoint) || behaviour.absent.has(other)) {
    return notFound(behaviour.notFound);
  }
  return { status: 405, body: { message: 'Method Not Allowed' } };
}
