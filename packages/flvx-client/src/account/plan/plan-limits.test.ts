import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { megabits } from '../../client/records.js';
import { assignStep, limitNamed, permissionOn, someAccount, toIds } from '../../test/account.js';
import { findLimit, ownLimitName, parseLimitKey, planLimit, planLimitDeletions } from './plan-limits.js';
import { type FlvxStep, newStep } from './step.js';

const speed = megabits(5);
const limit = { name: 'sluice:anna:5M', speed, tunnelId: 1 };

describe('the name of an own limit', () => {
  it('contains its key, whatever that is', () => {
    const mbit = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), mbit, (key, value) => {
        expect(parseLimitKey(ownLimitName(key, megabits(value)))).toBe(key);
      }),
    );
    expect(ownLimitName('anna', speed)).toBe(limit.name);
  });

  it.each([
    'anna',
    'sluice:anna',
    'sluice::5M',
    'sluice:anna:M',
    'sluice:anna:5Mbit',
    'my-sluice:anna:5M',
    'sluice:anna:xM',
  ])('is not %s', (name) => {
    expect(parseLimitKey(name)).toBeNull();
  });
});

describe('an own limit', () => {
  it('is the first of its name and speed', () => {
    const others = [limitNamed('sluice:bert:5M', 1), limitNamed(limit.name, 2, { speed: megabits(9) })];
    expect(findLimit([...others, limitNamed(limit.name, 8), limitNamed(limit.name, 7)], limit)?.id).toBe(7);
    expect(findLimit(others, limit)).toBeNull();
  });

  it('is created once', () => {
    expect(planLimit(someAccount(), limit)).toMatchObject([
      { type: 'create-speed-limit', target: limit.name, payload: limit, prior: null, needs: [] },
    ]);
    expect(planLimit(someAccount({ speedLimits: [limitNamed(limit.name, 7)] }), limit)).toEqual([]);
  });
});

describe('limits that are not needed any more', () => {
  const ofAnna = { key: 'anna', keep: [] };
  const [own, old, others] = [limitNamed(limit.name, 7), limitNamed('old', 8), limitNamed('sluice:bert:5M', 9)];
  const deletions = (
    limits: Parameters<typeof planLimitDeletions>[1],
    {
      steps = [],
      use = {},
      needed,
    }: { steps?: FlvxStep[]; use?: Record<number, number>; needed?: typeof limit | null } = {},
  ) => planLimitDeletions(someAccount({ speedLimits: [own, old, others], speedUse: use }), limits, steps, needed);

  it('are deleted where they are of the account, by key or name', () => {
    expect(deletions(ofAnna)).toMatchObject([
      { id: 'delete-speed-limit:7', payload: { limitId: 7 }, prior: own, needs: [] },
    ]);
    expect(toIds(deletions({ key: null, names: ['old'], keep: [] }))).toEqual(['delete-speed-limit:8']);
    expect(deletions({ key: null, keep: [] })).toEqual([]);
  });

  it('are not those that are kept or the one of the target', () => {
    expect(deletions({ ...ofAnna, keep: [7] })).toEqual([]);
    expect(deletions(ofAnna, { needed: limit })).toEqual([]);
    expect(toIds(deletions(ofAnna, { needed: null }))).toEqual(['delete-speed-limit:7']);
    expect(toIds(deletions(ofAnna, { needed: { ...limit, speed: megabits(9) } }))).toEqual(['delete-speed-limit:7']);
  });

  const slow = permissionOn(1, { speedId: 7 });
  const { id: permissionId, userId, tunnelId } = slow;
  const removal = (prior = slow): FlvxStep =>
    newStep('remove-tunnel', 1, { payload: { permissionId, userId, tunnelId }, prior });

  it.each<[string, FlvxStep]>([
    ['removed', removal()],
    ['given no limit', assignStep(1, { speedId: null }, { prior: slow })],
    ['given another limit', assignStep(1, { speedId: 9 }, { prior: slow })],
    ['given a limit that has yet to be made', assignStep(1, {}, { prior: slow, speedName: 'sluice:anna:9M' })],
  ])('are deleted after the last permission that has them is %s', (_, step) => {
    const [deletion, ...rest] = deletions(ofAnna, { steps: [step], use: { 7: 1 } });
    expect([deletion?.id, deletion?.needs, rest]).toEqual(['delete-speed-limit:7', [step.id], []]);
    expect(deletions(ofAnna, { steps: [step], use: { 7: 2 } })).toEqual([]);
  });

  it.each<[string, FlvxStep]>([
    ['removed that has another', removal(permissionOn(1, { speedId: 9 }))],
    ['given another quota', assignStep(1, { status: 0 }, { prior: slow })],
    ['given the same limit', assignStep(1, { speedId: 7 }, { prior: slow })],
    ['given a limit that had none', assignStep(1, { speedId: 9 })],
    ['made', assignStep(1, { speedId: 9 }, { prior: null })],
    ['pushed', newStep('redeploy-forwards', 1, { payload: { tunnelId, forwardIds: [], restarts: [] }, prior: null })],
  ])('stay while a permission has them, also where one is %s', (_, step) => {
    expect(deletions(ofAnna, { steps: [step], use: { 7: 1 } })).toEqual([]);
  });
});
