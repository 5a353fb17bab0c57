import { describe, expect, it } from '@jest/globals';
import { PanelTime } from './panel-time.js';

const iso = (instant: number | undefined): string | undefined =>
  instant === undefined ? undefined : new Date(instant).toISOString();

describe("the panel's local time", () => {
  it('is read and written in its zone', () => {
    const tehran = new PanelTime('Asia/Tehran');
    expect(iso(tehran.instant('2026-10-15 00:00:00'))).toBe('2026-10-14T20:30:00.000Z');
    expect(tehran.text(Date.parse('2026-10-14T20:30:00.500Z'))).toBe('2026-10-15 00:00:00');
    const utc = new PanelTime('UTC');
    expect(iso(utc.instant('2026-10-15 23:59:59'))).toBe('2026-10-15T23:59:59.000Z');
    expect(utc.text(0)).toBe('1970-01-01 00:00:00');
  });

  it('takes the first of a time that comes twice, and counts on from before a gap', () => {
    const berlin = new PanelTime('Europe/Berlin');
    expect(iso(berlin.instant('2026-10-25 02:30:00'))).toBe('2026-10-25T00:30:00.000Z');
    expect(iso(berlin.instant('2026-10-25 03:00:00'))).toBe('2026-10-25T02:00:00.000Z');
    expect(iso(berlin.instant('2026-03-29 02:30:00'))).toBe('2026-03-29T01:30:00.000Z');
    const saoPaulo = new PanelTime('America/Sao_Paulo');
    expect(iso(saoPaulo.instant('2018-11-04 00:00:00'))).toBe('2018-11-04T03:00:00.000Z');
  });

  it('returns what it wrote, at every hour of a year with both changes', () => {
    const newYork = new PanelTime('America/New_York');
    const start = Date.UTC(2026, 0, 1);
    const wrong: string[] = [];
    for (let hour = 0; hour < 365 * 24; hour += 1) {
      const instant = start + hour * 3_600_000;
      const again = newYork.instant(newYork.text(instant));
      // Only the second of the doubled hour cannot be told from the first.
      if (again !== instant) wrong.push(newYork.text(instant));
    }
    expect(wrong).toEqual(['2026-11-01 01:00:00']);
  });

  it('gives the same when asked again, also after much else', () => {
    const berlin = new PanelTime('Europe/Berlin');
    const first = berlin.instant('2026-07-01 12:00:00');
    for (let i = 0; i < 5_000; i += 1) berlin.instant(berlin.text(i * 86_400_000));
    expect(berlin.instant('2026-07-01 12:00:00')).toBe(first);
    expect(iso(first)).toBe('2026-07-01T10:00:00.000Z');
  });

  it.each(['2026-02-30 00:00:00', '2026-13-01 00:00:00', '2026-10-15', '2026-10-15T00:00:00', '', '15/10/2026 00:00'])(
    'takes %p for no time',
    (text) => {
      expect(new PanelTime('UTC').instant(text)).toBeUndefined();
    },
  );

  it('refuses an unknown zone', () => {
    expect(() => new PanelTime('Mars/Olympus')).toThrow(RangeError);
  });
});
