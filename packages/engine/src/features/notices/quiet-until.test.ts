import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { quietUntil } from './quiet-until.js';

const local = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);

const time = fc.integer({ min: 0, max: 1439 }).map((minute) => new Date(minute * 60_000).toISOString().slice(11, 16));

describe('quiet hours', () => {
  it('are where the clocks say so, and end when they say so', () => {
    const zones = fc.constantFrom('UTC', 'Asia/Tehran', 'America/Sao_Paulo', 'Asia/Shanghai');
    fc.assert(
      fc.property(time, time, zones, fc.integer({ min: 0, max: 400 * 1440 }), (from, to, timeZone, minute) => {
        fc.pre(from !== to);
        const at = Date.parse('2026-01-01T00:00:00Z') + minute * 60_000;
        const clock = local(at, timeZone);
        const isQuiet = from < to ? clock >= from && clock < to : clock >= from || clock < to;
        const end = quietUntil({ from, to, timeZone }, new Date(at).toISOString());
        expect(end !== null).toBe(isQuiet);
        if (end !== null) expect([Date.parse(end) > at, local(Date.parse(end), timeZone)]).toEqual([true, to]);
      }),
    );
  });

  it('end by the clocks also in the nights in which these change', () => {
    const hours = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
    expect(quietUntil(hours, '2026-03-29T00:30:00.000Z')).toBe('2026-03-29T05:00:00.000Z');
    expect(quietUntil(hours, '2026-10-25T00:30:00.000Z')).toBe('2026-10-25T06:00:00.000Z');
    expect(quietUntil({ ...hours, to: '02:30' }, '2026-03-29T00:59:00.000Z')).toBe('2026-03-29T01:00:00.000Z');
  });
});
