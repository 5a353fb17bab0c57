import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type CompiledQuery, Kysely } from 'kysely';
import { ImmediateSqliteDialect } from '../sqlite/immediate-sqlite-dialect.js';
import { openWriter } from '../sqlite/open-handle.js';
import type { StoreTables } from '../store.js';
import { minute } from '../test/records.js';
import { useStore } from '../test/use-store.js';
import { createTables } from './create-tables.js';
import type { Database } from './database.js';
import { SQLITE_WORDS } from './dialect.js';

/** Each read by a filter, by what it asks. */
const FILTERED: Record<string, (tables: StoreTables) => Promise<unknown>> = {
  'services.get': (t) => t.services.get('svc-1'),
  'services.list by panel': (t) => t.services.list({ panel: 'dcim' }),
  'services.list by panel, a page': (t) => t.services.list({ panel: 'dcim', after: 'svc-1', limit: 10 }),
  'services.count': (t) => t.services.count({ panel: 'dcim' }),
  'services.list by product': (t) => t.services.list({ product: 'vps' }),
  'services.list by client': (t) => t.services.list({ client: '1' }),
  'services.list by ids': (t) => t.services.list({ ids: ['svc-1', 'svc-2'] }),
  'ownership.list of an object': (t) => t.ownership.list({ panel: 'tel', subjects: ['astbilling_subscriber_id:9001'] }),
  'ownership.list of a service': (t) => t.ownership.list({ service: 'svc-1' }),
  'ownership.list of a client': (t) => t.ownership.list({ client: '1', limit: 1 }),
  'overrides.open of services': (t) => t.overrides.open(['svc-1']),
  'overrides.all of a service': (t) => t.overrides.all('svc-1'),
  'cycles.newest of services': (t) => t.cycles.newest(['svc-1', 'svc-2']),
  'cycles.ofService': (t) => t.cycles.ofService('svc-1'),
  'samples.list': (t) => t.samples.list({ service: 'svc-1', from: minute(1), to: minute(2) }),
  'samples.spread': (t) => t.samples.spread({ service: 'svc-1', from: minute(1), to: minute(9), parts: 4 }),
  'samples.spread of a cycle': (t) =>
    t.samples.spread({ service: 'svc-1', from: minute(1), to: minute(9), parts: 4, cycle: 'c-1' }),
  'samples.list of a part, newest first': (t) =>
    t.samples.list({ service: 'svc-1', from: minute(1), to: minute(2), limit: 3, newestFirst: true }),
  'confirmations.samples': (t) => t.confirmations.samples('relay', ['svc-1', 'svc-2']),
  'purchases.list of a service': (t) => t.purchases.list({ service: 'svc-1' }),
  'purchases.list of services': (t) => t.purchases.list({ services: ['svc-1', 'svc-2'] }),
  'purchases.list of cycles': (t) => t.purchases.list({ cycles: ['c-1'] }),
  'purchases.list by the beginning of the key': (t) => t.purchases.list({ keyPrefix: 'ref:a:' }),
  'purchases.list by status': (t) => t.purchases.list({ status: 'pending' }),
  'ledger.find': (t) => t.ledger.find('credit', 'k'),
  'ledger.balances': (t) => t.ledger.balances('client:7'),
  'ledger.entries of an account': (t) => t.ledger.entries({ account: 'client:7' }),
  'ledger.entries of an invoice': (t) => t.ledger.entries({ invoice: 'inv-1' }),
  'invoices.get': (t) => t.invoices.get('inv-1'),
  'invoices.list of a client': (t) => t.invoices.list({ client: '7' }),
  'callBills.list of a service': (t) => t.callBills.list({ service: 'svc-1' }),
  'callBills.list of a line': (t) => t.callBills.list({ subscriber: '9001' }),
  'callBills.list of a client': (t) => t.callBills.list({ client: '7' }),
  'callBills.list of an invoice': (t) => t.callBills.list({ invoice: 'inv-1' }),
  'callBills.list by state': (t) => t.callBills.list({ states: ['sending', 'unknown'] }),
  'callBills.find': (t) => t.callBills.find('k'),
  'invoices.list by status': (t) => t.invoices.list({ status: 'open' }),
  'invoices.lines': (t) => t.invoices.lines(['inv-1']),
  'invoices.findLine': (t) => t.invoices.findLine('k'),
  'autoBuy.list of one': (t) => t.autoBuy.list({ scope: 'client', subject: '7' }),
  'nextReadings.list': (t) => t.nextReadings.list({ panel: 'dcim', services: ['svc-1', ''] }),
  'nextReadings.due': (t) => t.nextReadings.due({ panel: 'dcim', now: minute(5), basis: 'b' }),
  'nextReadings.first': (t) => t.nextReadings.first('dcim'),
  'holds.open of services': (t) => t.holds.open({ services: ['svc-1'] }),
  'holds.lasting of services': (t) => t.holds.lasting({ services: ['svc-1'] }),
  'holds.all of a panel': (t) => t.holds.all({ panel: 'vpn', reason: 'agent-limit' }),
  'holds.all of a service': (t) => t.holds.all({ service: 'svc-1' }),
  'evidence.open of services': (t) => t.evidence.open({ services: ['svc-1'] }),
  'evidence.open of a panel': (t) => t.evidence.open({ panel: 'dcim' }),
  'evidence.ofHolds': (t) => t.evidence.ofHolds(['h-1']),
  'actions.list of a service': (t) => t.actions.list({ service: 'svc-1' }),
  'actions.list of a service and type': (t) => t.actions.list({ service: 'svc-1', type: 'provision:terminate' }),
  'actions.list of a run': (t) => t.actions.list({ run: 'run-1' }),
  'actions.list since': (t) => t.actions.list({ since: minute(1) }),
  'actions.page': (t) => t.actions.page({ after: { at: minute(1), seq: 1 }, limit: 10 }),
  'actions.page of a service': (t) => t.actions.page({ service: 'svc-1', after: { at: minute(1), seq: 1 }, limit: 10 }),
  'decisions.latest of services': (t) => t.decisions.latest(['svc-1']),
  'decisions.at': (t) => t.decisions.at('svc-1', minute(1)),
  'notices.list of a run': (t) => t.notices.list({ run: 'run-1' }),
  'notices.list of a service': (t) => t.notices.list({ service: 'svc-1' }),
  'notices.list since': (t) => t.notices.list({ since: minute(1) }),
  'notices.has': (t) => t.notices.has('k'),
  'deliveries.due': (t) => t.deliveries.due({ channel: 'ops', now: minute(1), limit: 10 }),
  'deliveries.counts': (t) => t.deliveries.counts(),
  'deliveries.list of a state': (t) => t.deliveries.list({ state: 'pending' }),
  'conditions.get': (t) => t.conditions.get('k'),
  'runs.get': (t) => t.runs.get('run-1'),
  'runs.actors': (t) => t.runs.actors(['run-1', 'run-2']),
  'runs.list of a command': (t) => t.runs.list({ command: 'poll', limit: 1 }),
  'runs.list of a command that ended': (t) =>
    t.runs.list({ command: 'poll', whole: true, outcomes: ['done'], until: minute(1), limit: 1 }),
  'runs.list of a service': (t) => t.runs.list({ service: 'svc-1', limit: 1 }),
  'runs.page': (t) => t.runs.page({ after: { at: minute(1), seq: 1 }, limit: 10 }),
  'apiCalls.list of a service': (t) => t.apiCalls.list({ service: 'svc-1' }),
  'apiCalls.list of a panel': (t) => t.apiCalls.list({ panel: 'dcim' }),
  'apiCalls.list of a run': (t) => t.apiCalls.list({ run: 'run-1' }),
  'apiCalls.list since': (t) => t.apiCalls.list({ since: minute(1) }),
  'apiCalls.page': (t) => t.apiCalls.page({ after: { at: minute(1), seq: 1 }, limit: 10 }),
  'apiCalls.page of a service': (t) =>
    t.apiCalls.page({ service: 'svc-1', after: { at: minute(1), seq: 1 }, limit: 10 }),
  'apiCalls.written': (t) => t.apiCalls.written({ after: 1, limit: 10 }),
  'refreshes.page': (t) => t.refreshes.page({ after: { at: minute(1), seq: 1 }, limit: 10 }),
  'refreshes.list since': (t) => t.refreshes.list({ since: minute(1) }),
  'refreshes.state': (t) => t.refreshes.state('relay'),
  'fingerprints.list': (t) => t.fingerprints.list('dcim'),
  'resources.list': (t) => t.resources.list({ services: ['svc-1'] }),
  'writeBacks.list': (t) => t.writeBacks.list({ services: ['svc-1'] }),
  'pushedUsage.list': (t) => t.pushedUsage.list({ services: ['svc-1'] }),
  'graphCache.get': (t) => t.graphCache.get('k', minute(1)),
  'panelLists.ids': (t) => t.panelLists.ids('speedLimits', ['relay', 'b']),
  'apiTokens.find': (t) => t.apiTokens.find('h'),
  'apiTokens.get': (t) => t.apiTokens.get('tok-1'),
  'sessions.get': (t) => t.sessions.get('h'),
  'requests.trim': (t) => t.requests.trim('token tok-1', 1000),
  'requests.get': (t) => t.requests.get('token tok-1', 'k'),
  'clock.confirmed': (t) => t.clock.confirmed(),
  'agents.list of a panel': (t) => t.agents.list('vpn'),
  'agentUsers.list of a panel': (t) => t.agentUsers.list({ panel: 'vpn' }),
  'agentUsers.list by keys': (t) => t.agentUsers.list({ panel: 'vpn', keys: ['u-1', 'u-2'] }),
  'agentReservations.get': (t) => t.agentReservations.get('vpn', 'u-1'),
  'agentSnapshots.get': (t) => t.agentSnapshots.get('vpn'),
};

