import { describe, expect, it } from '@jest/globals';
import type { ProductSettings } from '@sluice/panel-kind';
import type { ActionRecord, ServiceRecord } from '@sluice/quota-core';
import type { HiddifyUser } from '../client/records.js';
import { toUsageAnswer } from './usage.js';

const GB = 1024 ** 3;
const uuid = '0b0f9bd5-3b53-4a58-9d4f-0d8a5b3a3a01';
const user = { uuid, usedBytes: 31 * GB, lastOnline: null, mode: 'no_reset', lastResetDate: null } as HiddifyUser;

const zeroing = {
  type: 'update-user',
  target: uuid,
  state: 'applied',
  plannedAt: '2026-12-15T01:00:00.000Z',
  calledAt: '2026-12-15T01:00:01.000Z',
  payload: { payload: { change: { usedBytes: 0 }, zero: { cycle: 'cyc-1', counted: 0, tries: 1 } } },
  prior: { usedBytes: 30 * GB },
  observed: { usedBytes: 0, usedBefore: 30 * GB },
} as unknown as ActionRecord;

const toAnswer = (at: string, recent: ActionRecord[]): ReturnType<typeof toUsageAnswer> =>
  toUsageAnswer(
    {
      service: { id: 'svc-1' } as ServiceRecord,
      product: {} as ProductSettings,
      window: { start: '2026-12-15T00:00:00.000Z', end: at },
      checkpoint: null,
      counted: null,
      recent,
      unresolved: [],
      removed: 0,
    },
    { at, user, rows: 1 },
    'UTC',
  );

describe('a usage that was zeroed by a run that was killed before it could note that', () => {
  it('is known from the journal when the panel writes it back', () => {
    const { reading, counter, warnings } = toAnswer('2026-12-15T01:15:00.000Z', [zeroing]);
    expect(reading).toMatchObject({ known: true, totalBytes: 31 * GB });
    expect([counter?.stoodAt, warnings.map(({ code }) => code)]).toEqual([30 * GB, ['zeroing_undone']]);
    expect(warnings[0]?.message).not.toContain('zeroed again');
  });

  it('is forgotten where the figure is too late to be the old one', () => {
    expect(toAnswer('2026-12-15T07:00:02.000Z', [zeroing]).counter?.stoodAt).toBeNull();
    expect(toAnswer('2026-12-15T01:15:00.000Z', []).counter?.stoodAt).toBeNull();
  });
});
