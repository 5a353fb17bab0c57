import { describe, expect, it } from '@jest/globals';
import type { ProductSettings, TargetState } from '@sluice/panel-kind';
import { MOST_BYTES } from '../client/check-user.js';
import type { HiddifyUser } from '../client/records.js';
import {
  CREATE,
  GB,
  listChanges,
  planFor,
  storedCheckpoint,
  sold,
  someService,
  someTarget,
} from '../test/user-target.js';

const AGENT = '0b0f9bd5-3b53-4a58-9d4f-0d8a5b3a3a99';
const command: Partial<TargetState> = { scope: 'command' };
const reconcile: Partial<TargetState> = { scope: 'reconcile' };
const unchanged = { steps: [], drift: [] };

describe('the limit of a user', () => {
  const others = (firstCycle: string | null) => storedCheckpoint({ ownLimit: false, firstCycle });

  it('is not written where it is right, or where no quota is known', () => {
    expect(planFor({})).toMatchObject(unchanged);
    expect(planFor({ allowance: null })).toMatchObject(unchanged);
  });

  it('is raised, also where another tool has set it, and does not count for the brake', () => {
    const plan = planFor({ allowance: sold(101), checkpoint: others('cyc-1') });
    expect([listChanges(plan), plan.counts, plan.drift]).toEqual([[{ limitBytes: 101 * GB }], undefined, []]);
  });

  it('that is negative on the panel is raised to 0', () => {
    const user = { limitBytes: 0, odd: { limitBytes: -5 } };
    expect(listChanges(planFor({ allowance: sold(0) }, user))).toEqual([{ limitBytes: 0 }]);
  });

  it.each<[string, Partial<TargetState>]>([
    ['Sluice has set it', {}],
    ['another tool has set it in an earlier cycle', { checkpoint: others('cyc-0') }],
    ['a command asks for it', { scope: 'command', checkpoint: others('cyc-1') }],
  ])('is lowered where %s, which counts for the brake', (_, target) => {
    const plan = planFor({ allowance: sold(99), ...target });
    expect([listChanges(plan), plan.counts, plan.drift]).toEqual([[{ limitBytes: 99 * GB }], true, []]);
  });

  it.each<[string, Partial<TargetState>]>([
    ['in this cycle', { checkpoint: others('cyc-1') }],
    ['before it was seen in any', { checkpoint: others(null) }],
    ['and there is no cycle', { cycle: null, checkpoint: others('cyc-1') }],
    ['and there never was a cycle', { cycle: null, checkpoint: others(null) }],
  ])('stays where another tool has set it %s', (_, target) => {
    const plan = planFor({ allowance: sold(99), ...target });
    expect([plan.steps, plan.counts, plan.drift]).toEqual([[], undefined, [expect.stringContaining('limit')]]);
  });

  const most: Partial<TargetState> = { allowance: { unlimited: true, allowedBytes: null }, countedBytes: 60 * GB };

  it('that is the highest is written again where its agent counts it as less: it has to fit', () => {
    expect(listChanges(planFor(most, { limitBytes: MOST_BYTES }))).toEqual([
      { limitBytes: 60 * GB },
      { limitBytes: MOST_BYTES },
    ]);
  });

  it.each<[string, Partial<TargetState>, number]>([
    ['is lifted', { ...most, allowance: { unlimited: true, allowedBytes: null, lifted: true } }, MOST_BYTES],
    ['counts nothing', { ...most, countedBytes: 0 }, MOST_BYTES],
    ['counts the highest', { ...most, countedBytes: MOST_BYTES }, MOST_BYTES],
    ['counts an unknown figure', { ...most, countedBytes: null }, MOST_BYTES],
    ['has a limit', { countedBytes: 60 * GB }, 100 * GB],
  ])('is not written again of a user that %s', (_, target, limitBytes) => {
    expect(planFor(target, { limitBytes })).toMatchObject(unchanged);
  });
});

/** Days of a user until a date in 2026. */
const until = (end: string): Partial<HiddifyUser> => ({
  startDate: '2026-03-01',
  packageDays: (Date.parse(end) - Date.parse('2026-03-01')) / 86_400_000,
});

