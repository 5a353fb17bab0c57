import { describe, expect, it } from '@jest/globals';
import type {
  CycleRecord,
  HoldRecord,
  LeaseRecord,
  OverrideRecord,
  PurchaseRecord,
  ServiceRecord,
  StoreTables,
} from '@sluice/state-store';
import { CYCLE, makeApplied, makeContext, makeDue, makeHold, NOW, SERVICE } from '../../test/subjects.js';
import { factsHold, isUnchanged, leaveOutChanged, leaveOutZeroed, saveResources, skipLeased } from './facts.js';
import type { Applied, RunOnPanel } from './stages.js';

interface Stored {
  service?: Partial<ServiceRecord> | null;
  override?: string;
  purchases?: Partial<PurchaseRecord>[];
  holds?: Partial<HoldRecord>[];
  lease?: Partial<LeaseRecord>;
}

/** Returns tables with one service, as a command may have left them meanwhile. */
function tablesOf({ service = {}, override, purchases = [], holds = [] }: Stored): StoreTables {
  const all =
    <T>(rows: T[]) =>
    () =>
      Promise.resolve(rows);
  return {
    services: { list: all(service === null ? [] : [{ ...SERVICE, ...service }]) },
    overrides: { open: all(override === undefined ? [] : [{ id: override, service: 'svc-1' }]) },
    purchases: {
      list: all(
        purchases.map((row) => ({ service: 'svc-1', id: 'pur-1', bytes: 1, cycle: 'c', status: 'paid', ...row })),
      ),
    },
    holds: { open: all(holds.map((row) => makeHold(row))) },
    switches: { list: all([]) },
  } as unknown as StoreTables;
}

const DUE = { opens: [makeDue()], closes: [makeHold()], drafts: [makeHold()] };

/** Leaves out what was changed in the store since `work` was loaded. */
async function leave(
  stored: Stored,
  facts: Partial<Applied> = {},
  fenceAtStart: number | null = null,
): Promise<Applied | undefined> {
  const lease = {
    name: 'service:svc-1',
    run: 'run-2',
    fence: 7,
    owner: {},
    expiresAt: '2027-01-01T00:00:00.000Z',
    ...stored.lease,
  };
  const leases = { list: () => Promise.resolve(stored.lease === undefined ? [] : [lease]) };
  const config = { poll: { overdue: 'meter' }, timeZone: 'UTC', panels: { dcim: {} }, products: {}, enforce: 'on' };
  const context = makeContext({
    config,
    store: { leases },
    deps: { isAlive: () => true, owner: {}, clock: { now: () => Date.parse(NOW) } },
  });
  const leasesAtStart = new Map(
    fenceAtStart === null ? [] : [[lease.name, { ...lease, fence: fenceAtStart }]],
  ) as never;
  const [left] = await leaveOutChanged(context, tablesOf(stored), [makeApplied({ ...DUE, ...facts })], {
    run: 'run-1',
    leasesAtStart,
  });
  return left;
}

