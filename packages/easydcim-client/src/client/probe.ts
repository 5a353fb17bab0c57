import { isPanelError } from '@sluice/panel-http';
import type { Connection } from './connection.js';
import { describeShape, isObject } from './json.js';
import { readList } from './list-answer.js';
import { ParseProblem, schemaOf } from './parse-problem.js';
import type { CallOptions } from './types.js';

const config = { path: '/api/v3/admin/client-area/config', endpoint: 'GET /api/v3/admin/client-area/config' };
const services = { path: '/api/v3/client/services', endpoint: 'GET /api/v3/client/services' };

/** The documented read for tokens of administrators; those of clients, and older panels, are asked for their services. */
export async function probe(
  connection: Connection,
  options: CallOptions = {},
): Promise<{ ok: true; endpoint: string }> {
  try {
    await connection.request({ method: 'GET', ...config, schema: schemaOf(anyObject) }, options);
    return { ok: true, endpoint: config.endpoint };
  } catch (error) {
    if (!isPanelError(error) || ![403, 404, 405].includes(error.status ?? 0)) throw error;
  }
  const schema = schemaOf((json) => readList(json, { name: 'services' }).rows.length);
  await connection.readAs({ method: 'GET', ...services, query: { page: 1, per_page: 1 }, schema }, options);
  return { ok: true, endpoint: services.endpoint };
}

function anyObject(json: unknown): true {
  if (!isObject(json)) throw new ParseProblem(`expected an object, found ${describeShape(json)}`);
  return true;
}
