import { expect } from '@jest/globals';
import { AGENT_TRAFFIC_CALLS } from '../agent-traffic/calls.js';
import { agentTrafficAddress } from '../api/openapi.js';
import { ROUTES } from '../api/routes.js';
import { type DashboardBench, SERVE_TOKEN } from './dashboard-bench.js';
import { validator } from './json-schema.js';

/** Sends requests for the API with all scopes, and checks each answer against the OpenAPI document. */
export interface ApiSender {
  /** Sends a request such as `GET /services`, and returns its answer. */
  send(address: string, body?: object): Promise<unknown>;
}

let keys = 0;

/** Creates one; it adds the routes that it calls, such as `GET /services/:service`, to `called`. */
export async function createSender(at: Pick<DashboardBench, 'fetch'>, called: Set<string>): Promise<ApiSender> {
  const validate = validator((await (await at.fetch('/api/v1/openapi.json')).json()) as never);
  return {
    async send(address, body) {
      const [method = 'GET', path = ''] = address.split(' ');
      const headers = {
        'idempotency-key': `k-${keys++}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      };
      const answer = await at.fetch(`/api/v1${path}`, {
        ...{ method, token: SERVE_TOKEN, headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const json: unknown = await answer.json();
      expect(answer.ok ? null : [address, json]).toBeNull();
      const bare = path.split('?')[0] ?? '';
      expect([address, ...validate(method, bare, answer.status, json)]).toEqual([address]);
      called.add(toRoute(method, bare));
      return json;
    },
  };
}

function toRoute(method: string, path: string): string {
  const found = [...ROUTES, ...AGENT_TRAFFIC_CALLS.map(agentTrafficAddress)]
    .filter((route) => route.method === method)
    // The most literal first: `/services/export` is not a service.
    .sort((a, b) => a.path.split(':').length - b.path.split(':').length)
    .find((route) => new RegExp(`^${route.path.replace(/:\w+/g, '[^/]+')}$`).test(path));
  return `${method} ${found?.path ?? path}`;
}
