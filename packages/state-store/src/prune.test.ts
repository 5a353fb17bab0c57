import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { SampleRecord } from './records.js';
import type { ApiTokenRecord } from './token-records.js';
import { apiCall, notice, run, sample } from './test/records.js';
import { toRounds, useStore } from './test/use-store.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-06-15T10:20:00.000Z');

function ago(ms: number): string {
  return new Date(NOW - ms).toISOString();
}

describe('prune', () => {
  const at = useStore();
  const prune = (samplesDays = 10, apiLogDays = 30): ReturnType<typeof at.store.maintenance.prune> =>
    at.store.maintenance.prune({ now: new Date(NOW).toISOString(), apiLogDays, samplesDays });

  it('deletes blocks of API calls once all of a block are past their days', async () => {
    const kept = [apiCall(ago(0)), apiCall(ago(30 * DAY))];
    const old = [apiCall(ago(30 * DAY + 1)), apiCall(ago(31 * DAY)), apiCall(ago(90 * DAY)), apiCall(ago(90 * DAY))];
    await at.store.apiCalls.add(old);
    await at.store.apiCalls.add(kept);
    expect(await prune()).toEqual({ apiCalls: 4, samples: 0 });
    expect(await at.store.apiCalls.list()).toEqual(kept);
    expect(await prune()).toEqual({ apiCalls: 0, samples: 0 });
  });

  it('keeps the last sample of each hour, then of each day', async () => {
    const hourAgo = (n: number, minutes: number): string =>
      `2026-06-0${n}T05:${String(minutes).padStart(2, '0')}:00.000Z`;
    await at.store.samples.add([
      sample('svc-1', hourAgo(1, 10)),
      sample('svc-1', hourAgo(1, 50)),
      sample('svc-2', hourAgo(1, 20)),
      sample('svc-1', '2026-06-01T06:00:00.000Z'),
      sample('svc-1', ago(HOUR)),
      sample('svc-1', '2026-02-28T01:30:00.000Z', { resolution: 'day' }),
      sample('svc-1', '2026-03-01T01:30:00.000Z', { resolution: 'hour' }),
      sample('svc-1', '2026-03-01T23:30:00.000Z', { resolution: 'hour' }),
      sample('svc-1', '2026-03-02T01:30:00.000Z'),
    ]);
    expect(await prune()).toEqual({ apiCalls: 0, samples: 2 });
    expect((await at.store.samples.list({ service: 'svc-1' })).map((each) => [each.at, each.resolution])).toEqual([
      ['2026-02-28T01:30:00.000Z', 'day'],
      ['2026-03-01T23:30:00.000Z', 'day'],
      ['2026-03-02T01:30:00.000Z', 'day'],
      [hourAgo(1, 50), 'hour'],
      ['2026-06-01T06:00:00.000Z', 'hour'],
      [ago(HOUR), 'raw'],
    ]);
    // The first of a cycle stays as it is.
    expect(await at.store.samples.list({ service: 'svc-2' })).toEqual([sample('svc-2', hourAgo(1, 20))]);
    expect(await prune()).toEqual({ apiCalls: 0, samples: 0 });
  });

  it('deletes polls that had nothing to read a day after them, unless they notified somebody', async () => {
    const empty = { services: 0, read: 0 };
    const old = { startedAt: ago(DAY + 1), finishedAt: ago(DAY), outcome: 'done', totals: empty } as const;
    const { runs } = at.store;
    await runs.start(run('r-empty', old));
    await runs.start(run('r-new', { ...old, startedAt: ago(DAY - 1) }));
    await runs.start(run('r-read', { ...old, totals: { services: 3, read: 3 } }));
    await runs.start(run('r-failed', { ...old, error: 'panel: down' }));
    await runs.start(run('r-panel', { ...old, scope: 'panel dcim' }));
    await runs.start(run('r-notified', old));
    await at.store.notices.add([notice('n-1', { run: 'r-notified' })]);
    await prune();
    const left = (await runs.list({ limit: 10 })).map(({ id }) => id);
    expect(left.sort()).toEqual(['r-failed', 'r-new', 'r-notified', 'r-panel', 'r-read']);
  });

  it('deletes share links 30 days after their end, except those whose preference is not ended yet', async () => {
    const rights = { buy: false, maxAmount: null, manage: false, changePassword: false };
    const token = (id: string, change: Partial<ApiTokenRecord> = {}): ApiTokenRecord => ({
      ...{ id, name: id, hash: `hash-${id}`, kind: 'share', scopes: [], client: '7', rights },
      ...{ createdAt: ago(90 * DAY), createdBy: 'alice', expiresAt: ago(31 * DAY), revokedAt: null },
      ...{ lastUsedAt: null, scopesBefore: null, ...change },
    });
    const kept = [
      token('tok-recent', { expiresAt: ago(29 * DAY) }),
      token('tok-valid', { expiresAt: ago(-DAY) }),
      token('tok-of-api', { kind: 'api', rights: null }),
      token('tok-of-preference'),
    ];
    const gone = [token('tok-expired'), token('tok-revoked', { expiresAt: ago(-DAY), revokedAt: ago(31 * DAY) })];
    for (const record of [...gone, ...kept]) await at.store.apiTokens.add(record);
    await at.store.autoBuy.put({
      ...{ scope: 'link', subject: 'svc-1', enabled: true, package: null, thresholdBytes: null },
      ...{ thresholdPercent: null, maxPerCycle: null, updatedAt: ago(90 * DAY), link: 'tok-of-preference' },
    });
    await prune();
    expect(await at.store.apiTokens.list()).toEqual(kept);
  });

  it('leaves an hour alone until all of it is old', async () => {
    // Ten days ago it was 10:20: the hour from 10:00 on is not over by then.
    await at.store.samples.add([
      sample('svc-1', ago(10 * DAY + 15 * 60_000)),
      sample('svc-1', ago(10 * DAY + 10 * 60_000)),
    ]);
    expect(await prune()).toEqual({ apiCalls: 0, samples: 0 });
    expect((await at.store.samples.list({ service: 'svc-1' })).map((each) => each.resolution)).toEqual(['raw', 'raw']);
  });

  it('does the same as the rule applied by hand', async () => {
    const instant = fc.integer({ min: 0, max: 60 * 24 * 4 }).map((tenMinutes) => NOW - tenMinutes * 10 * 60_000);
    const samples = fc.uniqueArray(fc.tuple(fc.constantFrom('svc-1', 'svc-2'), instant), {
      maxLength: 60,
      selector: (each) => each.join(),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(samples, fc.integer({ min: 0, max: 12 }), async (taken, samplesDays) => {
        round += 1;
        const named = taken.map(([name, time]) => sample(`${name}-${round}`, new Date(time).toISOString()));
        await at.store.samples.add(named);
        await prune(samplesDays);
        for (const name of [`svc-1-${round}`, `svc-2-${round}`]) {
          const own = named.filter((each) => each.service === name);
          expect(await at.store.samples.list({ service: name })).toEqual(byHand(own, samplesDays));
        }
      }),
      { numRuns: toRounds(30) },
    );
  });
});

/** What is left of the samples of one service, told naively. */
function byHand(samples: SampleRecord[], samplesDays: number): SampleRecord[] {
  const hours = Math.floor((NOW - samplesDays * DAY) / HOUR) * HOUR;
  const days = Math.floor((NOW - 4 * samplesDays * DAY) / DAY) * DAY;
  const last = new Map<string, SampleRecord>();
  const [first, ...others] = [...samples].sort((a, b) => a.at.localeCompare(b.at));
  if (first === undefined) return [];
  for (const each of others) {
    const time = Date.parse(each.at);
    if (time < days && time < hours) last.set(`day ${each.at.slice(0, 10)}`, { ...each, resolution: 'day' });
    else if (time < hours) last.set(`hour ${each.at.slice(0, 13)}`, { ...each, resolution: 'hour' });
    else last.set(each.at, each);
  }
  return [first, ...last.values()];
}
