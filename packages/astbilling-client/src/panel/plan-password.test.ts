import { describe, expect, it } from '@jest/globals';
import type { AccountCommand } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/quota-core';
import { line, systems } from '../test/lines.js';
import { action, create, target } from '../test/plans.js';
import { findMadeLine, passwordStep, planLostPassword } from './plan-password.js';

type Creation = Extract<AccountCommand, { verb: 'create' }>;

const values = { username: 'joao1042', externalRef: 'whmcs:service:311' };
/** A creation whose answer was lost. */
const lost = (changes: Partial<ActionRecord> = {}): ActionRecord =>
  action({
    ...{ id: 'act-1', type: 'create-subscriber', target: 'joao1042', state: 'in-doubt' },
    ...{ payload: { payload: { values } }, ...changes },
  });
const answered = (id: string, changes: Partial<ActionRecord> = {}) =>
  lost({ state: 'applied', observed: { id }, ...changes });

const lostPassword = (
  command: Partial<Creation>,
  { system = systems.default, recent = [] as ActionRecord[], shown = line() } = {},
) => planLostPassword(system, target({ command: create({ setPassword: true, ...command }), recent }), shown);
const nothing = { steps: [], problem: null };
const another = { steps: [passwordStep('9001')], problem: null };

it('a password is set by a change of the line that has no value of it', () => {
  expect(passwordStep('9001')).toEqual({
    ...{ type: 'update-subscriber', target: '9001', hold: null, prior: {}, ends: [], begins: null },
    ...{ needsPassword: true, payload: { id: '9001', changes: {}, prior: {}, password: true } },
  });
});

describe('a line that an interrupted creation may have made', () => {
  it.each<[string, ActionRecord, object]>([
    ['its answer was lost', lost(), another],
    ['it was made', answered('9001'), another],
    ['another line was made', answered('9002'), nothing],
    [
      'it has another reference',
      lost({ payload: { payload: { values: { ...values, externalRef: 'whmcs:service:3' } } } }),
      nothing,
    ],
    ['the panel was not called', lost({ calledAt: null }), nothing],
    ['the panel refused', lost({ state: 'failed', errorCode: 'conflict' }), nothing],
    ['the panel did not show it at once', lost({ state: 'failed', errorCode: 'not_done' }), another],
    ['only its customer was made', lost({ type: 'create-customer' }), nothing],
  ])('gets another password where it is the one: %s', (_, row, expected) => {
    expect(lostPassword({ earlier: [row] })).toEqual(expected);
    expect(lostPassword({ earlier: [lost({ calledAt: null }), row] })).toEqual(expected);
  });

  it('is known by its username where the system keeps no reference', () => {
    const row = lost({ payload: { payload: { values: { username: 'joao1042' } } } });
    expect(lostPassword({ earlier: [row] })).toEqual(another);
    expect(lostPassword({ earlier: [row] }, { shown: line({ username: 'maria7' }) })).toEqual(nothing);
  });

  it('keeps its password where nobody asks for one, or for a line at all', () => {
    expect(lostPassword({ earlier: [lost()], setPassword: false })).toEqual(nothing);
    expect(lostPassword({})).toEqual(nothing);
    for (const command of [null, { verb: 'change-password' }, { verb: 'terminate', earlier: [lost()] }] as const)
      expect(planLostPassword(systems.default, target({ command }), line())).toEqual(nothing);
  });

  it('keeps the password of a creation that was completed since', () => {
    const earlier = [lost()];
    const since = (changes: Partial<ActionRecord>) =>
      lostPassword({ earlier }, { recent: [lost(), answered('9001', { id: 'act-2', ...changes })] });
    expect(since({})).toEqual(nothing);
    expect(since({ state: 'failed' })).toEqual(another);
    expect(since({ state: 'in-doubt' })).toEqual(another);
    expect(since({ observed: { id: '9002' } })).toEqual(another);
    const known = answered('9001');
    expect(lostPassword({ earlier: [known] }, { recent: [known] })).toEqual(another);
  });
});

describe('a lost password that the profile cannot change', () => {
  const kept = (command: Partial<Creation>) =>
    lostPassword({ earlier: [lost()], ...command }, { system: systems.magnus });

  it('stops the creation, with what to do about it', () => {
    const { steps, problem } = kept({});
    expect([steps, problem?.code]).toEqual([[], 'password_unknown']);
    expect(problem?.message).toContain('remove the line on the panel');
    expect(problem?.message).toContain('a password that nobody knows');
    expect(problem?.message).not.toContain('adopt the line');
  });

  it('names the file that has it', () => {
    expect(kept({ passwordFile: 'secrets/svc-1' }).problem?.message).toMatch(/secrets\/svc-1.*adopt the line/);
    expect(kept({ passwordFile: null }).problem?.message).toBe(kept({}).problem?.message);
  });

  it('does not stop an operator who adopts the line as it is', () => {
    expect(kept({ adopt: true })).toEqual(nothing);
  });
});

describe('the line that a creation has made', () => {
  it.each<[string, ActionRecord, Parameters<typeof findMadeLine>[1], string | null]>([
    ['is the one of its answer', answered('9007'), undefined, '9007'],
    ['is the one of its answer, whatever line is shown', answered('9007'), line(), '9007'],
    ['is none where it failed after all', answered('9007', { state: 'failed' }), line(), null],
    ['is the line that may be it', lost(), line(), '9001'],
    ['is the line that may be it and has ended since', lost(), line({ status: 'terminated' }), '9001'],
    ['is not another one', lost(), line({ externalRef: 'whmcs:service:3' }), null],
    ['is not known without a line', lost(), undefined, null],
    ['is not that of another change', action({ type: 'update-subscriber', observed: { id: '9001' } }), line(), null],
    ['is none that the panel was not asked for', lost({ calledAt: null }), line(), null],
  ])('%s', (_, row, shown, expected) => {
    expect(findMadeLine(row, shown)).toBe(expected);
  });
});
