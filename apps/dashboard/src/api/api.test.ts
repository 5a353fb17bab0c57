import type { Sluice } from '@sluice/engine';
import { describe, expect, it } from '@jest/globals';
import type * as z from 'zod';
import { AGENT_TRAFFIC_CALLS } from '../agent-traffic/calls.js';
import { useBench } from '../test/dashboard-bench.js';
import { agentTrafficAddress, openApiDocument, operationId } from './openapi.js';
import { ROUTES } from './routes/routes.js';
import { STREAMS } from './stream-routes.js';

type Content = Record<string, { example?: unknown; examples?: { usual: { $ref: string } } }>;
interface OpenApi {
  paths: Record<
    string,
    Record<string, { requestBody?: { content: Content }; responses: Record<string, { content: Content }> }>
  >;
  components: { examples: Record<string, { value: unknown }> };
}

type UseCases = {
  [Group in keyof Sluice & string]: Sluice[Group] extends (...args: never[]) => unknown
    ? Group
    : `${Group}.${keyof Sluice[Group] & string}`;
};
type UseCase = Exclude<UseCases[Exclude<keyof UseCases, 'config'>], 'close'>;

/** Use cases of the engine without a route: reached by the `command` of a run, or by the server alone. */
const WITHOUT_ROUTE: Partial<Record<UseCase, 'run' | 'server'>> = {
  reconcile: 'run',
  plan: 'run',
  version: 'server',
  metrics: 'server',
  'services.isOf': 'server',
  'agents.check': 'run',
  'purchases.budgetLeft': 'server',
  'purchases.terms': 'server',
  'access.login': 'server',
  'access.resume': 'server',
  'access.logout': 'server',
  'access.announce': 'server',
  'access.servedAt': 'server',
  'requests.begin': 'server',
  'requests.end': 'server',
};

const at = useBench();

/** Lists the use cases of the engine: its methods and those of its groups. */
function listUseCases({ config: _config, close: _close, ...sluice }: Sluice): string[] {
  return Object.entries(sluice).flatMap(([name, value]) =>
    typeof value === 'function' ? [name] : Object.keys(value).map((method) => `${name}.${method}`),
  );
}

describe('the OpenAPI document', () => {
  it('has a route for every use case of the engine', () => {
    const known = new Set<string>([...ROUTES, ...Object.values(STREAMS)].map(({ useCase }) => useCase));
    const all = listUseCases(at.sluice);
    expect(all).toEqual(expect.arrayContaining(['poll', 'services.add', ...Object.keys(WITHOUT_ROUTE)]));
    expect(all.filter((name) => !known.has(name) && !(name in WITHOUT_ROUTE))).toEqual([]);
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

  it('names each operation once', () => {
    const streams = Object.values(STREAMS).map(({ path }) => ({ method: 'GET', path }));
    const ids = [...ROUTES, ...streams, ...AGENT_TRAFFIC_CALLS.map(agentTrafficAddress)].map(operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });
});
