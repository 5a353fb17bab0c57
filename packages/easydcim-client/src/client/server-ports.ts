import { isPanelError, type PanelError } from '@sluice/panel-http';
import { segment, type Connection } from './connection.js';
import { isObject, objectAt } from './json.js';
import { readList, type ListAnswer } from './list-answer.js';
import { ParseProblem, schemaOf } from './parse-problem.js';
import { portIdKeys, readPort } from './port.js';
import type { CallOptions, Port } from './types.js';

interface LookUp {
  endpoint: string;
  path: (id: string) => string;
  query?: (serverId: string) => Record<string, string>;
  asUser: boolean;
  /** `search` hits other columns too: every row has to name the server. */
  kind: 'list' | 'search' | 'record';
}

const search = (field: string) => (serverId: string) => ({
  page: '1',
  per_page: '100',
  search_term: serverId,
  search_op: 'eq',
  [field]: 'item_id',
});

/**
 * What panels offer, the cheapest and most certain first (docs/panels/easydcim.md, 2.8). A search without a field is left out:
 * it guesses.
 */
const lookUps: LookUp[] = [
  ...(['client/items', 'client/servers', 'admin/items', 'admin/servers'] as const).map((place): LookUp => ({
    endpoint: `GET /api/v3/${place}/{id}/ports`,
    path: (id) => `/api/v3/${place}/${id}/ports`,
    query: () => ({ with_traffic: 'true' }),
    asUser: place.startsWith('client'),
    kind: 'list',
  })),
  ...['search_fields', 'search_fields[0]'].map((field): LookUp => ({
    endpoint: `GET /api/v3/admin/ports?${field}=item_id`,
    path: () => '/api/v3/admin/ports',
    query: search(field),
    asUser: false,
    kind: 'search',
  })),
  ...(['admin/servers', 'admin/items', 'client/servers', 'client/items'] as const).map((place): LookUp => ({
    endpoint: `GET /api/v3/${place}/{id}`,
    path: (id) => `/api/v3/${place}/${id}`,
    asUser: place.startsWith('client'),
    kind: 'record',
  })),
];

/** Finds the ports of a server by trial, and remembers for its lifetime which look-ups this panel does not have. */
export class ServerPorts {
  readonly #connection: Connection;
  readonly #managementPorts: RegExp;
  readonly #missing = new Set<string>();
  readonly #working = new Set<string>();

  constructor(connection: Connection, managementPorts: RegExp) {
    this.#connection = connection;
    this.#managementPorts = managementPorts;
  }

  async find(serverId: string, options: CallOptions): Promise<{ ports: Port[]; via: string }> {
    const id = segment(serverId, 'server');
    const notFound: string[] = [];
    let firstError: PanelError | undefined;
    let empty: string | undefined;
    for (const lookUp of lookUps) {
      if (this.#missing.has(lookUp.endpoint)) continue;
      try {
        const ports = await this.#ask(lookUp, id, serverId, options);
        if (ports.length > 0) {
          // Missing is only what never answered while another look-up could; else the server may just be unknown to it.
          this.#working.add(lookUp.endpoint);
          for (const endpoint of notFound) if (!this.#working.has(endpoint)) this.#missing.add(endpoint);
          return { ports, via: lookUp.endpoint };
        }
        empty ??= lookUp.endpoint;
      } catch (error) {
        if (!isPanelError(error) || error.code === 'PANEL_AUTH' || error.code === 'PANEL_CIRCUIT_OPEN') throw error;
        if (error.code === 'PANEL_NOT_FOUND') notFound.push(lookUp.endpoint);
        firstError ??= error;
      }
    }
    if (empty !== undefined || firstError === undefined) return { ports: [], via: empty ?? 'none' };
    throw firstError;
  }

  async #ask(lookUp: LookUp, id: string, serverId: string, options: CallOptions): Promise<Port[]> {
    const request = {
      method: 'GET' as const,
      path: lookUp.path(id),
      endpoint: lookUp.endpoint,
      schema: schemaOf((json): Port[] =>
        (lookUp.kind === 'record' ? portsInside(json) : onePage(json)).rows.map((row) =>
          readPort(row, this.#managementPorts),
        ),
      ),
      ...(lookUp.query === undefined ? {} : { query: lookUp.query(serverId) }),
    };
    const { body } = lookUp.asUser
      ? (await this.#connection.readAs(request, options)).answer
      : await this.#connection.request(request, options);
    return body.filter((port) => port.itemId === serverId || (port.itemId === null && lookUp.kind !== 'search'));
  }
}

function onePage(json: unknown): ListAnswer {
  const list = readList(json, { name: 'ports' });
  const { lastPage, next } = list.info;
  if ((lastPage ?? 1) > 1 || typeof next === 'number')
    throw new ParseProblem('more than one page of ports for one server');
  return list;
}

/** The ports inside the record of a server. */
function portsInside(json: unknown): ListAnswer {
  const body = isObject(json) ? json : {};
  for (const place of [body, objectAt(body, 'data'), objectAt(body, 'result')]) {
    if (Array.isArray(place['ports']))
      return readList({ ports: place['ports'] as unknown }, { name: 'ports', bareRecordIds: portIdKeys });
  }
  throw new ParseProblem('a server without a list of ports');
}
