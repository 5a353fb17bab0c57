import { describe, expect, it } from '@jest/globals';
import { REPORTED_STATUSES, toReportedStatus } from '@sluice/quota-core';
import * as fc from 'fast-check';
import {
  type ChangedAllowance,
  type OverviewCount,
  type OverviewFilter,
  type OverviewOrder,
  type OverviewRow,
  TO_RESTRICT,
} from './overview.js';
import type { CycleRecord, DecisionRecord, HoldRecord, ServiceRecord } from './records.js';
import type { StateStore } from './store.js';
import { type State, state, TODAY, writeState } from './test/overview-states.js';
import { ask, tamper, toRounds, useStore } from './test/use-store.js';

const REMOVED = ['gone'];

const request = fc.record({
  order: fc.constantFrom<OverviewOrder>('worst', 'remaining', 'share', 'used', 'id', 'client'),
  limit: fc.constantFrom(-1, 1, 3, 100),
  offset: fc.constantFrom(0, 0, 2),
  filter: fc.oneof(
    { weight: 2, arbitrary: fc.constant<OverviewFilter>({}) },
    fc.record({ status: fc.constantFrom(...REPORTED_STATUSES, 'would-be-held', 'not-read') }),
    fc.constantFrom<OverviewFilter>(
      ...[{ panel: 'a' }, { product: 'big' }, { client: '7' }, { search: '-1' }, { drifting: true }],
    ),
  ),
});

/** A row with what filters and numbers are made of beside it. */
interface Judged extends OverviewRow {
  decided: string;
  notRead: boolean;
  ended: boolean;
  acknowledged: boolean;
}

/** All rows, each for itself, by what single records say: nothing is counted or ordered by the database. */
async function judgeAll(store: StateStore, changed: readonly ChangedAllowance[], removed: readonly string[]) {
  const services = await store.services.list();
  const conditions = new Map((await store.conditions.list(TO_RESTRICT)).map((each) => [each.key, each.since]));
  const evidence = await store.evidence.open();
  const rows: Judged[] = [];
  for (const record of services) {
    const [last = null] = await store.decisions.latest([record.id]);
    const since = changed.find((one) => one.service === record.id);
    const decision = last === null || since === undefined ? last : { ...last, ...since };
    const holds = await store.holds.lasting({ services: [record.id] });
    const marks = holds.map((hold) => {
      const noted = conditions.get(`${TO_RESTRICT}${hold.id}`);
      const isNoted = hold.until === null && noted !== undefined;
      const isPart = evidence.some((one) => one.hold === hold.id && isNoted && one.since >= noted);
      return { hold, restricting: isNoted && !isPart, partly: isNoted && isPart };
    });
    const cycle = (await store.cycles.ofService(record.id)).find(({ id }) => id === decision?.cycle) ?? null;
    const alarms = await store.alarms.list({ services: [record.id] });
    const acknowledged = alarms.length > 0 && alarms.every(({ acknowledgedAt }) => acknowledgedAt !== null);
    rows.push({ ...toRow({ record, decision, cycle, marks, removed }), acknowledged });
  }
  return rows;
}

interface Facts {
  record: ServiceRecord;
  decision: DecisionRecord | null;
  cycle: CycleRecord | null;
  marks: { hold: HoldRecord; restricting: boolean; partly: boolean }[];
  removed: readonly string[];
}

