import type { AgentDisabledRecord, AgentRecord, AgentReservationRecord, AgentUserRecord } from '../agent-records.js';
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
    account: { consumedBytes: 5 },
    figures: null,
    verdict: null,
    heldSince: null,
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
    missingSince: null,
    gone: false,
    ...change,
  };
}

export function agentDisabled(id: string, change: Partial<AgentDisabledRecord> = {}): AgentDisabledRecord {
  return {
    panel: 'vpn',
    id,
    uuid: 'u-1',
    name: 'anna',
    owner: 'a',
    agent: 'a',
    reason: 'limit',
    usedBytes: 5,
    limitBytes: 4,
    run: 'run-1',
    at: minute(0),
    state: 'disabled',
    fingerprint: 'f',
    reenabled: 0,
    settledAt: null,
    outcome: null,
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
    settledAt: null,
    closedAt: null,
    outcome: null,
    ...change,
  };
}
