import { type UseCase, whoMay } from '@sluice/contract';
import { access, named } from '@sluice/contract/documents';
import { type Endpoint, needsKey, STREAMS } from '@sluice/contract/endpoints';
import * as z from 'zod';
import { AGENT_TRAFFIC_CALLS, AGENT_TRAFFIC_PREFIX, type AgentTrafficCall } from '../agent-traffic/calls.js';
import { addonFailure } from '../agent-traffic/schemas.js';
import { toExample } from './examples.js';
import { ROUTES } from './routes.js';
import { webhookPaths } from './webhooks.js';

type Json = Record<string, unknown>;

const COMPONENTS = '#/components/schemas/';
const KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: 'New for each request; a repeated request with the same key returns the first answer',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
};

/** Returns the OpenAPI document of all routes and webhooks. */
export function openApiDocument(): Json {
  const components = componentSchemas();
  const paths: Record<string, Json> = {};
  for (const operation of operations()) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}');
    const described = withExamples(toOperation(operation), components);
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: described };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Sluice', version: 'v1', description: 'Documents are those of `--json`; see docs/json.md.' },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    paths,
    webhooks: webhookPaths((schema) => toWebhookBody(schema, components)),
    components: {
      schemas: components,
      examples: Object.fromEntries(
        Object.entries(components).map(([id, schema]) => [id, { value: toExample(schema as Json, components) }]),
      ),
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

/** Uses the input side of the schema: fields with defaults are optional. */
function requestSchema(schema: z.ZodType): Json {
  return bare(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

function bare(schema: object): Json {
  const { $schema: _schema, $id: _id, ...rest } = schema as Json;
  return rest;
}

/** What the document states of a request. */
interface Operation extends Pick<Endpoint, 'path' | 'clients' | 'summary' | 'query' | 'body' | 'status'> {
  method: string;
  /** The scopes of which a token for all clients needs one. */
  scopes: readonly string[];
  /** The scopes of which a token of one client needs one; empty where it is not permitted. */
  rights: readonly string[];
  useCase?: UseCase;
  needsKey: boolean;
  /** The answer where all went well. */
  done: Json;
  error: z.ZodType;
}

const READING = { clients: 'none', query: null, body: null, status: 200, needsKey: false } as const;

function operations(): Operation[] {
  return [
    ...ROUTES.map((route) => ({
      ...route,
      ...toScopes(route),
      needsKey: needsKey(route),
      done: inJson(route.answer),
      error: access.failure,
    })),
    ...Object.values(STREAMS).map(({ type, ...stream }) => ({
      ...{ ...READING, ...stream, ...toScopes({ ...READING, ...stream }), method: 'GET', error: access.failure },
      done: { description: 'A stream', content: { [type]: { schema: { type: 'string' } } } },
    })),
    ...AGENT_TRAFFIC_CALLS.map((call) => ({
      ...{
        ...READING,
        ...agentTrafficAddress(call),
        scopes: [call.needs],
        rights: [],
        summary: call.summary,
        body: call.body,
      },
      ...{ done: inJson(call.result), error: addonFailure },
    })),
  ];
}

function toScopes({ useCase, clients }: Pick<Endpoint, 'useCase' | 'clients'>): Pick<Operation, 'scopes' | 'rights'> {
  const { provider, customer } = whoMay(useCase);
  return { scopes: provider, rights: clients === 'none' ? [] : customer.map(({ need }) => need) };
}

function toOperation(of: Operation): Json {
  const { path, scopes, rights, summary, useCase, query, body, status, done, error } = of;
  return {
    operationId: operationId(of),
    summary,
    tags: [path.split('/')[1] ?? ''],
    'x-scope': scopes.join(' or '),
    'x-client-tokens': rights.length > 0,
    'x-client-scope': rights.length === 0 ? null : rights.join(' or '),
    ...(useCase === undefined ? {} : { 'x-use-case': useCase }),
    parameters: [...pathParameters(path), ...queryParameters(query), ...(of.needsKey ? [KEY] : [])],
    ...(body === null ? {} : { requestBody: toRequestBody(body) }),
    responses: { [String(status)]: done, default: inJson(error, 'Error') },
  };
}

type Content = Record<string, { schema: Json; example?: unknown; examples?: Json }>;
const EXAMPLES = '#/components/examples/';

/** Adds an example to the body and to the answer of an operation. */
function withExamples(operation: Json, components: Json): Json {
  const { requestBody, responses } = operation as {
    requestBody?: { content: Content };
    responses: Record<string, { content: Content }>;
  };
  if (requestBody !== undefined) addExample(requestBody, components);
  for (const [status, answer] of Object.entries(responses)) if (status !== 'default') addExample(answer, components);
  return operation;
}

function addExample({ content }: { content?: Content }, components: Json): void {
  const json = content?.['application/json'];
  if (json === undefined) return;
  const name = typeof json.schema['$ref'] === 'string' ? json.schema['$ref'].slice(COMPONENTS.length) : null;
  if (name === null) json.example = toExample(json.schema, components);
  else json.examples = { usual: { $ref: `${EXAMPLES}${name}` } };
}

function toRequestBody(body: z.ZodObject): Json {
  return { required: !body.safeParse({}).success, content: { 'application/json': { schema: requestSchema(body) } } };
}

function toWebhookBody(schema: z.ZodType, components: Json): Json {
  const body: Json & { content?: Content } = { required: true, ...inJson(schema, 'The notice') };
  addExample(body, components);
  return body;
}

/** Returns the method and path of one of the add-on's calls below `/api/v1`. */
export function agentTrafficAddress({ method, path }: AgentTrafficCall): { method: string; path: string } {
  return { method, path: AGENT_TRAFFIC_PREFIX.replace('/api/v1', '') + path };
}

function inJson(schema: z.ZodType, description = 'Done'): Json {
  return { description, content: { 'application/json': { schema: answerSchema(schema) } } };
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
