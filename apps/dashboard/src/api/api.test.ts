import { readFileSync } from 'node:fs';
import type { Sluice } from '@sluice/engine';
import { describe, expect, it } from '@jest/globals';
import type * as z from 'zod';
import { AGENT_TRAFFIC_CALLS } from '../agent-traffic/calls.js';
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

/** How each use case of the engine is reached: by a route, by the `command` of a run, or not at all. */
const REACHED: Record<UseCase, 'route' | 'run' | 'server'> = {
  poll: 'route',
  reconcile: 'run',
  plan: 'run',
  explain: 'route',
  overview: 'route',
  version: 'server',
  metrics: 'server',
  'notices.acknowledge': 'route',
  'notices.alarms': 'route',
  'notices.list': 'route',
  'notices.send': 'route',
  'notices.test': 'route',
  'agents.listStored': 'route',
  'agents.ofClient': 'route',
  'calls.bills': 'route',
  'calls.billReport': 'route',
  'services.customerMay': 'route',
  'telephony.line': 'route',
  'usage.lastPanelGraph': 'route',
  'services.import': 'route',
  'services.add': 'route',
  'services.set': 'route',
  'services.setWhere': 'route',
  'services.planSetWhere': 'route',
  'services.sync': 'route',
  'services.remove': 'route',
  'services.show': 'route',
  'services.isOf': 'server',
  'services.list': 'route',
  'services.export': 'route',
  'holds.list': 'route',
  'holds.add': 'route',
  'holds.release': 'route',
  'holds.adopt': 'route',
  'holds.releaseAll': 'route',
  'provision.create': 'route',
  'provision.suspend': 'route',
  'provision.unsuspend': 'route',
  'provision.renew': 'route',
  'provision.changePackage': 'route',
  'provision.changePassword': 'route',
  'provision.terminate': 'route',
  'agents.list': 'route',
  'agents.show': 'route',
  'agents.explain': 'route',
  'agents.limit': 'route',
  'agents.limits': 'route',
  'agents.check': 'run',
  'agents.canCreateUser': 'route',
  'agents.createUser': 'route',
  'agents.suspend': 'route',
  'agents.unsuspend': 'route',
  'agents.restore': 'route',
  'panels.list': 'route',
  'panels.products': 'route',
  'panels.test': 'route',
  'panels.observe': 'route',
  'panels.enforce': 'route',
  'panels.asConfigured': 'route',
  'panels.planEnforcing': 'route',
  'panels.doctor': 'route',
  'panels.tunnels': 'route',
  'panels.users': 'route',
  'panels.speedLimits': 'route',
  'panels.tunnelGroups': 'route',
  'panels.loginLink': 'route',
  'usage.read': 'route',
  'usage.history': 'route',
  'usage.graph': 'route',
  'usage.panelGraph': 'route',
  'usage.compare': 'route',
  'overrides.set': 'route',
  'overrides.clear': 'route',
  'overrides.list': 'route',
  'purchases.packages': 'route',
  'purchases.create': 'route',
  'purchases.list': 'route',
  'purchases.budgetLeft': 'server',
  'purchases.terms': 'server',
  'purchases.cancel': 'route',
  'autoBuy.show': 'route',
  'autoBuy.set': 'route',
  'autoBuy.clear': 'route',
  'credit.show': 'route',
  'credit.add': 'route',
  'credit.history': 'route',
  'invoices.list': 'route',
  'invoices.show': 'route',
  'invoices.pay': 'route',
  'invoices.cancel': 'route',
  'calls.bill': 'route',
  'calls.report': 'route',
  'calls.records': 'route',
  'calls.simulate': 'route',
  'calls.reconcile': 'route',
  'dids.link': 'route',
  'dids.set': 'route',
  'dids.suspend': 'route',
  'dids.unsuspend': 'route',
  'dids.release': 'route',
  'telephony.list': 'route',
  'telephony.show': 'route',
  'telephony.create': 'route',
  'telephony.set': 'route',
  'telephony.remove': 'route',
  'log.list': 'route',
  'log.export': 'route',
  'log.follow': 'route',
  'log.resolve': 'route',
  'access.create': 'route',
  'access.share': 'route',
  'access.list': 'route',
  'access.revoke': 'route',
  'access.verify': 'route',
  'access.login': 'server',
  'access.resume': 'server',
  'access.logout': 'server',
  'access.announce': 'server',
  'access.servedAt': 'server',
  'requests.begin': 'server',
  'requests.end': 'server',
};

describe('the OpenAPI document', () => {
  it('has a route for every use case of the engine', () => {
    const known = new Set<string>([...ROUTES, ...Object.values(STREAMS)].map(({ useCase }) => useCase));
    const missing = Object.entries(REACHED).filter(([name, by]) => by === 'route' && !known.has(name));
    expect(missing).toEqual([]);
  });

  it('is the one that the client is generated from', () => {
    const file = new URL('../../../../packages/api-client/openapi.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
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