/** Reads of what is open: the small index of open rows, never the whole history. */
const OPEN: Record<string, readonly [index: string, read: (tables: StoreTables) => Promise<unknown>]> = {
  'overrides.open': ['service_overrides_open', (t) => t.overrides.open()],
  'holds.open': ['holds_open', (t) => t.holds.open()],
  'evidence.open': ['evidence_open', (t) => t.evidence.open()],
  'holds.open of agents': ['holds_open', (t) => t.holds.open({ agentsOf: 'vpn' })],
  'evidence.open of agents': ['evidence_open', (t) => t.evidence.open({ agentsOf: 'vpn' })],
  'agentReservations.live': ['agent_reservations_live', (t) => t.agentReservations.live('vpn')],
  'confirmations.confirm': [
    'usage_samples_open',
    (t) =>
      t.confirmations.confirm({
        panel: 'relay',
        run: 'run-1',
        at: minute(1),
        readAt: minute(1),
        unchanged: ['svc-1'],
        written: [{ service: 'svc-2', at: minute(1) }],
      }),
  ],
  'actions.unresolved': ['actions_open', (t) => t.actions.unresolved({ panel: 'dcim' })],
};

/** Of a table: `json_each` is the list that was asked for. */
const readsAll = (line: string): boolean => line.startsWith('SCAN') && !line.startsWith('SCAN json_each');

