import { describe, expect, it } from '@jest/globals';
import { minute, run } from '../test/records.js';
import { expectRefused, useStore } from '../test/use-store.js';

describe('runs', () => {
  const at = useStore();

  it('starts, finishes and lists, newest first', async () => {
    await at.store.runs.start(run('run-1'));
    await at.store.runs.start(
      run('run-2', { startedAt: minute(1), command: 'reconcile', dryRun: true, service: 'svc-1', actor: 'alice' }),
    );
    await at.store.runs.finish('run-1', {
      finishedAt: minute(2),
      outcome: 'partial',
      totals: { services: 2 },
      error: 'x',
      observing: ['dcim'],
    });
    expect(await at.store.runs.get('run-1')).toEqual(
      run('run-1', {
        finishedAt: minute(2),
        outcome: 'partial',
        totals: { services: 2 },
        error: 'x',
        observing: ['dcim'],
      }),
    );
    expect(await at.store.runs.get('run-9')).toBeNull();
    expect([...(await at.store.runs.actors(['run-2', 'run-1', 'run-9']))]).toEqual([['run-2', 'alice']]);
    expect((await at.store.runs.list()).map((each) => each.id)).toEqual(['run-2', 'run-1']);
    expect((await at.store.runs.list({ command: 'poll' })).map((each) => each.id)).toEqual(['run-1']);
    expect((await at.store.runs.list({ since: minute(1), limit: 5 })).map((each) => each.id)).toEqual(['run-2']);
    expect((await at.store.runs.list({ until: minute(0) })).map((each) => each.id)).toEqual(['run-1']);
    expect((await at.store.runs.list({ service: 'svc-1' })).map((each) => each.actor)).toEqual(['alice']);
    const ended = await at.store.runs.list({ whole: true, outcomes: ['done', 'partial'] });
    expect(ended.map(({ id }) => id)).toEqual(['run-1']);
    expect(await at.store.runs.list({ whole: true, outcomes: ['done'] })).toEqual([]);
    expect((await at.store.runs.page({ service: 'svc-1', limit: 9 })).records).toHaveLength(1);
    await expectRefused(
      at.store.runs.finish('run-9', {
        finishedAt: minute(2),
        outcome: 'done',
        totals: null,
        error: null,
        observing: [],
      }),
      'store_not_found',
    );
  });

  it('pages in the order of starting', async () => {
    for (const id of ['run-3', 'run-2', 'run-1']) await at.store.runs.start(run(id, { startedAt: minute(1) }));
    await at.store.runs.start(run('run-0'));
    const first = await at.store.runs.page({ limit: 2 });
    expect(first.records.map((each) => each.id)).toEqual(['run-0', 'run-3']);
    const second = await at.store.runs.page({ limit: 3, after: first.next });
    expect(second.records.map((each) => each.id)).toEqual(['run-2', 'run-1']);
    expect(second.next).toBeNull();
    expect((await at.store.runs.page({ since: minute(1), limit: 9 })).records).toHaveLength(3);
  });
});
