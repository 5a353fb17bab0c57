import type { FakeRequest } from '../../core/fake-request.js';
import type { FakeResponse } from '../../core/fake-response.js';
import { toPage } from '../pages.js';
import { parsePhpForm, type PhpArray, readText } from '../php-form.js';
import type { AstSite } from '../site.js';
import type { AstWorld } from '../world.js';
import { done, json, type Json, MagnusStop, notFoundPage, text } from './answers.js';
import { archivedCalls, calls, failedCalls, refills } from './calls.js';
import { plans, prefixes, providers, rates, trunkGroups, trunks } from './catalogues.js';
import { destinations, dids } from './dids.js';
import { filtered, hasConditions, joins } from './filter.js';
import { refusedAtGate } from './gate.js';
import { type MagnusModule, recordNotFound, saved } from './module.js';
import { sips } from './sips.js';
import { users } from './users.js';

/** Names are case sensitive. */
const modules: Readonly<Record<string, MagnusModule>> = {
  user: users,
  sip: sips,
  did: dids,
  diddestination: destinations,
  plan: plans,
  prefix: prefixes,
  rate: rates,
  trunk: trunks,
  trunkGroup: trunkGroups,
  provider: providers,
  call: calls,
  callFailed: failedCalls,
  callArchive: archivedCalls,
  refill: refills,
};

/** Answers one call of MagnusBilling's wire; `path` is the part below `index.php`. Each answer is a login. */
export function answerMagnus(site: AstSite, request: FakeRequest, path: string): FakeResponse {
  const [, name = '', action = '', ...more] = path.split('/');
  const module = Object.hasOwn(modules, name) ? modules[name] : undefined;
  const special = module?.actions?.[action];
  const isKnown = module !== undefined && (special !== undefined || ['read', 'save', 'destroy'].includes(action));
  if (module === undefined || !isKnown || more.length > 0) return notFoundPage(path.slice(1));
  const form = parsePhpForm(request.body.toString('utf8'));
  try {
    const refused = refusedAtGate(site, request, form, name);
    if (refused !== undefined) return withSession(site, refused);
    const answer = special?.(site.world, form) ?? act(site.world, { module, action, form, query: request.query });
    return withSession(site, answer);
  } catch (error) {
    if (error instanceof MagnusStop) return withSession(site, error.answer);
    throw error;
  }
}

function withSession(site: AstSite, answer: FakeResponse): FakeResponse {
  const session = `fake${String(site.sessions.size + 1).padStart(22, '0')}`;
  site.sessions.add(session);
  return { ...answer, headers: { ...answer.headers, 'set-cookie': `PHPSESSID=${session}; path=/` } };
}

interface Asked {
  readonly module: MagnusModule;
  readonly action: string;
  readonly form: PhpArray;
  readonly query: URLSearchParams;
}

function act(world: AstWorld, asked: Asked): FakeResponse {
  const { module, action, form } = asked;
  if (action === 'read') return read(world, asked);
  const id = readText(form, 'id') ?? '';
  if (action === 'destroy') return destroy(world, module, form);
  if (module.save === undefined) return text('Access denied to canCreate', 401);
  if (form.filter !== undefined) return text('You only can edit one data per time');
  const isNew = id === '' || Number(id) === 0;
  if (!isNew && !module.rows(world).some((row) => String(row.id) === id)) return recordNotFound();
  const answer = module.save(world, form, isNew ? null : id);
  return typeof answer === 'string' ? saved(world, module, answer) : answer;
}

/** With a `filter` all that it finds go. */
function destroy(world: AstWorld, module: MagnusModule, form: PhpArray): FakeResponse {
  const filter = readText(form, 'filter');
  const own = readText(form, 'id') ?? '';
  const ids =
    filter === undefined ? [own] : filtered(module.rows(world), module.columns, filter).map(({ id }) => String(id));
  let removed = 0;
  for (const id of ids) {
    const answer = module.destroy?.(world, id, form) ?? false;
    if (typeof answer === 'object') return answer;
    if (answer) removed += 1;
  }
  if (removed > 0) return json({ success: 1, msg: done });
  return json({ success: 0, errors: filter === undefined ? null : true });
}

function read(world: AstWorld, { module, form, query }: Asked): FakeResponse {
  const filter = readText(form, 'filter');
  const found = filtered(module.rows(world), module.columns, filter);
  const rows = sorted(module, found, query);
  const limit = toLimit(readText(form, 'limit'), rows.length);
  const offset = Math.max(0, Number.parseInt(readText(form, 'start') ?? '0', 10) || 0);
  const page = toPage(world, module.list ?? '', rows, { offset, limit });
  const isEstimate = module === calls && !hasConditions(filter);
  const count = isEstimate ? world.quirks.estimate(page.total) : page.total;
  // Counted by groups when another table is joined.
  const isGrouped = rows.length === 0 && joins(filter);
  return json({ rows: page.rows, count: isGrouped ? [] : count, sum: [] });
}

/** `-1` is all, 0 and letters are no row. */
function toLimit(sent: string | undefined, rows: number): number {
  if (sent === undefined) return 25;
  const limit = Number.parseInt(sent, 10) || 0;
  return limit === -1 ? rows : Math.max(0, limit);
}

/** `sort` and `dir` count only in the URL. */
function sorted(module: MagnusModule, rows: Json[], query: URLSearchParams): Json[] {
  const sort = query.get('sort')?.replace(/^t\./, '') ?? '';
  if (!module.columns.has(sort)) return module.order === undefined ? rows : rows.sort(module.order);
  const direction = query.get('dir')?.toUpperCase() === 'DESC' ? -1 : 1;
  return rows.sort((left, right) => direction * compare(left[sort], right[sort]));
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left).localeCompare(String(right));
}