describe('the days of a user', () => {
  const due = someService({ nextDueDate: '2026-04-01' });
  const kept = someService({ nextDueDate: '2026-03-05', protectedUntil: '2026-04-01' });
  const others = { ownRefs: [] };
  const [early, late] = [until('2026-03-20'), until('2026-04-10')];
  const toDue = { startDate: '2026-03-01', packageDays: 31 };

  it('are not written where they end with the service', () => {
    for (const scope of ['poll', 'reconcile', 'command'] as const)
      expect(planFor({ scope, service: due }, until('2026-04-01'))).toMatchObject(unchanged);
  });

  it.each<[string, Partial<TargetState>, Partial<HiddifyUser>, true | undefined]>([
    ['lengthened by a command', { ...command, service: due }, early, undefined],
    [
      'lengthened by a command for an imported service',
      { ...command, service: { ...due, ...others } },
      early,
      undefined,
    ],
    ['shortened by a command', { ...command, service: due }, late, true],
    ['begun by a command', { ...command, service: due }, {}, undefined],
    ['lengthened by a reconcile', { ...reconcile, service: due }, early, undefined],
    ['shortened by a reconcile', { ...reconcile, service: due }, late, true],
    ['lengthened by a poll to the end of a protection', { service: kept }, early, undefined],
  ])('are %s, and a shorter term counts for the brake', (_, target, user, counts) => {
    const plan = planFor(target, user);
    expect([listChanges(plan), plan.counts, plan.drift]).toEqual([[toDue], counts, []]);
  });

  it('last until the end of a protection without a due date', () => {
    const service = someService({ protectedUntil: '2026-04-01' });
    expect(listChanges(planFor({ service }, early))).toEqual([toDue]);
    expect(planFor({ service }, late)).toMatchObject(unchanged);
  });

  it.each<[string, Partial<TargetState>, Partial<HiddifyUser>, string]>([
    ['end before the due date, in a poll', { service: due }, early, '2026-03-20'],
    ['end after the due date, in a poll', { service: due }, late, '2026-04-10'],
    ['end after a protection, in a poll', { service: kept }, late, '2026-04-10'],
    ['have not begun, in a poll', { service: kept }, {}, 'not set yet'],
    ['end early, of an imported service', { ...reconcile, service: { ...due, ...others } }, early, '2026-03-20'],
    ['end in a protection, of an imported service', { service: { ...kept, ...others } }, early, '2026-03-20'],
  ])('are only reported where they %s', (_, target, user, end) => {
    const plan = planFor(target, user);
    expect([plan.steps, plan.counts, plan.drift]).toEqual([[], undefined, [expect.stringContaining(end)]]);
  });

  it('are reported with the date of the service and with what writes them', () => {
    const [asDue = ''] = planFor({ service: due }, early).drift;
    const [asKept = ''] = planFor({ service: { ...kept, ...others } }, late).drift;
    expect(asDue).toContain('due on 2026-04-01');
    expect(asKept).toContain('protected until 2026-04-01');
    expect([asDue, asKept].map((text) => text.includes('change-package svc-1 vpn-100'))).toEqual([false, true]);
  });
});

describe('what a product says of a user', () => {
  const product = (hiddify: object | undefined) =>
    ({
      ...someTarget().product,
      hiddify: hiddify && { mode: 'no_reset', packageDays: 90, ...hiddify },
    }) as ProductSettings;
  const create = { ...command, command: CREATE };

  it.each<[string, Partial<TargetState>, Partial<HiddifyUser>, object[]]>([
    ['the name that an interrupted creation left', create, { name: 'unknown' }, [{ name: 'svc-1' }]],
    ['no other name', create, { name: 'anna' }, []],
    ['no name without a creation', command, { name: 'unknown' }, []],
    ['its mode', { ...command, product: product({ mode: 'monthly' }) }, {}, [{ mode: 'monthly' }]],
    ['no mode that is right', { ...command, product: product({}) }, {}, []],
    ['no mode where the product has no section', command, { mode: 'weekly' }, []],
    ['its agent', { ...command, product: product({ agent: AGENT }) }, {}, [{ owner: AGENT }]],
    ['no agent that is right', { ...command, product: product({ agent: AGENT }) }, { owner: AGENT }, []],
    ['no owner where it has no agent', command, { owner: AGENT }, []],
    ['its days before the first use', command, { packageDays: 30 }, [{ packageDays: 90 }]],
    ['no days that are right', command, { packageDays: 90 }, []],
    ['no days after the first use', command, { packageDays: 30, startDate: '2026-03-01' }, []],
  ])('is written by a command: %s', (_, target, user, changes) => {
    const plan = planFor(target, user);
    expect([listChanges(plan), plan.drift]).toEqual([changes, []]);
  });

  it('does not name a user that another tool has made', () => {
    const target = { ...command, command: { ...CREATE, adopt: true }, service: someService({ ownRefs: [] }) };
    expect(listChanges(planFor(target, { name: 'unknown' }))).toEqual([]);
  });

  it('says nothing of the days where they end at a due date', () => {
    const service = someService({ nextDueDate: '2026-04-01' });
    const changes = listChanges(planFor({ ...command, service }, { packageDays: 30 }));
    expect(changes).toEqual([{ startDate: '2026-03-01', packageDays: 31 }]);
  });

  it.each<[string, Partial<HiddifyUser>, object, number]>([
    ['another mode', { mode: 'weekly' }, {}, 1],
    ['another owner', {}, { agent: AGENT }, 1],
    ['its agent as owner', { owner: AGENT }, { agent: AGENT }, 0],
  ])('is not written by a reconcile, which reports a user with %s', (_, user, hiddify, count) => {
    const plan = planFor({ ...reconcile, product: product(hiddify) }, user);
    expect([plan.steps, plan.drift.length]).toEqual([[], count]);
    expect(planFor({ product: product(hiddify) }, user)).toMatchObject(unchanged);
  });
});

describe('a new cycle', () => {
  it('zeroes the usage together with what else is to be written', () => {
    const checkpoint = storedCheckpoint({ zeroedCycle: 'cyc-0' });
    const plan = planFor({ checkpoint, allowance: sold(200) });
    expect(listChanges(plan)).toEqual([{ limitBytes: 200 * GB, usedBytes: 0 }]);
    expect(plan.steps[0]?.payload).toMatchObject({ zero: { cycle: 'cyc-1', counted: 0, tries: 1 } });
    expect(planFor({ allowance: sold(200) }).steps[0]?.payload).toEqual({ change: { limitBytes: 200 * GB } });
  });

  it('reports a usage that the panel has written back again', () => {
    const zeroing = { at: '2026-03-10T10:00:00.000Z', from: 5 * GB, tries: 2, undone: true };
    expect(planFor({ checkpoint: storedCheckpoint({ zeroing }) }).notices).toMatchObject([
      { code: 'zeroing_undone_again' },
    ]);
  });
});
