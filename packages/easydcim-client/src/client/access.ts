import { isPanelError } from '@sluice/panel-http';
import type { Connection } from './connection.js';
import { describeShape, isObject, objectAt, type JsonObject } from './json.js';
import { parseList } from './list-answer.js';
import { ParseProblem, toSchema } from './parse-problem.js';
import type { CallOptions } from './types.js';

const config = { path: '/api/v3/admin/client-area/config', endpoint: 'GET /api/v3/admin/client-area/config' };
const services = { path: '/api/v3/client/services', endpoint: 'GET /api/v3/client/services' };

/** Tests address and token: reads the client area's config, or, where that is refused or missing, the services of the client. */
export async function probe(
  connection: Connection,
  options: CallOptions = {},
): Promise<{ ok: true; endpoint: string }> {
  try {
    await connection.request({ method: 'GET', ...config, schema: toSchema(anyObject) }, options);
    return { ok: true, endpoint: config.endpoint };
  } catch (error) {
    if (!isPanelError(error) || ![403, 404, 405].includes(error.status ?? 0)) throw error;
  }
  const schema = toSchema((json) => parseList(json, { name: 'services' }).rows.length);
  await connection.readAs({ method: 'GET', ...services, query: { page: 1, per_page: 1 }, schema }, options);
  return { ok: true, endpoint: services.endpoint };
}

function anyObject(json: unknown): true {
  if (!isObject(json)) throw new ParseProblem(`expected an object, found ${describeShape(json)}`);
  return true;
}

/** Possible names of the token, which is not documented (docs/panels/easydcim.md, 1.2). */
const tokenKeys = ['token', 'access_token', 'plainTextToken'];

export async function logIn(
  connection: Connection,
  credentials: { email: string; password: string; deviceName: string },
): Promise<string> {
  const { body } = await connection.request({
    method: 'POST',
    path: '/api/v3/login',
    endpoint: 'POST /api/v3/login',
    json: { email: credentials.email, password: credentials.password, device_name: credentials.deviceName },
    schema: toSchema(parseToken),
    changing: false,
    auth: false,
    secrets: [credentials.password, credentials.email],
  });
  return body;
}

function parseToken(json: unknown): string {
  const body: JsonObject = isObject(json) ? json : {};
  const tokens = [body, objectAt(body, 'data'), objectAt(body, 'result')].flatMap((place) =>
    tokenKeys.map((key) => place[key]).filter((value) => typeof value === 'string' && value.trim() !== ''),
  ) as string[];
  const [token] = tokens;
  // The message lists no keys: an unknown one could contain the token.
  if (token === undefined || tokens.some((other) => other !== token))
    throw new ParseProblem('no token, or tokens that differ');
  return token;
}
