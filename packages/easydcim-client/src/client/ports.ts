import { isPanelError, type PanelError } from '@sluice/panel-http';
import { toChanges, getRecord, listRecords } from './calls.js';
import { segment, type Connection } from './connection.js';
import { isObject, objectAt, type JsonObject } from './json.js';
import { parseList, type ListAnswer } from './list-answer.js';
import { ParseProblem, toSchema } from './parse-problem.js';
import { defaultManagementPorts, portIdKeys, parsePort } from './port.js';
import type { CallOptions, EasyDcimClient, EasyDcimOptions, Port } from './types.js';

interface PortQuery {
  endpoint: string;
  path: (id: string) => string;
  query?: (serverId: string) => Record<string, string>;
  asUser: boolean;
  /** A `search` also matches other columns: every row must name the server. */
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
 * Queries that panels may support, the cheapest and most certain first (docs/panels/easydcim.md, 2.8). A search without a field
 * is not reliable.
 */
const portQueries: PortQuery[] = [
  ...(['client/items', 'client/servers', 'admin/items', 'admin/servers'] as const).map((place): PortQuery => ({
    endpoint: `GET /api/v3/${place}/{id}/ports`,
    path: (id) => `/api/v3/${place}/${id}/ports`,
    query: () => ({ with_traffic: 'true' }),
    asUser: place.startsWith('client'),
    kind: 'list',
  })),
  ...['search_fields', 'search_fields[0]'].map((field): PortQuery => ({
    endpoint: `GET /api/v3/admin/ports?${field}=item_id`,
    path: () => '/api/v3/admin/ports',
    query: search(field),
    asUser: false,
    kind: 'search',
  })),
  ...(['admin/servers', 'admin/items', 'client/servers', 'client/items'] as const).map((place): PortQuery => ({
    endpoint: `GET /api/v3/${place}/{id}`,
    path: (id) => `/api/v3/${place}/${id}`,
    asUser: place.startsWith('client'),
    kind: 'record',
  })),
];

/** Finds the ports of a server by trial, and skips queries that this panel does not support. */
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
    for (const query of portQueries) {
      if (this.#missing.has(query.endpoint)) continue;
      try {
        const ports = await this.#ask(query, id, serverId, options);
        if (ports.length > 0) {
          // A query that never worked while another one does is not supported; otherwise it may not know this server.
          this.#working.add(query.endpoint);
          for (const endpoint of notFound) if (!this.#working.has(endpoint)) this.#missing.add(endpoint);
          return { ports, via: query.endpoint };
        }
        empty ??= query.endpoint;
      } catch (error) {
        if (!isPanelError(error) || error.code === 'PANEL_AUTH' || error.code === 'PANEL_CIRCUIT_OPEN') throw error;
        if (error.code === 'PANEL_NOT_FOUND') notFound.push(query.endpoint);
        firstError ??= error;
      }
    }
    if (empty !== undefined || firstError === undefined) return { ports: [], via: empty ?? 'none' };
    throw firstError;
  }

  async #ask(query: PortQuery, id: string, serverId: string, options: CallOptions): Promise<Port[]> {
    const request = {
      method: 'GET' as const,
      path: query.path(id),
      endpoint: query.endpoint,
      schema: toSchema((json): Port[] =>
        (query.kind === 'record' ? portsInside(json) : onePage(json)).rows.map((row) =>
          parsePort(row, this.#managementPorts),
        ),
      ),
      ...(query.query === undefined ? {} : { query: query.query(serverId) }),
    };
    const { body } = query.asUser
      ? (await this.#connection.readAs(request, options)).answer
      : await this.#connection.request(request, options);
    return body.filter((port) => port.itemId === serverId || (port.itemId === null && query.kind !== 'search'));
  }
}

function onePage(json: unknown): ListAnswer {
  const list = parseList(json, { name: 'ports' });
  const { lastPage, next } = list.info;
  if ((lastPage ?? 1) > 1 || typeof next === 'number')
    throw new ParseProblem('more than one page of ports for one server');
  return list;
}

/** Parses the ports inside the record of a server. */
function portsInside(json: unknown): ListAnswer {
  const body = isObject(json) ? json : {};
  for (const place of [body, objectAt(body, 'data'), objectAt(body, 'result')]) {
    if (Array.isArray(place['ports']))
      return parseList({ ports: place['ports'] as unknown }, { name: 'ports', bareRecordIds: portIdKeys });
  }
  throw new ParseProblem('a server without a list of ports');
}

/** The endpoints of ports (docs/panels/easydcim.md, 2.2 to 2.4 and 2.8). */
export function portEndpoints(connection: Connection, settings: EasyDcimOptions): EasyDcimClient['ports'] {
  const managementPorts = settings.managementPorts ?? defaultManagementPorts;
  const parse = (row: JsonObject): Port => parsePort(row, managementPorts);
  const serverPorts = new ServerPorts(connection, managementPorts);
  const ports = { base: '/api/v3/admin/ports', what: 'port', idKeys: portIdKeys, parse, asUser: false };
  const change = toChanges(connection, ports, settings);
  const list = {
    endpoint: 'GET /api/v3/client/services/{id}/ports',
    query: { with_traffic: 'true' },
    list: { name: 'ports', bareRecordIds: portIdKeys },
  };
  return {
    list: (serviceId, options) => {
      const path = (): string => `/api/v3/client/services/${segment(serviceId, 'service')}/ports`;
      return listRecords(connection, { ...list, path, parse, asUser: true }, options);
    },
    get: (portId, options) => getRecord(connection, ports, portId, options),
    disable: change('disable'),
    enable: change('enable'),
    listByServer: (serverId, options) => serverPorts.find(serverId, options ?? {}),
  };
}
