import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { ApiCallRecord, PageCursor } from '../index.js';
import { apiCall, minute } from '../test/records.js';
import { apiCalls } from './run-record-tables.js';
import { ask, tamper, toBrokenBlock, toRounds, useStore } from '../test/use-store.js';

describe('API calls', () => {
  const at = useStore();

  it('lists by each filter, newest first', async () => {
    const failed = apiCall(minute(3), {
      panel: 'relay',
      run: null,
      service: null,
      status: null,
      ok: false,
      code: 'PANEL_TIMEOUT',
      message: 'no answer',
      changing: true,
      durationMs: 12.6,
    });
    await at.store.apiCalls.add([apiCall(minute(1)), apiCall(minute(1), { attempt: 2 }), failed]);
    const calls = await at.store.apiCalls.list();
    expect(calls).toEqual([{ ...failed, durationMs: 13 }, apiCall(minute(1), { attempt: 2 }), apiCall(minute(1))]);
    expect(await at.store.apiCalls.list({ panel: 'relay' })).toHaveLength(1);
    expect(await at.store.apiCalls.list({ service: 'svc-1', run: 'run-1' })).toHaveLength(2);
    expect(await at.store.apiCalls.list({ since: minute(2) })).toHaveLength(1);
    expect(await at.store.apiCalls.list({ until: minute(2), limit: 1 })).toEqual([apiCall(minute(1), { attempt: 2 })]);
  });

  it('pages in the order of calling', async () => {
    const calls = [5, 4, 3, 2, 1].map((n) => apiCall(minute(n), { service: n === 4 ? null : 'svc-1' }));
    await at.store.apiCalls.add(calls);
    const first = await at.store.apiCalls.page({ service: 'svc-1', since: minute(2), limit: 2 });
    expect(first.records.map((call) => call.at)).toEqual([minute(2), minute(3)]);
    const second = await at.store.apiCalls.page({ service: 'svc-1', limit: 2, after: first.next });
    expect([second.records.map((call) => call.at), second.next]).toEqual([[minute(5)], null]);
  });

  it('follows in the order of writing, what was called earlier too', async () => {
    await at.store.apiCalls.add([apiCall(minute(5)), apiCall(minute(6))]);
    const begun = await at.store.apiCalls.written({ after: null, limit: 1 });
    expect(begun.records.map((call) => call.at)).toEqual([minute(6)]);
    await at.store.apiCalls.add([1, 2, 3].map((n) => apiCall(minute(n), { service: `svc-${n}` })));
    const first = await at.store.apiCalls.written({ after: begun.last, limit: 2 });
    expect(first.records.map((call) => call.at)).toEqual([minute(1), minute(2)]);
    const second = await at.store.apiCalls.written({ after: first.last, limit: 2 });
    expect(second.records.map((call) => call.at)).toEqual([minute(3)]);
    const filtered = await at.store.apiCalls.written({
      service: 'svc-1',
      since: minute(1),
      after: begun.last,
      limit: 2,
    });
    expect([filtered.records.length, filtered.last]).toEqual([1, second.last]);
    expect(await at.store.apiCalls.written({ after: second.last, limit: 2 })).toEqual({
      records: [],
      last: second.last,
    });
  });

  it('goes on when everything that it had followed was deleted', async () => {
    await at.store.apiCalls.add([apiCall(minute(1)), apiCall(minute(2))]);
    const { last } = await at.store.apiCalls.written({ after: null, limit: 9 });
    await at.store.maintenance.prune({ now: minute(60 * 24 * 9), apiLogDays: 1, samplesDays: 90 });
    const emptied = await at.store.apiCalls.written({ after: last, limit: 9 });
    expect(emptied).toEqual({ records: [], last: 0 });
    await at.store.apiCalls.add([apiCall(minute(60 * 24 * 9))]);
    expect((await at.store.apiCalls.written({ after: emptied.last, limit: 9 })).records).toHaveLength(1);
  });

  const countBlocks = async (): Promise<unknown> => {
    const [row] = await ask(at.location, 'select count(*) as n from api_call_blocks');
    return row;
  };

  it('has calls outside of runs in one block of an hour, each with its number', async () => {
    const { apiCalls: table } = at.store;
    const calls = Array.from({ length: 120 }, (_, n) => apiCall(minute(n), { run: null, service: `svc-${n}` }));
    for (const [index, call] of calls.entries()) {
      await table.add([call]);
      const { records } = await table.written({ after: index, limit: 9 });
      expect(records).toEqual([call]);
    }
    expect(await countBlocks()).toEqual({ n: 2 });
    await table.add([apiCall(minute(121))]);
    await table.add([apiCall(minute(122), { run: null })]);
    expect(await countBlocks()).toEqual({ n: 4 });
    expect((await table.list({ until: minute(119) })).reverse()).toEqual(calls);
    expect((await table.list({ limit: 1 }))[0]?.at).toBe(minute(122));
  });

  it('lists the newest calls of many blocks', async () => {
    for (let n = 1; n <= 70; n++)
      await at.store.apiCalls.add([apiCall(minute(n), { panel: n === 2 ? 'vpn' : 'dcim' })]);
    const found = await at.store.apiCalls.list({ panel: 'dcim', limit: 50 });
    expect(found.map(({ at: time }) => time)).toEqual(Array.from({ length: 50 }, (_, n) => minute(70 - n)));
    expect(await at.store.apiCalls.list({ panel: 'vpn', limit: 1 })).toHaveLength(1);
    expect(await at.store.apiCalls.list({ panel: 'dcim' })).toHaveLength(69);
  });

  it('joins the blocks of a run to one, whose calls keep their numbers', async () => {
    const calls = [1, 2, 3, 4].map((n) => apiCall(minute(n), { service: `svc-${n}` }));
    for (const call of calls) await at.store.apiCalls.add([call]);
    const { last } = await at.store.apiCalls.written({ after: null, limit: 9 });
    expect(await countBlocks()).toEqual({ n: 4 });
    await at.store.apiCalls.join('run-of-another');
    expect(await countBlocks()).toEqual({ n: 4 });
    await at.store.apiCalls.join('run-1');
    expect(await countBlocks()).toEqual({ n: 1 });
    expect((await at.store.apiCalls.list()).reverse()).toEqual(calls);
    expect(await at.store.apiCalls.written({ after: last - 1, limit: 9 })).toEqual({ records: calls.slice(3), last });
  });

  let days = 0;
  /** Each round of a property has a day of its own: no block of a store has the number and the times of a deleted one. */
  const nextDay = (): ((n: number) => string) => {
    const day = days++;
    return (n) => minute(day * 1440 + n);
  };

  it('lists the newest calls of a panel beside a long block as those inside', async () => {
    const call = fc.record({
      at: fc.integer({ min: 1, max: 400 }),
      panel: fc.constantFrom('dcim', 'relay', 'vpn'),
      attempt: fc.integer({ min: 1, max: 1e6 }),
    });
    const blocks = fc.array(fc.array(call, { minLength: 1, maxLength: 500, size: 'max' }), { maxLength: 3 });
    const limits = fc.integer({ min: 1, max: 100 });
    await fc.assert(
      fc.asyncProperty(blocks, limits, fc.integer({ min: 1, max: 450 }), async (all, limit, last) => {
        await tamper(at.location, 'delete from api_call_blocks');
        const time = nextDay();
        const until = time(last);
        for (const block of all) await at.store.apiCalls.add(block.map(({ at: n, ...rest }) => apiCall(time(n), rest)));
        const found = await at.store.apiCalls.list({ panel: 'dcim', until, limit });
        await tamper(at.location, 'update api_call_blocks set newest = null');
        expect(found).toEqual(await at.store.apiCalls.list({ panel: 'dcim', until, limit }));
      }),
      { numRuns: toRounds(25) },
    );
  });

  it('reads what was joined as before', async () => {
    const call = fc.record({
      at: fc.integer({ min: 1, max: 400 }),
      ...{ panel: fc.constantFrom('dcim', 'relay'), service: fc.constantFrom(null, 'svc-1', 'svc-2') },
      ...{ status: fc.constantFrom(null, 200, 503), ok: fc.boolean(), changing: fc.boolean() },
      message: fc.constantFrom(null, 'no answer', '{"a":1}'),
    });
    const blocks = fc.array(fc.array(call, { minLength: 1, maxLength: 150, size: 'max' }), {
      minLength: 2,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(blocks, fc.integer({ min: 1, max: 400 }), async (all, n) => {
        await tamper(at.location, 'delete from api_call_blocks');
        const time = nextDay();
        for (const block of all) await at.store.apiCalls.add(block.map(({ at: m, ...rest }) => apiCall(time(m), rest)));
        const filters = [{}, { panel: 'relay', limit: 7 }, { service: 'svc-1', since: time(n) }, { until: time(n) }];
        const read = () => Promise.all(filters.map((filter) => at.store.apiCalls.list(filter)));
        const before = await read();
        await at.store.apiCalls.join('run-1');
        expect(await countBlocks()).toEqual({ n: 1 });
        expect(await read()).toEqual(before);
      }),
      { numRuns: toRounds(15) },
    );
  });

  it('unpacks no long block to list the newest calls of a panel', async () => {
    await at.store.apiCalls.add(Array.from({ length: 500 }, (_, n) => apiCall(minute(n), { attempt: n })));
    await tamper(at.location, `update api_call_blocks set data = ${toBrokenBlock()}`);
    const calls = await at.store.apiCalls.list({ panel: 'dcim', limit: 100 });
    expect(calls.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 100 }, (_, n) => 499 - n));
    await expect(at.store.apiCalls.list({ service: 'svc-1', limit: 100 })).rejects.toThrow('damaged');
  });

  it('unpacks a block once to learn that it has no calls of a panel', async () => {
    await at.store.apiCalls.add([apiCall(minute(1), { panel: 'vpn' })]);
    await at.store.apiCalls.add([apiCall(minute(2)), apiCall(minute(3), { panel: 'relay' })]);
    const read = (): Promise<ApiCallRecord[]> => at.store.apiCalls.list({ panel: 'vpn', limit: 1 });
    const before = await read();
    await tamper(at.location, `update api_call_blocks set data = ${toBrokenBlock()} where panel is null`);
    expect(await read()).toEqual(before);
  });

  it('reads blocks and the rows of older versions as one log', async () => {
    const minutes = fc.integer({ min: 1, max: 12 });
    const call = fc.record({
      at: minutes,
      service: fc.constantFrom('svc-1', 'svc-2', null),
      panel: fc.constantFrom('dcim', 'relay'),
      run: fc.constantFrom('run-1', 'run-2', null),
      attempt: fc.integer({ min: 1, max: 1e6 }),
    });
    const batches = fc.array(fc.array(call, { maxLength: 5 }), { maxLength: 5 });
    const filter = fc.record(
      {
        service: fc.constantFrom('svc-1', 'svc-2'),
        panel: fc.constantFrom('dcim', 'relay'),
        since: minutes,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        batches,
        batches,
        filter,
        fc.integer({ min: 1, max: 6 }),
        async (oldOnes, newOnes, filters, limit) => {
          const time = nextDay();
          const dated = (ones: typeof newOnes): ApiCallRecord[][] =>
            ones.map((batch) => batch.map(({ at: n, ...rest }) => apiCall(time(n), rest)));
          const [old, blocks] = [dated(oldOnes), dated(newOnes)];
          const { since: from, ...rest } = filters;
          const where = { ...rest, ...(from !== undefined && { since: time(from) }) };
          await tamper(at.location, 'delete from api_calls', 'delete from api_call_blocks');
          for (const one of old.flat()) await insertRow(at.location, one);
          for (const block of blocks) await at.store.apiCalls.add(block);
          if (blocks.length % 2 === 0) await at.store.apiCalls.join('run-1');
          const all = [...old, ...blocks].flat();
          const expected = (by: Partial<ApiCallRecord> & { since?: string }): ApiCallRecord[] =>
            all.filter(
              (one) =>
                (by.service === undefined || one.service === by.service) &&
                (by.panel === undefined || one.panel === by.panel) &&
                one.at >= (by.since ?? ''),
            );
          const sorted = (calls: ApiCallRecord[]): ApiCallRecord[] =>
            [...calls].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
          const newest = sorted(expected(where))
            .map(({ at: time }) => time)
            .reverse()
            .slice(0, limit);
          expect((await at.store.apiCalls.list({ ...where, limit })).map(({ at: time }) => time)).toEqual(newest);
          const { panel: _panel, ...ofPage } = where;
          const paged: ApiCallRecord[] = [];
          for (let after: PageCursor | null = null, more = true; more; more = after !== null) {
            const page = await at.store.apiCalls.page({ ...ofPage, after, limit });
            paged.push(...page.records);
            after = page.next;
          }
          expect(paged).toEqual(sorted(expected(ofPage)));
          const followed: ApiCallRecord[] = [];
          for (let after = 0; ;) {
            const { records, last } = await at.store.apiCalls.written({ ...where, after, limit });
            followed.push(...records);
            if (records.length < limit) break;
            after = last;
          }
          expect(followed).toEqual(expected(where));
        },
      ),
      { numRuns: toRounds(60) },
    );
  });
});

/** Inserts a call as versions did that had a row for each. */
async function insertRow(location: string, call: ApiCallRecord): Promise<void> {
  const row = apiCalls.encode(call);
  const names = Object.keys(row);
  const marks = names.map(() => '?').join(', ');
  await ask(location, `insert into api_calls (${names.join(', ')}) values (${marks})`, Object.values(row));
}
