import { NOTICE_EVENTS, USE_CASES } from '@sluice/contract';
import { webhooks } from '@sluice/contract/documents';
import { STREAMS } from '@sluice/contract/endpoints';
import { describe, expect, it } from '@jest/globals';
import type * as z from 'zod';
import { AGENT_TRAFFIC_CALLS } from '../agent-traffic/calls.js';
import { agentTrafficAddress, openApiDocument, operationId } from './openapi.js';
import { ROUTES } from './routes.js';

type Content = Record<string, { example?: unknown; examples?: { usual: { $ref: string } } }>;
interface OpenApi {
  paths: Record<
    string,
    Record<string, { requestBody?: { content: Content }; responses: Record<string, { content: Content }> }>
  >;
  webhooks: Record<string, { post: { operationId: string; requestBody: { content: Content } } }>;
  components: { examples: Record<string, { value: unknown }> };
}

/** What a key of the query asks for, where its route reads alone. */
const OF_A_QUERY = ['usage.refresh', 'panels.acceptAnswers'];

describe('the OpenAPI document', () => {
  it('has a route for every use case that is not reached otherwise', () => {
    const routes = [...ROUTES, ...Object.values(STREAMS)].map(({ useCase }) => useCase);
    const withRoute = Object.entries(USE_CASES).flatMap(([name, { callers }]) =>
      callers.through !== undefined || OF_A_QUERY.includes(name) ? [] : [name],
    );
    expect([...new Set(routes)].sort()).toEqual(withRoute.sort());
  });

  it('has a valid example of each body and answer', () => {
    const { paths, components } = openApiDocument() as unknown as OpenApi;
    const invalid: unknown[] = [];
    for (const route of ROUTES) {
      const operation = paths[route.path.replace(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()];
      const check = (schema: z.ZodType, content: Content | undefined): void => {
        const { example, examples } = content?.['application/json'] ?? {};
        const named = components.examples[examples?.usual.$ref.split('/').at(-1) ?? ''];
        const { error } = schema.safeParse(named === undefined ? example : named.value);
        if (error !== undefined) invalid.push([route.method, route.path, error.issues]);
      };
      check(route.answer, operation?.responses[String(route.status)]?.content);
      if (route.body !== null) check(route.body, operation?.requestBody?.content);
    }
    expect(invalid).toEqual([]);
  });

  it('has the webhook of each event with a valid example, and no two operations of a name', () => {
    const { webhooks: described, components } = openApiDocument() as unknown as OpenApi;
    expect(Object.keys(described)).toEqual([...NOTICE_EVENTS, 'test']);
    const invalid = Object.entries(webhooks.bodies).flatMap(([event, schema]) => {
      const { usual } = described[event]?.post.requestBody.content['application/json']?.examples ?? {};
      const { error } = schema.safeParse(components.examples[usual?.$ref.split('/').at(-1) ?? '']?.value);
      return error === undefined ? [] : [[event, error.issues]];
    });
    expect(invalid).toEqual([]);
    const ids = Object.values(described).map(({ post }) => post.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('names each operation once', () => {
    const streams = Object.values(STREAMS).map(({ path }) => ({ method: 'GET', path }));
    const ids = [...ROUTES, ...streams, ...AGENT_TRAFFIC_CALLS.map(agentTrafficAddress)].map(operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });
});
