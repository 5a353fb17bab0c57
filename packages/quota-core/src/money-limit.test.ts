import { describe, expect, it } from '@jest/globals';
import { type Decision, decide, type MoneyLimit, type MoneyReading } from './index.js';

const NOW = '2026-11-20T23:00:00.000Z';
const spent = (amount: string): MoneyReading => ({ known: true, at: NOW, amount, partial: null });
const held = { window: 'd1' };

function run(over: Partial<MoneyLimit>): Decision {
  const limit: MoneyLimit = {
    id: 'spend',
    window: 'd1',
    unit: { currency: 'BRL' },
    allowance: '20.00',
    exceededAt: 'reached',
    release: 'window-end',
    restriction: 'suspend',
    usage: spent('0'),
    peakUsed: null,
    hold: null,
    ...over,
  };
  return decide({ now: NOW, limits: [limit], billing: null, standing: [], protectedUntil: null });
}

const toRule = (over: Partial<MoneyLimit>): string => run(over).limits[0]?.rule ?? '';
const isHeld = (over: Partial<MoneyLimit>): boolean => run(over).holds.length === 1;

describe('a limit in money', () => {
  it('holds from exactly its allowance on, to the last decimal', () => {
    expect(isHeld({ usage: spent('19.999999') })).toBe(false);
    expect(isHeld({ usage: spent('20') })).toBe(true);
    expect(isHeld({ usage: spent('20.000001'), exceededAt: 'passed' })).toBe(true);
    expect(isHeld({ usage: spent('20'), exceededAt: 'passed' })).toBe(false);
    expect(run({ usage: spent('20') }).limits).toEqual([
      {
        limit: 'spend',
        status: 'ok',
        rule: 'at-or-over-allowance',
        usedBytes: null,
        allowedBytes: null,
        remainingBytes: null,
        money: { currency: 'BRL', used: '20', allowed: '20.00' },
        problem: null,
      },
    ]);
  });

  it('never falls below what was charged earlier in the window', () => {
    const { holds, limits } = run({ usage: spent('3'), peakUsed: '20.00' });
    expect([holds.length, limits[0]?.money?.used]).toEqual([1, '20.00']);
    const same = run({ usage: spent('3.00'), peakUsed: '3' });
    expect(same.limits[0]?.money?.used).toBe('3.00');
  });

  it('is released when the window ends, or when the allowance is raised', () => {
    expect(toRule({ usage: spent('3'), hold: held })).toBe('until-window-end');
    expect(toRule({ usage: spent('3'), hold: held, window: 'd2' })).toBe('below-allowance');
    expect(toRule({ usage: spent('21'), hold: held, peakUsed: '21', allowance: '25' })).toBe('below-allowance');
    expect(toRule({ usage: spent('3'), hold: held, peakUsed: '21', allowance: '21.001' })).toBe('below-allowance');
    expect(isHeld({ usage: spent('3'), hold: held, peakUsed: '21', allowance: '20.999' })).toBe(true);
  });

  it('releases nothing and holds nothing by an unknown figure', () => {
    const usage = { known: false, at: NOW, code: 'unreadable', message: 'no answer' } as const;
    const problem = { code: 'unreadable', message: 'no answer' };
    expect(run({ usage })).toMatchObject({ status: 'unreadable', holds: [], rule: 'unknown-usage', problem });
    expect(run({ usage, peakUsed: '3' }).limits[0]?.money?.used).toBeNull();
    expect(run({ usage, hold: held, window: 'd2' }).holds).toHaveLength(1);
  });

  it('holds by a part of the charges that exceeds it, and proves nothing else by it', () => {
    const part = (amount: string): MoneyReading => ({
      known: true,
      at: NOW,
      amount,
      partial: { code: 'unrated', message: 'a call is not rated' },
    });
    expect(run({ usage: part('20') })).toMatchObject({ status: 'unreadable', problem: { code: 'unrated' } });
    expect(isHeld({ usage: part('20') })).toBe(true);
    expect(isHeld({ usage: part('19') })).toBe(false);
    expect(toRule({ usage: part('19'), hold: held, window: 'd2' })).toBe('unknown-usage-keeps');
  });
});
