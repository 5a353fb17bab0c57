import { describe, expect, it } from '@jest/globals';
import type { TargetState } from '@sluice/panel-kind';
import { parseHistory } from '../account/history/history.js';
import type { FlvxForward, FlvxUser } from '../client/records.js';
import { toCheckpoint, isUnchanged, type FlvxCheckpoint } from './checkpoint.js';
import type { ServiceObservation } from './observation.js';

const GB = 1024 ** 3;

/** A checkpoint as the version before this one stored it. */
const stored = {
  at: '2026-11-20T10:00:00.000Z',
  listed: 7,
  account: {
    url: 'https://relay.example.com',
    username: 'sl-x',
    expiresAt: '2026-12-15T00:00:00.000Z',
    tunnels: [{ id: 1, name: 'HK-01', nodes: ['hk-entry'] }],
    forwards: [{ id: 4, name: 'web', status: 1, pausedByUs: false }],
  },
  memo: {
    userId: 2,
    userStatus: 1,
    createdAt: 1_700_000_000_000,
    usedBytes: 5 * GB,
    permissions: { 1: 1 },
    forwards: { 4: { status: 1, bytes: 5 * GB } },
    stopped: [],
    restarted: [],
    parked: {},
    redirects: {},
    away: {},
    expired: { user: false, tunnels: [] },
    tunnels: [1],
    dropped: [],
    speeds: { 1: 9 },
    unpushed: [],
    cuts: [],
    again: [],
    scales: { 1: { factor: 2, nodes: 1 } },
    ownQuota: true,
    uncountedBytes: 0,
    firstCycle: 'c1',
    resetCycle: 'c1',
    values: [],
  },
};

const user = {
  id: 2,
  name: 'sl-x',
  createdAt: 1_700_000_000_000,
  status: 1,
  quota: 100,
  maxForwards: 10,
  expiresAt: Date.parse('2026-12-15T00:00:00Z'),
  inBytes: 4 * GB,
  outBytes: 2 * GB,
} as FlvxUser;
const forward = {
  ...{ id: 4, userId: 2, tunnelId: 1, name: 'web', status: 1, inBytes: 4 * GB, outBytes: 2 * GB },
  ...{ listens: '203.0.113.1:7001', remoteAddr: '198.51.100.1:443,198.51.100.2:443' },
} as FlvxForward;
const state = {
  account: {
    at: Date.parse('2026-11-20T11:00:00Z'),
    scope: { userId: 2 },
    user,
    duplicates: [],
    strangers: [],
    permissions: [{ ...user, id: 3, userId: 2, tunnelId: 1, speedId: 9 }],
    forwards: [forward],
    tunnels: [],
    speedLimits: [],
    speedUse: {},
    password: null,
  },
  adoptable: null,
  groups: null,
  nodes: null,
  tunnelNodes: null,
  changes: null,
  paused: new Set(),
  oldLimitNames: [],
  partial: true,
  listed: { rows: 8, at: '2026-11-20T11:00:00.000Z' },
  sharers: [],
} as unknown as ServiceObservation;

/** A poll of a service with 100 GB and no hold. */
function polled(seen: unknown): TargetState {
  return {
    service: { id: 'svc-1', refs: { flvx_user_id: '2' }, ownRefs: [], nextDueDate: '2026-12-15', product: 'relay' },
    product: {},
    holds: [],
    evidence: [],
    mode: 'TOTAL',
    allowance: { unlimited: false, allowedBytes: 100 * GB },
    sharers: [],
    scope: 'poll',
    command: null,
    cycle: { id: 'c1', isNew: false },
    counted: { counterBytes: 6 * GB, usedBytes: 6 * GB },
    timeZone: 'UTC',
    checkpoint: seen,
    recent: [],
  } as unknown as TargetState;
}

const left = { at: '2026-11-20T11:00:00.000Z', state };
const keep = (seen: unknown, target = polled(seen)): FlvxCheckpoint | null =>
  toCheckpoint({
    url: 'https://relay.example.com',
    defaults: { tunnelId: 1 },
    target,
    planned: state,
    paused: new Set(),
    left,
  });

