import { describe, expect, it } from '@jest/globals';
import type { AgentUserRecord, AgentReservationRecord } from '@sluice/quota-core';
import { stepReservations } from './reservations.js';
import { reservedBy } from './reserved.js';
import { OWN_ACCOUNT } from './hierarchy.js';

const at = (second: number): string => new Date(Date.UTC(2026, 2, 1, 12, 0, second)).toISOString();
const wanted = { uuid: 'u', name: 'anna', limitBytes: 10, packageDays: 30, mode: 'no_reset' as const };

function reservation(state: 'open' | 'settled', confirmedAt: string | null): AgentReservationRecord {
  return {
    panel: 'vpn',
    uuid: 'u',
    agent: 'north',
    chain: ['north'],
    bytes: 10,
    leftBytes: 10,
    state,
    wanted,
    createdAt: at(0),
    expiresAt: at(600),
    holder: null,
    confirmedAt,
    seenAt: null,
    closedAt: null,
    outcome: null,
  };
}

function entry(owner: string, limitBytes: number): AgentUserRecord {
  return {
    panel: 'vpn',
    key: 'u',
    uuid: 'u',
    panelId: 1,
    owner,
    lastBytes: 0,
    limitBytes,
    totalBytes: 0,
    firstSeenAt: at(1),
    resetDate: null,
    missingSince: null,
    gone: false,
  };
}

function after(from: AgentReservationRecord, seen: AgentUserRecord | null, listAt: string): AgentReservationRecord {
  const [changed] = stepReservations({
    reservations: [from],
    entries: new Map(seen === null ? [] : [['u', seen]]),
    findPeriodStart: () => null,
    listAt,
    at: at(9),
  });
  return changed ?? from;
}

const accountings = ['allocated', 'consumed', 'panel'] as const;

describe('a promise whose user is being made while a list is read', () => {
  it.each(accountings)('stands when the list shows the row half-made, of another owner (%s)', (accounting) => {
    const next = after(reservation('settled', at(5)), entry(OWN_ACCOUNT, 1000), at(3));
    expect(reservedBy(next, accounting, null)).toBe(10);
  });

  it.each(accountings)('stands when the list was asked for before and lacks it (%s)', (accounting) => {
    expect(reservedBy(after(reservation('settled', at(5)), null, at(3)), accounting, null)).toBe(10);
    expect(reservedBy(after(reservation('open', null), null, at(3)), accounting, null)).toBe(10);
  });

  it('counts once in allocated, whether its maker has settled it or not', () => {
    for (const from of [reservation('settled', at(5)), reservation('open', null)]) {
      expect(reservedBy(after(from, entry('north', 10), at(3)), 'allocated', null)).toBe(0);
    }
  });

  it('counts again when a row that was seen is not there any more', () => {
    const seen = after(reservation('open', null), entry('north', 10), at(3));
    expect(reservedBy(after(seen, null, at(4)), 'allocated', null)).toBe(10);
  });

  it('ends with a later list that lacks the user or has moved it', () => {
    const from = reservation('settled', at(5));
    expect(after(from, null, at(6))).toMatchObject({ state: 'closed', outcome: 'user-gone' });
    expect(after(from, entry('south', 10), at(6))).toMatchObject({ state: 'closed', outcome: 'moved' });
  });
});