function toRow({ record, decision, cycle, marks, removed }: Facts): Omit<Judged, 'acknowledged'> {
  const { id, panel, product, client, status: lifecycle, protectedUntil, quotaReleasedUntil } = record;
  const isLater = cycle?.readAt != null && decision?.readAt != null && cycle.readAt > decision.readAt;
  const figures = decision?.readAt === null || isLater ? cycle : decision;
  const usedBytes =
    decision?.mode == null || figures === null
      ? null
      : { IN: figures.inBytes, OUT: figures.outBytes, TOTAL: figures.totalBytes }[decision.mode];
  const allowedBytes = (decision?.allowance as { allowedBytes?: number } | null | undefined)?.allowedBytes ?? null;
  const isKnown = usedBytes !== null && allowedBytes !== null;
  const list = (of: typeof marks): string[] => of.map(({ hold }) => hold.reason).sort();
  const open = list(marks.filter(({ hold }) => hold.until === null));
  const releasing = list(marks.filter(({ hold }) => hold.until !== null));
  const restricting = list(marks.filter((mark) => mark.restricting));
  const due = (decision?.wouldHold ?? []).filter((reason) => !open.includes(reason));
  const [isProtected, isReleased] = [protectedUntil, quotaReleasedUntil].map((until) => (until ?? '') > TODAY);
  const ended = lifecycle === 'terminated' || lifecycle === 'vanished';
  const decided = decision?.status ?? '';
  const status = toReportedStatus({
    ...{ decided: decision?.status ?? null, held: marks.length > 0, ended },
    restricting: releasing.length === 0 && restricting.length === open.length,
    wouldHold: due.some((reason) => !(isProtected && (reason === 'billing' || reason === 'agent-limit'))),
    usedUp: isKnown && usedBytes >= allowedBytes,
  });
  return {
    ...{
      id,
      panel,
      product,
      client,
      name: null,
      clientName: null,
      lifecycle,
      status,
      mode: decision?.mode ?? null,
      observing: false,
    },
    ...{ holds: [...new Set([...open, ...releasing])], releasing: releasing.filter((one) => !open.includes(one)) },
    ...{ restricting, partly: list(marks.filter(({ partly }) => partly)) },
    wouldHold: due.filter(
      (reason) =>
        !(isProtected && reason !== 'manual') &&
        !(isReleased && !['billing', 'manual', 'agent-limit'].includes(reason)),
    ),
    ...{ usedBytes, allowedBytes, remainingBytes: isKnown ? Math.max(0, allowedBytes - usedBytes) : null },
    readAt:
      decision?.readAt == null || isLater ? (decision === null ? null : (cycle?.readAt ?? null)) : decision.readAt,
    ...{ errorCode: decision?.errorCode ?? null, errorMessage: decision?.errorMessage ?? null },
    drift: (decision?.inputs as { drift?: string[] } | null | undefined)?.drift?.length ?? 0,
    ...{ decided, ended, notRead: ['failed', 'unreadable'].includes(decided) || (!ended && removed.includes(panel)) },
  };
}

function isNearLimit({ usedBytes, allowedBytes }: OverviewRow): boolean {
  return usedBytes !== null && allowedBytes !== null && usedBytes * 5 >= allowedBytes * 4;
}

function matches(
  row: Judged,
  { status, panel, product, client, search = '', drifting = false }: OverviewFilter,
): boolean {
  const texts = [row.id, row.client ?? '', row.product];
  const isOf = (known: string | null, wanted: string | undefined): boolean => wanted === undefined || known === wanted;
  if (!isOf(row.panel, panel) || !isOf(row.product, product) || !isOf(row.client, client)) return false;
  if (!texts.some((text) => text.includes(search)) || (drifting && row.drift === 0)) return false;
  if (status === undefined) return true;
  if (status === 'would-be-held') return row.wouldHold.length > 0;
  if (status === 'not-read') return row.notRead;
  if (status === 'held') return row.holds.length > 0;
  return ['failed', 'unreadable', 'doubted'].includes(status) ? row.decided === status : row.status === status;
}

/** What rows are in the order of, ascending. */
function toKeys(row: Judged, order: OverviewOrder): (number | string)[] {
  const { usedBytes, allowedBytes, remainingBytes } = row;
  const share = usedBytes === null || allowedBytes === null ? 0 : -usedBytes / Math.max(1, allowedBytes);
  const unknownLast = remainingBytes === null ? 1 : 0;
  if (order === 'id') return [];
  if (order === 'client') return [row.client === null ? 1 : 0, row.client ?? ''];
  if (order === 'used') return [usedBytes === null ? 1 : 0, -(usedBytes ?? 0)];
  if (order === 'remaining') return [unknownLast, remainingBytes ?? 0, share];
  if (order === 'share') return [unknownLast, share];
  const isLow = row.notRead || row.decided === 'doubted';
  const place = row.wouldHold.length > 0 ? 0 : row.status === 'over' ? 1 : row.status === 'held' ? 2 : isLow ? 3 : 4;
  return [place, unknownLast, share];
}

