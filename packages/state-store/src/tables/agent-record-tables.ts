import type {
  AccountingMode,
  AgentAccount,
  AgentFigures,
  AgentPeriodRecord,
  AgentRecord,
  AgentReservationRecord,
  AgentSnapshotRecord,
  AgentUserRecord,
  AgentVerdict,
} from '@sluice/quota-core';
import {
  flag,
  flagOrNull,
  int,
  intOrNull,
  json,
  jsonColumn,
  numberList,
  text,
  textList,
  textOrNull,
  word,
} from './columns.js';
import { recordTable } from './record-table.js';

/** Tables and columns of agents. */

export const agents = recordTable<AgentRecord>()(
  'agents',
  {
    panel: text('panel'),
    uuid: text('uuid'),
    name: text('name'),
    role: text('role'),
    parent: textOrNull('parent'),
    limitBytes: intOrNull('limit_bytes'),
    limitSince: textOrNull('limit_since'),
    account: jsonColumn<AgentAccount>()('account'),
    figures: jsonColumn<AgentFigures>()('figures'),
    verdict: jsonColumn<AgentVerdict>()('verdict'),
    thresholds: numberList('thresholds'),
    missingSince: textOrNull('missing_since'),
    gone: flag('gone'),
  },
  'uuid',
);

export const agentUsers = recordTable<AgentUserRecord>()(
  'agent_users',
  {
    panel: text('panel'),
    key: text('key'),
    uuid: textOrNull('uuid'),
    panelId: int('panel_id'),
    owner: textOrNull('owner'),
    lastBytes: int('last_bytes'),
    limitBytes: int('limit_bytes'),
    totalBytes: int('total_bytes'),
    firstSeenAt: text('first_seen_at'),
    resetDate: textOrNull('reset_date'),
    missingSince: textOrNull('missing_since'),
    gone: flag('gone'),
  },
  'key',
);

export const agentPeriods = recordTable<AgentPeriodRecord>()(
  'agent_periods',
  {
    panel: text('panel'),
    agent: text('agent'),
    startedAt: text('started_at'),
    endedAt: text('ended_at'),
    accounting: word<AccountingMode>()('accounting'),
    limitBytes: intOrNull('limit_bytes'),
    usedBytes: intOrNull('used_bytes'),
    exceeded: flagOrNull('exceeded'),
    exceededAt: textOrNull('exceeded_at'),
    readAt: textOrNull('read_at'),
  },
  'agent',
);

export const agentReservations = recordTable<AgentReservationRecord>()(
  'agent_reservations',
  {
    panel: text('panel'),
    uuid: text('uuid'),
    agent: text('agent'),
    chain: textList('chain'),
    bytes: int('bytes'),
    leftBytes: int('left_bytes'),
    state: word<AgentReservationRecord['state']>()('state'),
    wanted: json('wanted'),
    createdAt: text('created_at'),
    expiresAt: text('expires_at'),
    holder: textOrNull('holder'),
    seenAt: textOrNull('seen_at'),
    confirmedAt: textOrNull('settled_at'),
    closedAt: textOrNull('closed_at'),
    outcome: textOrNull('outcome'),
  },
  'uuid',
);

export const agentSnapshots = recordTable<AgentSnapshotRecord>()(
  'agent_snapshots',
  {
    panel: text('panel'),
    at: text('at'),
    until: text('until'),
    users: int('users'),
    admins: int('admins'),
    ownerName: text('owner_name'),
  },
  'panel',
);