describe('a service whose facts', () => {
  it('are those in the store is changed as decided', async () => {
    expect(await leave({})).toMatchObject({ ...DUE, changedMeanwhile: false });
    expect(await leave({ service: { updatedAt: '2026-11-20T13:00:00.000Z' } })).toMatchObject({
      changedMeanwhile: false,
    });
    const bought = { purchases: [{ id: 'pur-1', bytes: 1, cycle: 'c', status: 'paid' }] as PurchaseRecord[] };
    expect(await leave({ purchases: [{}] }, bought)).toMatchObject({ changedMeanwhile: false });
    const overridden = { override: { id: 'ov-1' } as OverrideRecord };
    expect(await leave({ override: 'ov-1' }, overridden)).toMatchObject({ changedMeanwhile: false });
    expect(await leave({ holds: [{}] }, { holds: [makeHold()] })).toMatchObject({ changedMeanwhile: false });
  });

  it.each<[string, Stored, Partial<Applied>]>([
    ['row has changed', { service: { status: 'suspended' } }, {}],
    ['row is gone', { service: null }, {}],
    ['override is new', { override: 'ov-1' }, {}],
    ['override is another', { override: 'ov-2' }, { override: { id: 'ov-1' } as OverrideRecord }],
    ['purchases are more', { purchases: [{}] }, {}],
    [
      'purchase counts elsewhere',
      { purchases: [{ cycle: 'd' }] },
      { purchases: [{ id: 'pur-1', bytes: 1, cycle: 'c', status: 'paid' } as PurchaseRecord] },
    ],
    ['hold has begun', { holds: [{}] }, {}],
    ['hold has ended', {}, { holds: [makeHold()] }],
    ['hold is another', { holds: [{ id: 'hold-2' }] }, { holds: [makeHold()] }],
    ['command is under way', { lease: {} }, {}],
  ])('%s is left to the next run', async (_, stored, facts) => {
    const left = await leave(stored, facts);
    expect(left).toMatchObject({
      opens: [],
      closes: [],
      drafts: [],
      changedMeanwhile: true,
      skipped: null,
      error: null,
    });
    expect(left?.holds.map(({ id }) => id)).toEqual((stored.holds ?? []).map(({ id = 'hold-1' }) => id));
  });

  it('are held by a run since its begin is in use', async () => {
    const used = {
      skipped: 'leased',
      changedMeanwhile: false,
      error: { code: 'lease_held', message: '"svc-1" is in use by run-2; this run skipped it' },
    };
    expect(await leave({ lease: {} }, {}, 7)).toMatchObject(used);
    expect(await leave({ lease: {} }, {}, 6)).toMatchObject({ skipped: null, changedMeanwhile: true });
    expect(await leave({ lease: {}, service: { status: 'suspended' } }, {}, 7)).toMatchObject({
      skipped: null,
      changedMeanwhile: true,
    });
  });

  it('are none is none', async () => {
    expect(
      await leaveOutChanged(makeContext(), {} as StoreTables, [], { run: 'run-1', leasesAtStart: new Map() }),
    ).toEqual([]);
  });

  it('hold with or without its holds', async () => {
    const work = makeApplied();
    expect([await factsHold(tablesOf({}), work), await factsHold(tablesOf({ override: 'ov-1' }), work)]).toEqual([
      true,
      false,
    ]);
    expect([await isUnchanged(tablesOf({}), work), await isUnchanged(tablesOf({ holds: [{}] }), work)]).toEqual([
      true,
      false,
    ]);
    expect(await isUnchanged(tablesOf({ override: 'ov-1' }), work)).toBe(false);
  });
});

describe('a service whose counter', () => {
  const counter = { lastIn: 1, lastOut: 0, usedIn: 1, usedOut: 0, at: NOW };
  const zero = { ...counter, lastIn: 0 };
  const leaveZeroed = async (stored: unknown, recorded: CycleRecord | null, capabilities: string[] = ['usage']) => {
    const asked: string[][] = [];
    const newest = (ids: string[]) => {
      asked.push(ids);
      return Promise.resolve([{ ...CYCLE, counter: stored }]);
    };
    const kind = { capabilities } as never;
    const work = makeApplied({ recorded, ...DUE });
    const [left] = await leaveOutZeroed({ kind }, { cycles: { newest } } as never, [work]);
    return [left?.changedMeanwhile, asked.length];
  };

  it('was zeroed by a command is decided again', async () => {
    expect(await leaveZeroed(zero, { ...CYCLE, counter })).toEqual([true, 1]);
    expect(await leaveZeroed({ ...counter }, { ...CYCLE, counter })).toEqual([false, 1]);
  });

  it('is none, or of a panel that answers for windows, is not looked at', async () => {
    expect(await leaveZeroed(zero, null)).toEqual([false, 0]);
    expect(await leaveZeroed(zero, { ...CYCLE, counter }, ['window-usage'])).toEqual([false, 0]);
  });
});

it('keeps the first error of a service that is in use', () => {
  const failed = makeApplied({ error: { code: 'first', message: '' } });
  expect(skipLeased(failed, { run: 'run-2' } as LeaseRecord)).toMatchObject({
    skipped: 'leased',
    error: { code: 'first' },
  });
});

it('stores what it observed once', async () => {
  const stored: unknown[] = [];
  const tables = {
    resources: { put: (rows: unknown[]) => Promise.resolve(void stored.push(rows)) },
  } as unknown as StoreTables;
  const on = { resources: new Map([['svc-1', { service: 'svc-1' }]]) } as unknown as RunOnPanel;
  (await saveResources(on, tables))();
  (await saveResources(on, tables))();
  expect(stored).toEqual([[{ service: 'svc-1' }]]);
});