function inOrder(rows: readonly Judged[], order: OverviewOrder): Judged[] {
  const keyed = rows.map((row) => ({ row, keys: [...toKeys(row, order), row.id] }));
  const compare = (a: (number | string)[], b: (number | string)[]): number => {
    const at = a.findIndex((key, index) => key !== b[index]);
    return at < 0 ? 0 : (a[at] ?? 0) < (b[at] ?? 0) ? -1 : 1;
  };
  return keyed.sort((a, b) => compare(a.keys, b.keys)).map(({ row }) => row);
}

function countAll(rows: readonly Judged[]): OverviewCount[] {
  const groups = new Map<string, Judged[]>();
  for (const row of inOrder(rows, 'id')) {
    const key = `${row.panel} ${row.status}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => {
      const [panel = '', status = ''] = key.split(' ');
      const count = (is: (row: Judged) => boolean): number => group.filter(is).length;
      return {
        ...{ panel, status, services: group.length, ended: count(({ ended }) => ended) },
        drifting: count(({ drift }) => drift > 0),
        driftAcknowledged: count(({ drift, acknowledged }) => drift > 0 && acknowledged),
        failing: count(({ notRead }) => notRead),
        doubted: count(({ decided }) => decided === 'doubted'),
        held: count(({ holds }) => holds.length > 0),
        wouldHold: count(({ wouldHold }) => wouldHold.length > 0),
        nearLimit: count(isNearLimit),
      };
    });
}

describe('lists of services', () => {
  const at = useStore();

  const toChanged = (states: readonly State[], known: ReadonlySet<string>): ChangedAllowance[] =>
    states.flatMap(({ changed }, index) => {
      const id = `svc-${index}`;
      return changed === null || !known.has(id) ? [] : [{ service: id, ...changed }];
    });

  it('count and order as each row for itself says, in whatever state', async () => {
    const states = fc.array(state, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        states,
        fc.array(request, { minLength: 4, maxLength: 8 }),
        fc.boolean(),
        async (all, requests, isRemoved) => {
          const store = await at.openEmpty();
          for (const [index, each] of all.entries()) await writeState(store, `svc-${index}`, each);
          const known = new Set((await store.decisions.latest()).map((decision) => decision.service));
          const changed = toChanged(all, known);
          const removed = isRemoved ? REMOVED : [];
          const now = { panels: {}, others: TODAY, changed, removed };
          const rows = await judgeAll(store, changed, removed);
          for (const { filter, order, limit, offset } of requests) {
            const part = await store.overview.services({ ...filter, order, limit, offset }, now);
            const matching = inOrder(
              rows.filter((row) => matches(row, filter)),
              order,
            );
            const shown = matching.slice(offset, limit < 0 ? undefined : offset + limit);
            const plain = shown.map(({ decided: _d, notRead: _n, ended: _e, acknowledged: _a, ...row }) => row);
            expect([part.matching, part.counts, part.rows]).toEqual([matching.length, countAll(rows), plain]);
          }
          await store.close();
        },
      ),
      { numRuns: toRounds(process.env['SLUICE_LONG'] === '1' ? 50 : 20) },
    );
  });

  it('are the same of an older store, whose figures the migration fills in', async () => {
    const states = fc.sample(state, { numRuns: 40, seed: 41 });
    for (const [index, each] of states.entries()) await writeState(at.store, `svc-${index}`, each);
    const now = { panels: {}, others: TODAY };
    const read = async (store: StateStore) => [
      await store.overview.services({ order: 'worst', limit: -1, offset: 0 }, now),
      await store.overview.changed(),
      await ask(at.location, 'select "service", "allowed_bytes", "drifts", "calm" from "decisions" order by 1'),
    ];
    const written = await read(at.store);
    await at.store.close();
    const indexes = ['decisions_not_calm', 'decisions_errors', 'services_ended'];
    await tamper(
      at.location,
      ...indexes.map((index) => `drop index "${index}"`),
      ...['allowed_bytes', 'drifts', 'calm'].map((column) => `alter table "decisions" drop column "${column}"`),
      ...['name', 'client_name', 'client_email', 'language', 'search_text'].map(
        (column) => `alter table "services" drop column "${column}"`,
      ),
      'alter table "notices" drop column "data"',
      'drop table "undecided"',
      'drop table "client_notices"',
      'drop table "client_addresses"',
      'drop table "agent_periods"',
      'delete from "schema_migrations" where "version" > 40',
    );
    expect(await read(await at.open())).toEqual(written);
  });
});
