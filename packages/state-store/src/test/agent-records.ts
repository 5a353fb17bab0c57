import type { AgentPeriodRecord, AgentRecord, AgentReservationRecord, AgentUserRecord } from '@sluice/quota-core';
import { minute } from './records.js';

export function agent(uuid: string, change: Partial<AgentRecord> = {}): AgentRecord {
  return {
    panel: 'vpn',
    uuid,
    name: 'north',
    role: 'agent',
    parent: 'self',
    limitBytes: null,
    limitSince: null,
    account: {
      openedAt: minute(0),
      periodStart: minute(0),
      periodEnd: null,
      openingBytes: 0,
      consumedBytes: 5,
      previous: null,
    },
    figures: null,
    verdict: null,
    thresholds: [],
    missingSince: null,
    gone: false,
    ...change,
  };
}

export function agentUser(key: string, change: Partial<AgentUserRecord> = {}): AgentUserRecord {
  return {
    panel: 'vpn',
    key,
    uuid: key,
    panelId: 1,
    owner: 'a',
    lastBytes: 1,
    limitBytes: 2,
    totalBytes: 3,
    firstSeenAt: minute(0),
    resetDate: null,
    missingSince: null,
    gone: false,
    ...change,
  };
}

export function agentReservation(uuid: string, change: Partial<AgentReservationRecord> = {}): AgentReservationRecord {
  return {
    panel: 'vpn',
    uuid,
    agent: 'a',
    chain: ['a', 'b'],
    bytes: 10,
    leftBytes: 10,
    state: 'open',
    wanted: null,
    createdAt: minute(0),
    expiresAt: minute(10),
    holder: null,
    seenAt: null,
    confirmedAt: null,
    closedAt: null,
    outcome: null,
    ...change,
  };
}

export function agentPeriod(startedAt: string, change: Partial<AgentPeriodRecord> = {}): AgentPeriodRecord {
  return {
    panel: 'vpn',
    agent: 'a',
    startedAt,
    endedAt: minute(60),
    accounting: 'consumed',
    limitBytes: 10,
    usedBytes: 12,
    exceeded: true,
    exceededAt: minute(30),
    readAt: minute(50),
    ...change,
  };
}