describe('a checkpoint of an earlier version', () => {
  it('is read as the history of the account', () => {
    expect(parseHistory(stored)).toBe(stored.memo);
    expect(isUnchanged(polled(stored), state)).toBe(true);
  });

  it('gets the keys that its version did not know', () => {
    const { away: _away, again: _again, scales: _scales, cuts: _cuts, unpushed: _unpushed, ...memo } = stored.memo;
    expect(parseHistory({ ...stored, memo })).toEqual({
      ...memo,
      away: {},
      again: [],
      scales: {},
      cuts: [],
      unpushed: [],
    });
  });

  it('keeps all that it says when the account is unchanged', () => {
    const { memo, ...rest } = stored;
    const kept = keep(stored);
    expect(kept).toEqual({
      ...rest,
      account: {
        ...rest.account,
        maxForwards: 10,
        forwards: [
          {
            ...{ id: 4, name: 'web', status: 1, pausedByUs: false },
            ...{ listens: ['203.0.113.1:7001'], targets: ['198.51.100.1:443', '198.51.100.2:443'] },
          },
        ],
      },
      at: left.at,
      reading: { from: state.account.forwardsAt, until: state.account.at, clockAhead: state.account.clockAhead },
      listed: 8,
      quota: 100,
      history: { ...memo, usedBytes: 6 * GB, forwards: { 4: { status: 1, bytes: 6 * GB, tunnelId: 1 } } },
    });
    expect(keep(kept)?.account).toBe(kept?.account);
  });

  it('does not say on which tunnels forwards were: none counts as moved until they are known', () => {
    const onTunnel = (tunnelId: number): ServiceObservation => ({
      ...state,
      account: { ...state.account, forwards: [{ ...forward, tunnelId }] },
    });
    const observe = (seen: unknown, tunnelId: number): FlvxCheckpoint | null => {
      const [target, now] = [polled(seen), onTunnel(tunnelId)];
      const known = { url: 'https://relay.example.com', defaults: { tunnelId: 1 } };
      return toCheckpoint({ ...known, target, planned: now, paused: new Set(), left: { at: left.at, state: now } });
    };
    const first = observe(stored, 2);
    expect(first?.history).toMatchObject({ forwards: { 4: { tunnelId: 2 } } });
    expect(first?.history?.moved).toBeUndefined();
    const next = observe(first, 3);
    expect(next?.history?.moved).toEqual({ 4: [2] });
    expect(observe(next, 3)?.history?.moved).toEqual({ 4: [2] });
  });

  it('keeps all that it says when something has changed', () => {
    const memo = { ...stored.memo, parked: { 4: 'surplus' }, forwards: { 4: { status: 0, bytes: 5 * GB } } };
    const before = { ...stored, memo };
    expect(isUnchanged(polled(before), state)).toBe(false);
    expect(keep(before)).toMatchObject({
      account: { username: 'sl-x' },
      history: { firstCycle: 'c1', tunnels: [1], speeds: { 1: 9 }, scales: { 1: { factor: 2, nodes: 1 } }, parked: {} },
    });
  });
});

describe('a checkpoint', () => {
  it('is read back as it was stored, and says nothing that only its run knew', () => {
    const first = keep(stored);
    expect(parseHistory(JSON.parse(JSON.stringify(first)))).toEqual(first?.history);
    const changed = keep({ ...stored, memo: { ...stored.memo, parked: { 4: 'surplus' } } });
    expect(Object.keys(changed ?? {}).sort()).toEqual(['account', 'at', 'history', 'listed', 'quota', 'reading']);
    expect(Object.keys(changed?.history ?? {}).sort()).toEqual(Object.keys(stored.memo).sort());
  });

  it('says of a forward only until the next one that it was read right after its pause', () => {
    const paused = { ...state, account: { ...state.account, forwards: [{ ...forward, status: 0 }] } };
    const memo = { ...stored.memo, forwards: { 4: { status: 0, bytes: 6 * GB, tunnelId: 1, fresh: true } } };
    const target = polled({ ...stored, memo });
    expect(isUnchanged(target, paused)).toBe(true);
    const next = toCheckpoint({
      ...{ url: 'https://relay.example.com', defaults: { tunnelId: 1 }, target },
      ...{ planned: paused, paused: new Set<number>(), left: { at: left.at, state: paused } },
    });
    expect(next?.history?.forwards).toEqual({ 4: { status: 0, bytes: 6 * GB, tunnelId: 1 } });
  });

  it('is none for what is not one', () => {
    expect([null, undefined, {}, { memo: null }, { history: { stopped: [] } }].map(parseHistory)).toEqual(
      Array.from({ length: 5 }, () => null),
    );
  });
});