describe('the plan of', () => {
  const at = useStore();
  let queries: CompiledQuery[] = [];
  let db: Kysely<Database>;
  let tables: StoreTables;
  let explain: (query: CompiledQuery) => string[];

  beforeEach(async () => {
    const handle = await openWriter(at.location, 1000);
    queries = [];
    db = new Kysely<Database>({
      dialect: new ImmediateSqliteDialect(handle, 1000),
      log: (event) => {
        queries.push(event.query);
      },
    });
    const session = { db, texts: new Map<string, string>(), closed: new Set<string>(), words: SQLITE_WORDS };
    tables = createTables({ read: (work) => work(session), write: (work) => work(session) });
    explain = (query) =>
      handle
        .prepare<unknown[], { detail: string }>(`explain query plan ${query.sql}`)
        .all(query.parameters)
        .map((row) => row.detail);
  });
  afterEach(async () => {
    await db.destroy();
  });

  it.each(Object.keys(FILTERED))('%s goes by an index', async (name) => {
    await FILTERED[name]?.(tables);
    expect(queries.length).toBeGreaterThan(0);
    expect(queries.flatMap(explain).filter(readsAll)).toEqual([]);
  });

  it.each(Object.keys(OPEN))('%s reads only what is open', async (name) => {
    const [index, read] = OPEN[name] ?? [];
    await read?.(tables);
    const plan = queries.flatMap(explain);
    expect(plan.filter((line) => readsAll(line) && !line.includes('USING'))).toEqual([]);
    expect(plan.some((line) => line.includes(`INDEX ${index}`))).toBe(true);
  });
});
