import { describe, expect, it } from '@jest/globals';
import { shortTime } from '@sluice/messages/time';
import { Times } from './times.js';

const zones = { timeZone: 'Europe/Berlin', panels: { tokyo: { timeZone: 'Asia/Tokyo' }, plain: {} } };
const clock = { now: () => Date.parse('2026-11-20T12:00:00Z') };
const times = new Times(clock, zones, false);
const utc = new Times(clock, zones, true);
const START = '2026-11-14T23:00:00.000Z';

describe('Times', () => {
  it('writes local times of the panel, else of the config', () => {
    expect(times.at(START)).toBe('15 Nov 2026 00:00');
    expect(times.at(START, 'plain')).toBe('15 Nov 2026 00:00');
    expect(times.at(START, 'constructor')).toBe('15 Nov 2026 00:00');
    expect(times.at(START, 'tokyo')).toBe('15 Nov 2026 08:00 +09:00');
    expect(times.at(null)).toBeNull();
    expect(times.at('never')).toBe('never');
  });

  it('knows whether a day has begun, or is over, in the zone of the panel', () => {
    const late = new Times({ now: () => Date.parse('2026-11-20T16:00:00Z') }, zones, false);
    expect(['2026-11-20', '2026-11-21', '2026-11-22'].map((day) => late.hasBegun(day, 'tokyo'))).toEqual([
      true,
      true,
      false,
    ]);
    expect([late.hasBegun('2026-11-21'), late.isPast('2026-11-20', 'tokyo'), late.isPast('2026-11-20')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('writes the age of recent times', () => {
    expect(times.ago('2026-11-20T11:59:30.000Z')).toBe('just now');
    expect(times.ago('2026-11-20T11:57:00.000Z')).toBe('3 min ago');
    expect(times.ago('2026-11-19T12:30:00.000Z')).toBe('23 h ago');
    expect(times.ago('2026-11-19T11:30:00.000Z')).toBe('19 Nov 2026 12:30');
    expect(times.ago('2026-11-20T12:01:00.000Z')).toBe('20 Nov 2026 13:01');
  });

  it('writes spans, and instants within a sentence', () => {
    const cycle = { start: START, end: '2026-12-14T23:00:00.000Z' };
    expect(times.span(cycle)).toBe('15 Nov 2026 to 15 Dec 2026');
    expect(times.span(cycle, 'tokyo')).toBe('15 Nov 2026 08:00 to 15 Dec 2026 08:00 (Asia/Tokyo)');
    expect(times.text(`Held since ${START}.`, 'tokyo')).toBe('Held since 15 Nov 2026 08:00 +09:00.');
  });

  it('writes whole months of a zone as such, and names a zone that is not that of the config', () => {
    const october = { from: '2026-10-01T03:00:00.000Z', to: '2026-11-01T03:00:00.000Z', timeZone: 'America/Sao_Paulo' };
    expect(times.period(october)).toBe('October 2026 (America/Sao_Paulo)');
    const summer = { from: '2026-09-30T22:00:00.000Z', to: '2026-10-31T23:00:00.000Z', timeZone: 'Europe/Berlin' };
    expect(times.period(summer)).toBe('October 2026');
    expect(utc.period(october)).toBe('2026-10-01T03:00:00Z to 2026-11-01T03:00:00Z');
    expect(times.bound(october.to, 'tokyo')).toBe('1 Nov 2026 12:00 (Asia/Tokyo)');
    expect(times.bound('2026-10-31T23:00:00.000Z')).toBe('1 Nov 2026');
  });

  it('leaves what is quoted or part of a path', () => {
    for (const text of [`"${START}" is not a date`, `/var/${START}.db`, `${START}.db`, `--at=${START}`])
      expect(times.text(text)).toBe(text);
    expect(times.text(`At ${START}, (${START}).`)).toBe('At 15 Nov 2026 00:00, (15 Nov 2026 00:00).');
  });

  it('says that times are in UTC where no zone is known yet', () => {
    const early = new Times(clock, null, false);
    expect(early.text(`Held since ${START}.`, 'tokyo')).toBe('Held since 14 Nov 2026 23:00 UTC.');
    expect(new Times(clock, null, true).at(START)).toBe('2026-11-14T23:00:00Z');
  });

  it('writes ISO 8601 with --utc', () => {
    expect(utc.at(START, 'tokyo')).toBe('2026-11-14T23:00:00Z');
    expect(utc.ago('2026-11-20T11:57:00.123Z')).toBe('2026-11-20T11:57:00.123Z');
  });

  it('names months with three letters', () => {
    expect(shortTime(Date.parse('2026-09-05T22:05:00Z'), 'UTC')).toBe('5 Sep 2026 22:05');
  });

  it('adds the difference from UTC where the rows of a list have several time zones', () => {
    const zones = { timeZone: 'Europe/Berlin', panels: { vpn: { timeZone: 'Asia/Tehran' }, dcim: {} } };
    const all = new Times(clock, zones, false);
    expect(all.among(['dcim', null, 'dcim']).at(START, 'dcim')).toBe('15 Nov 2026 00:00');
    expect(all.among(['dcim', 'vpn']).at(START, 'dcim')).toBe('15 Nov 2026 00:00 +01:00');
    expect(all.among(['dcim', 'vpn']).at(START, 'vpn')).toBe('15 Nov 2026 02:30 +03:30');
    const inUtc = new Times(clock, zones, true);
    expect(inUtc.among(['dcim', 'vpn']).at(START, 'vpn')).toBe('2026-11-14T23:00:00Z');
  });
});
