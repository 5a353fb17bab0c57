import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SluiceError } from '@sluice/panel-kind';
import { type LeaseOwner, openStore, type StateStore } from '@sluice/state-store';
import { Context } from '../../context/context.js';
import { withRun } from './bracket.js';
import { isAtWork } from './run-request.js';

let store: StateStore;
let stop: AbortController;
beforeEach(async () => {
  store = await openStore({ location: ':memory:' });
  stop = new AbortController();
});
afterEach(() => store.close());

function context(isAlive: (owner: LeaseOwner) => boolean = () => true): Context {
  const deps = {
    clock: { now: () => Date.parse('2026-11-05T12:00:00Z') },
    randomBytes: (count: number) => new Uint8Array(count),
    owner: { host: 'host-1', pid: 7, processStart: '1' },
    actor: () => 'operator',
    note: null,
    asker: null,
    panelNames: { areFollowed: false },
    isAlive,
    signal: stop.signal,
  };
  return new Context({ deps, config: { panels: {} }, store } as unknown as ConstructorParameters<typeof Context>[0]);
}

const lease = () =>
  store.leases.acquire({
    name: 'panel:dcim',
    owner: { host: 'host-1', pid: 8, processStart: '2' },
    run: 'run-2',
    now: '2026-11-05T12:00:01.000Z',
    ttlMs: 1000,
    isAlive: () => true,
  });

describe('withRun', () => {
  it('stores start and end, and releases the leases', async () => {
    const view = await withRun(context(), { command: 'poll', dryRun: false }, async (run) => {
      await run.leases.take('panel:dcim', 0);
      await run.start();
      expect((await store.runs.get(run.id))?.finishedAt).toBeNull();
      run.totals = { services: 1 };
      run.view.observing.push('dcim');
      await run.end({ outcome: 'partial', changes: true, error: { code: 'a', message: 'b\u001b[2J' } });
      return run.view;
    });
    expect(await store.runs.get(view.id)).toMatchObject({
      outcome: 'partial',
      totals: { services: 1 },
      observing: ['dcim'],
      error: expect.not.stringContaining('\u001b') as unknown,
    });
    expect((await lease()).acquired).toBe(true);
  });

  it('ends a run in which an error was thrown, and releases its leases', async () => {
    const failed = withRun(context(), { command: 'poll', dryRun: false }, async (run) => {
      await run.leases.take('panel:dcim', 0);
      await run.start();
      throw new SluiceError('broken', 'The disk is full', { kind: 'store' });
    });
    await expect(failed).rejects.toThrow('The disk is full');
    expect(await store.runs.list()).toMatchObject([{ outcome: 'failed', error: 'broken: The disk is full' }]);
    expect((await lease()).acquired).toBe(true);
  });

  it.each([
    ['SIGINT', 'interrupted'],
    ['SIGTERM', 'terminated'],
  ])('ends a run that %s stopped as %s', async (signal, outcome) => {
    const view = await withRun(context(), { command: 'poll', dryRun: false }, async (run) => {
      await run.start();
      stop.abort(signal);
      await run.end({ outcome: 'done', changes: false });
      return run.view;
    });
    expect(view.outcome).toBe(outcome);
    expect((await store.runs.get(view.id))?.outcome).toBe(outcome);
  });

  it.each([{ dryRun: true }, { dryRun: false, partOf: 'run-1' }])('stores nothing of %j', async (how) => {
    await withRun(context(), { command: 'poll', ...how }, async (run) => {
      await run.start();
      await run.end({ outcome: 'done', changes: true });
    });
    expect(await store.runs.list()).toEqual([]);
  });

  it('stores the row of a run that was refused for a lease, and nothing else', async () => {
    await lease();
    const refused = withRun(context(), { command: 'poll', dryRun: false }, (run) => run.leases.take('panel:dcim', 0));
    await expect(refused).rejects.toThrow('in use by another run');
    expect(await store.runs.list()).toMatchObject([
      {
        outcome: 'busy',
        finishedAt: expect.any(String) as unknown,
        error: expect.stringMatching(/^lease_held: /) as unknown,
      },
    ]);
    expect(await store.clock.confirmed()).toBeNull();
  });

  it('stores nothing of a run that was refused before its start', async () => {
    const refused = withRun(context(), { command: 'poll', dryRun: false }, () => Promise.reject(new Error('no')));
    await expect(refused).rejects.toThrow('no');
    expect(await store.runs.list()).toEqual([]);
  });
});

describe('isAtWork', () => {
  it('asks for the process that started the run, not for a later one with its id', async () => {
    const killed = withRun(context(), { command: 'poll', dryRun: false }, async (run) => {
      await run.start();
      return run.id;
    });
    const run = await store.runs.get(await killed);
    if (run === null) throw new Error('the run was not stored');
    const started = (...alive: string[]): Context =>
      context(({ processStart }) => processStart === '' || alive.includes(processStart));
    expect(await isAtWork(started('1'), run)).toBe(true);
    expect(await isAtWork(started('2'), run)).toBe(false);
    // Runs of earlier versions name the process by its id alone.
    expect(await isAtWork(started('2'), { ...run, processStart: null })).toBe(true);
  });
});
