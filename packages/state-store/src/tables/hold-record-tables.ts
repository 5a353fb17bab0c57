import type { Mode } from '@sluice/quota-core';
import type { ActionRecord, ActionState, DecisionRecord, EvidenceRecord, HoldRecord } from '../records.js';
import { flag, int, intOrNull, json, text, textList, textOrNull, word, wordOrNull } from './columns.js';
import { recordTable } from './record-table.js';

export const holds = recordTable<HoldRecord>()(
  'holds',
  {
    id: text('id'),
    service: text('service'),
    reason: text('reason'),
    restriction: textOrNull('restriction'),
    since: text('since'),
    until: textOrNull('until'),
    note: textOrNull('note'),
    cycle: textOrNull('cycle'),
    usedBytes: intOrNull('used_bytes'),
    allowedBytes: intOrNull('allowed_bytes'),
    origin: word<HoldRecord['origin']>()('origin'),
  },
  'id',
);

export const evidence = recordTable<EvidenceRecord>()(
  'evidence',
  {
    id: text('id'),
    hold: text('hold'),
    service: text('service'),
    panel: text('panel'),
    kind: text('kind'),
    target: text('target'),
    prior: json('prior'),
    action: textOrNull('action'),
    adopted: flag('adopted'),
    since: text('since'),
    until: textOrNull('until'),
    outcome: textOrNull('outcome'),
  },
  'id',
);

export const actions = recordTable<ActionRecord>()(
  'actions',
  {
    id: text('id'),
    run: text('run'),
    panel: text('panel'),
    service: textOrNull('service'),
    type: text('type'),
    target: text('target'),
    state: word<ActionState>()('state'),
    key: text('key'),
    hold: textOrNull('hold'),
    prior: json('prior'),
    payload: json('payload'),
    observed: json('observed'),
    errorCode: textOrNull('error_code'),
    errorMessage: textOrNull('error_message'),
    plannedAt: text('planned_at'),
    calledAt: textOrNull('called_at'),
    givenUpAt: textOrNull('given_up_at'),
    endedAt: textOrNull('settled_at'),
    attempts: int('attempts'),
  },
  'id',
);

const decisionColumns = {
  service: text('service'),
  run: text('run'),
  at: text('at'),
  cycle: textOrNull('cycle'),
  status: text('status'),
  rule: text('rule'),
  mode: wordOrNull<Mode>()('mode'),
  action: textOrNull('action'),
  inBytes: intOrNull('in_bytes'),
  outBytes: intOrNull('out_bytes'),
  totalBytes: intOrNull('total_bytes'),
  readAt: textOrNull('read_at'),
  allowance: json('allowance'),
  wouldHold: textList('would_hold'),
  observing: flag('observing'),
  errorCode: textOrNull('error_code'),
  errorMessage: textOrNull('error_message'),
  inputs: json('inputs'),
};

export const decisions = recordTable<DecisionRecord>()('decisions', decisionColumns, 'service');
export const decisionHistory = recordTable<DecisionRecord>()('decision_history', decisionColumns, 'service');
