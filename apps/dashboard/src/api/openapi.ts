import * as z from 'zod';
import { AGENT_TRAFFIC_CALLS, AGENT_TRAFFIC_PREFIX, type AgentTrafficCall } from '../agent-traffic/calls.js';
import { addonFailure } from '../agent-traffic/schemas.js';
import { failure } from './schemas/access.js';
import { named } from './schemas/common.js';
import type { ApiRoute } from './route.js';
import { ROUTES } from './routes/routes.js';
import { type StreamRoute, STREAMS } from './stream-routes.js';

type Json = Record<string, unknown>;

const COMPONENTS = '#/components/schemas/';
const KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: 'New for each request; a repeated request with the same key returns the first answer',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
};

/** Returns the OpenAPI document of all routes. */
export function openApiDocument(): Json {
  const components = componentSchemas();
  const paths: Record<string, Json> = {};
  for (const route of ROUTES) {
    const path = toPath(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: toOperation(route) };
  }
  for (const stream of Object.values(STREAMS)) {
    const path = toPath(stream.path);
    paths[path] = { ...paths[path], get: toStreamOperation(stream) };
  }
  for (const call of AGENT_TRAFFIC_CALLS) {
    const address = agentTrafficAddress(call);
    const path = toPath(address.path);
    paths[path] = { ...paths[path], [call.method.toLowerCase()]: toAgentTrafficOperation(call) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Sluice', version: 'v1', description: 'Documents are those of `--json`; see docs/json.md.' },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

/** Returns the name of an operation: `getServicesService` of `GET /services/:service`. */
export function operationId({ method, path }: { method: string; path: string }): string {
  const words = path.split(/[^A-Za-z]+/).filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => (word[0] ?? '').toUpperCase() + word.slice(1)).join('');
}

function componentSchemas(): Json {
  return Object.fromEntries(Object.entries(convert([])).map(([id, schema]) => [id, bare(schema)]));
}

/** A schema by its name, or in full with its parts by their names. */
function answerSchema(schema: z.ZodType): Json {
  const id = named.get(schema);
  return id === undefined ? bare(convert([schema])['Answer'] ?? {}) : { $ref: `${COMPONENTS}${id}` };
}

/** Converts all named schemas, and further ones under the name `Answer`. */
function convert(further: z.ZodType[]): Record<string, object> {
  const all = z.registry<{ id: string }>();
  for (const [part, id] of named) all.add(part, { id });
  for (const schema of further) all.add(schema, { id: 'Answer' });
  return z.toJSONSchema(all, { uri: (id) => `${COMPONENTS}${id}`, io: 'output', unrepresentable: 'any' }).schemas;
}

/** A request's fields are JSON of the other side: what has a default may be missing. */
function requestSchema(schema: z.ZodType): Json {
  return bare(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

function bare(schema: object): Json {
  const { $schema: _schema, $id: _id, ...rest } = schema as Json;
  return rest;
}

function toOperation(route: ApiRoute): Json {
  const { method, path, scope, summary, query, body, answer, status, clients, useCase } = route;
  const changes = method !== 'GET' && scope === 'operate';
  return {
    operationId: operationId(route),
    summary,
    tags: [tagOf(path)],
    'x-scope': scope,
    'x-client-tokens': clients !== 'none',
    'x-use-case': useCase,
    parameters: [...pathParameters(path), ...queryParameters(query), ...(changes ? [KEY] : [])],
    ...(body === null
      ? {}
      : {
          requestBody: {
            required: !body.safeParse({}).success,
            content: inJson(requestSchema(body)),
          },
        }),
    responses: {
      [String(status)]: { description: 'Done', content: inJson(answerSchema(answer)) },
      default: { description: 'Error', content: inJson(answerSchema(failure)) },
    },
  };
}

function toStreamOperation({ path, summary, type, useCase }: StreamRoute): Json {
  return {
    operationId: operationId({ method: 'GET', path }),
    summary,
    tags: [tagOf(path)],
    'x-scope': 'read',
    'x-client-tokens': false,
    'x-use-case': useCase,
    parameters: pathParameters(path),
    responses: {
      '200': { description: 'A stream', content: { [type]: { schema: { type: 'string' } } } },
      default: { description: 'Error', content: inJson(answerSchema(failure)) },
    },
  };
}

/** Returns the method and path of one of the add-on's calls below `/api/v1`. */
export function agentTrafficAddress({ method, path }: AgentTrafficCall): { method: string; path: string } {
  return { method, path: AGENT_TRAFFIC_PREFIX.replace('/api/v1', '') + path };
}

function toAgentTrafficOperation(call: AgentTrafficCall): Json {
  const address = agentTrafficAddress(call);
  const { body, result, needs, summary } = call;
  return {
    operationId: operationId(address),
    summary,
    tags: [tagOf(address.path)],
    'x-scope': needs,
    'x-client-tokens': false,
    parameters: pathParameters(address.path),
    ...(body === null ? {} : { requestBody: { required: true, content: inJson(requestSchema(body)) } }),
    responses: {
      '200': { description: 'Done', content: inJson(answerSchema(result)) },
      default: { description: 'Error', content: inJson(answerSchema(addonFailure)) },
    },
  };
}

function inJson(schema: Json): Json {
  return { 'application/json': { schema } };
}

function toPath(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

function tagOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodObject | null): Json[] {
  if (query === null) return [];
  const { properties = {}, required = [] } = requestSchema(query) as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}
