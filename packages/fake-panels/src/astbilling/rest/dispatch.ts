import { plainText } from '../plain-text.js';
import type { FakeRequest } from '../../core/fake-request.js';
import type { FakeResponse } from '../../core/fake-response.js';
import type { Fields } from '../fields.js';
import {
  createCustomer,
  createDid,
  createSubscriber,
  found,
  moveState,
  release,
  terminateSubscriber,
  updateCustomer,
  updateDid,
  updateSubscriber,
} from '../lines.js';
import { reportFile, reportJson, reportState } from '../reports.js';
import { AstRefusal } from '../refusal.js';
import type { AstSite } from '../site.js';
import { type AstWorld, catalogues, toInstant } from '../world.js';
import { one, refused } from './answer.js';
import { list } from './lists.js';
import { catalogueFields, catalogueJson, customerJson, didJson, subscriberJson } from './rows.js';
import { simulate } from './simulate.js';

/** One request below the base path, taken apart. */
interface Asked {
  readonly method: string;
  readonly resource: string;
  readonly id: string | undefined;
  readonly action: string | undefined;
  readonly fields: Fields;
}

/** Answers one call of the default wire; `path` is the part below its base path. */
export function answerRest(site: AstSite, request: FakeRequest, path: string): FakeResponse {
  const { world } = site;
  try {
    checkToken(site, request);
    const [, resource = '', id, action, ...more] = path.split('/').map(decodeURIComponent);
    const asked = { method: request.method, resource, id, action, fields: toFields(request) };
    const replay = site.replays.find(request);
    if (replay !== undefined) return replay;
    const answer = more.length === 0 ? answerTo(site, asked, request.query) : undefined;
    if (answer === undefined) throw new AstRefusal('not_found', 'Recurso não encontrado');
    site.replays.keep(request, answer);
    return answer;
  } catch (error) {
    if (error instanceof AstRefusal) return refused(error, `req-${world.nextId('requests')}`);
    throw error;
  }
}

function checkToken(site: AstSite, { method, headers }: FakeRequest): void {
  if (!site.tokens.takes(headers.authorization?.replace(/^Bearer /, ''))) {
    throw new AstRefusal('unauthorized', 'Token inválido ou expirado');
  }
  if (site.world.quirks.readOnly && method !== 'GET') {
    throw new AstRefusal('forbidden', 'Token sem permissão para esta operação');
  }
}

function toFields(request: FakeRequest): Fields {
  try {
    const body = request.json() ?? {};
    if (typeof body === 'object' && !Array.isArray(body)) return body as Fields;
  } catch {
    // Refused below, as any other body that is not an object.
  }
  throw new AstRefusal('bad_request', 'JSON inválido');
}

function answerTo(site: AstSite, asked: Asked, query: URLSearchParams): FakeResponse | undefined {
  const { world } = site;
  const { method, resource, id } = asked;
  if (resource === 'auth' && id === 'verify') return verify(site);
  if (resource === 'simulator' && method === 'POST') return simulate(world, asked.fields);
  if (resource === 'reports') return reports(world, asked);
  if (method === 'GET' && id === undefined) return list(world, resource, query);
  if (resource === 'customers') return customers(world, asked);
  if (resource === 'subscribers') return subscribers(world, asked);
  if (resource === 'dids') return dids(world, asked);
  return catalogue(world, asked);
}

function verify({ world, tokens }: AstSite): FakeResponse {
  const scopes = world.quirks.readOnly ? [] : ['subscribers:write', 'dids:write', 'customers:write'];
  return one({
    valid: true,
    subject: 'integracao-whmcs',
    scopes: [...scopes, 'plans:read', 'reports:read'],
    expires_at: world.time.iso(tokens.expiresAt ?? Date.parse('2027-01-01T03:00:00Z')),
  });
}

