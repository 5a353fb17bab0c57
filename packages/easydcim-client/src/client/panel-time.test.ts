import { describe, expect, it } from '@jest/globals';
import { panelWindow } from './panel-time.js';

describe('panelWindow', () => {
  it.each([
    ['UTC', '2026-10-15T00:00:00', '2026-11-15T00:00:00', '2026-10-15 00:00:00', '2026-11-14 23:59:59'],
    ['Europe/Berlin', '2026-10-14T22:00:00', '2026-11-14T23:00:00', '2026-10-15 00:00:00', '2026-11-14 23:59:59'],
    ['Asia/Kathmandu', '2026-10-14T18:15:00', '2026-10-14T18:15:01', '2026-10-15 00:00:00', '2026-10-15 00:00:00'],
    ['America/New_York', '2026-03-08T06:59:59', '2026-03-08T07:00:01', '2026-03-08 01:59:59', '2026-03-08 03:00:00'],
    ['UTC', '2026-10-15T00:00:00', '2026-10-15T12:00:00.500', '2026-10-15 00:00:00', '2026-10-15 12:00:00'],
    ['UTC', '2026-10-15T00:00:00.900', '2026-10-15T00:00:00.950', '2026-10-15 00:00:00', '2026-10-15 00:00:00'],
  ])('%s: [%s, %s) is %s to %s', (timeZone, start, end, first, last) => {
    expect(panelWindow({ start: `${start}Z`, end: `${end}Z` }, timeZone)).toEqual({ start: first, end: last });
  });

  it('gives Unix seconds where they are wanted', () => {
    const window = { start: '2026-10-15T00:00:00.000Z', end: '2026-10-15T00:01:00.000Z' };
    expect(panelWindow(window, 'Europe/Berlin', 'unix')).toEqual({ start: 1792022400, end: 1792022459 });
  });

  it.each([
    ['2026-10-15T00:00:00.000Z', '2026-10-15T00:00:00.000Z'],
    ['2026-10-16T00:00:00.000Z', '2026-10-15T00:00:00.000Z'],
    ['yesterday', '2026-10-15T00:00:00.000Z'],
  ])('refuses [%s, %s)', (start, end) => {
    expect(() => panelWindow({ start, end }, 'UTC')).toThrow(expect.objectContaining({ code: 'option_invalid' }));
  });
});
