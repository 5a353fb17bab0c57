import { plainText } from '../plain-text.js';
import type { FakeResponse } from '../../core/fake-response.js';
import type { CallRow } from '../model.js';
import { toPage } from '../pages.js';
import { AstRefusal } from '../refusal.js';
import { type AstWorld, catalogues } from '../world.js';
import { callJson, catalogueJson, customerJson, didJson, type Json, subscriberJson } from './rows.js';

/** The rows of a resource, before filters and pages. */
function findRows(world: AstWorld, resource: string): Json[] | undefined {
  if (resource === 'customers') return [...world.customers.values()].map((row) => customerJson(world, row));
  if (resource === 'subscribers') return [...world.subscribers.values()].map((row) => subscriberJson(world, row));
  if (resource === 'dids') return [...world.dids.values()].map((row) => didJson(world, row));
  const kind = catalogues.find((name) => name === resource);
  return kind && [...world.catalogue[kind].values()].map((row) => catalogueJson(world, kind, row));
}

const FILTERS: Record<string, readonly string[]> = {
  customers: ['name', 'external_ref', 'document'],
  subscribers: ['username', 'customer_id', 'status', 'external_ref'],
  dids: ['number', 'subscriber_id', 'area_code', 'status'],
  plans: ['name'],
  rates: ['plan_id', 'prefix'],
};

/** Answers `GET /RESOURCE`; undefined: there is no such list. */
export function list(world: AstWorld, resource: string, query: URLSearchParams): FakeResponse | undefined {
  const at = pageAt(query);
  if (resource === 'cdrs') {
    const page = toPage(world, 'cdrs', filteredCalls(world, query), at);
    return answer(
      page.rows.map((row) => callJson(world, row)),
      page.total,
      at,
    );
  }
  const rows = findRows(world, resource);
  if (rows === undefined) return undefined;
  const filters = (FILTERS[resource] ?? []).filter((name) => query.has(name) && !world.quirks.ignoredFilters.has(name));
  const wanted = rows.filter((row) => filters.every((name) => plainText(row[name]) === query.get(name)));
  const page = toPage(world, resource, wanted, at);
  return answer(page.rows, page.total, at);
}

function answer(data: readonly Json[], total: number, at: { offset: number; limit: number }): FakeResponse {
  return { status: 200, body: { data, meta: { total, limit: at.limit, offset: at.offset } } };
}

function pageAt(query: URLSearchParams): { offset: number; limit: number } {
  const whole = (name: string, otherwise: number): number => {
    const text = query.get(name) ?? String(otherwise);
    if (!/^\d+$/.test(text)) throw new AstRefusal('bad_request', `Parâmetro inválido: ${name}`);
    return Number(text);
  };
  return { offset: whole('offset', 0), limit: whole('limit', 50) };
}

/** The calls in a range and of a line, a customer or a number. */
function filteredCalls(world: AstWorld, query: URLSearchParams): CallRow[] {
  const { quirks } = world;
  const asked = (name: string): string | null => (quirks.ignoredFilters.has(name) ? null : query.get(name));
  const from = bound(asked('from'), 'from') ?? -Infinity;
  const until = bound(asked('to'), 'to') ?? Infinity;
  const [line, customer, did, direction] = ['subscriber_id', 'customer_id', 'did', 'direction'].map(asked);
  return world.visibleCalls().filter((call) => {
    const inside = call.startedAt >= from && (quirks.inclusiveEnds ? call.startedAt <= until : call.startedAt < until);
    const owner = world.subscribers.get(call.subscriberId)?.customerId;
    return (
      inside &&
      (line == null || call.subscriberId === line) &&
      (customer == null || owner === customer) &&
      (did == null || call.did === did) &&
      (direction == null || call.direction === direction)
    );
  });
}

function bound(text: string | null, name: string): number | undefined {
  if (text === null) return undefined;
  const at = Date.parse(text);
  if (!/T.*(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(at)) {
    throw new AstRefusal('bad_request', `Data inválida: ${name}`);
  }
  return at;
}