function customers(world: AstWorld, { method, id, fields }: Asked): FakeResponse | undefined {
  if (method === 'POST' && id === undefined) return one(customerJson(world, createCustomer(world, fields)), 201);
  const row = found(world.customers.get(id ?? ''), 'Cliente');
  if (method === 'GET') return one(customerJson(world, row));
  if (method === 'PATCH') return one(customerJson(world, updateCustomer(world, row, fields)));
  if (method !== 'DELETE') return undefined;
  if ([...world.subscribers.values()].some(({ customerId }) => customerId === row.id)) {
    throw new AstRefusal('conflict', 'Cliente possui assinantes');
  }
  world.customers.delete(row.id);
  return { status: 204 };
}

function subscribers(world: AstWorld, { method, id, action, fields }: Asked): FakeResponse | undefined {
  if (method === 'POST' && id === undefined) return one(subscriberJson(world, createSubscriber(world, fields)), 201);
  const row = found(world.subscribers.get(id ?? ''), 'Assinante');
  const moved = action === undefined ? undefined : states[action];
  if (method === 'POST' && moved !== undefined) moveState(world, row, moved);
  else if (action !== undefined) return undefined;
  else if (method === 'PATCH') updateSubscriber(world, row, { ...fields, status: undefined });
  else if (method === 'DELETE') {
    terminateSubscriber(world, row);
    return { status: 204 };
  } else if (method !== 'GET') return undefined;
  return one(subscriberJson(world, row));
}

const states: Record<string, 'active' | 'suspended'> = { suspend: 'suspended', unsuspend: 'active' };

function dids(world: AstWorld, { method, id, action, fields }: Asked): FakeResponse | undefined {
  if (method === 'POST' && id === undefined) return one(didJson(world, createDid(world, fields)), 201);
  const row = found(world.dids.get(id ?? ''), 'DID');
  const moved = action === undefined ? undefined : states[action];
  if (method === 'POST' && moved !== undefined) moveState(world, row, moved);
  else if (action !== undefined) return undefined;
  else if (method === 'PATCH') updateDid(world, row, { ...fields, status: undefined });
  else if (method === 'DELETE') {
    release(world, row, 'terminated');
    return { status: 204 };
  } else if (method !== 'GET') return undefined;
  return one(didJson(world, row));
}

function catalogue(world: AstWorld, { method, resource, id, fields }: Asked): FakeResponse | undefined {
  const kind = catalogues.find((name) => name === resource);
  if (kind === undefined || (kind === 'countries' && method !== 'GET')) return undefined;
  const sent = Object.entries(fields).filter(([name]) => catalogueFields(kind).includes(name));
  const rows = world.catalogue[kind];
  if (method === 'POST' && id === undefined) {
    const row = found(rows.get(world.addCatalogueRow(kind, Object.fromEntries(sent))), 'Registro');
    return one(catalogueJson(world, kind, row), 201);
  }
  const row = found(rows.get(id ?? ''), 'Registro');
  if (method === 'PATCH') Object.assign(row.fields, Object.fromEntries(sent));
  else if (method === 'DELETE') {
    rows.delete(row.id);
    return { status: 204 };
  } else if (method !== 'GET') return undefined;
  return one(catalogueJson(world, kind, row));
}

function reports(world: AstWorld, { method, id, action, fields }: Asked): FakeResponse | undefined {
  if (method === 'POST' && id === undefined) {
    const line = found(world.subscribers.get(plainText(fields.subscriber_id)), 'Assinante');
    const [from, until] = [toInstant(plainText(fields.from)), toInstant(plainText(fields.to))];
    const row = {
      id: world.nextId('reports'),
      subscriberId: line.id,
      from,
      until,
      createdAt: world.now(),
      reads: 0,
      finishedAt: null,
    };
    world.reports.set(row.id, row);
    return one(reportJson(world, row), world.quirks.reportReads === 0 ? 200 : 202);
  }
  const row = found(world.reports.get(id?.replace(/^rep-/, '') ?? ''), 'Relatório');
  if (method !== 'GET') return undefined;
  if (action === 'file') {
    if (reportState(world, row) !== 'ready') throw new AstRefusal('not_found', 'Arquivo não encontrado');
    return { status: 200, headers: { 'content-type': 'text/csv; charset=utf-8' }, body: reportFile(world, row) };
  }
  row.reads += 1;
  return action === undefined ? one(reportJson(world, row)) : undefined;
}
