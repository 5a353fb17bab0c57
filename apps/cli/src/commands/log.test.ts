import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ActionRecord, ApiCallRecord, RunRecord, StateStore } from '@sluice/state-store';
import type { LogEntry } from '@sluice/engine';
import { benchForEachTest } from '../test/each-test.js';
import { type Outcome } from '../test/harness.js';

const START = Date.parse('2026-11-20T12:00:00Z');
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

const bench = benchForEachTest(START);
beforeEach(() => {
  bench.write('sluice.yaml', 'timeZone: UTC\npanels: {}\n');
});

function call(seconds: number, change: Partial<ApiCallRecord> = {}): ApiCallRecord {
  return {
    at: at(seconds),
    run: 'run-1',
    panel: 'dcim',
    service: 'svc-1',
    endpoint: 'POST bandwidth',
    method: 'POST',
    path: '/api',
    status: 200,
    durationMs: 5,
    attempt: 1,
    ok: true,
    code: null,
    message: null,
    changing: false,
    ...change,
  };
}

function action(id: string, seconds: number, change: Partial<ActionRecord> = {}): ActionRecord {
  return {
    id,
    run: 'run-1',
    panel: 'dcim',
    service: 'svc-1',
    type: 'disable-port',
    target: '7001',
    state: 'planned',
    key: id,
    hold: null,
    prior: null,
    payload: null,
    observed: null,
    errorCode: null,
    errorMessage: null,
    plannedAt: at(seconds),
    calledAt: null,
    givenUpAt: null,
    endedAt: null,
    attempts: 0,
    ...change,
  };
}

function run(id: string, seconds: number): RunRecord {
  return {
    id,
    command: 'poll',
    dryRun: false,
    observing: [],
    startedAt: at(seconds),
    finishedAt: null,
    outcome: null,
    totals: null,
    error: null,
    host: 'test',
    pid: 1,
    processStart: null,
    service: null,
    scope: null,
    actor: 'alice',
    note: null,
  };
}

const settled = (seconds: number, state: ActionRecord['state'] = 'applied') => ({ state, endedAt: at(seconds) });
const finished = (seconds: number) => ({
  finishedAt: at(seconds),
  outcome: 'done' as const,
  totals: {},
  error: null,
  observing: [],
});

/** Lets the clock run and, each time that the follower waits, the next of these happen; then interrupts it. */
async function follow(words: string, events: ((store: StateStore) => Promise<void>)[]): Promise<Outcome> {
  const interruption = new AbortController();
  const left = [...events];
  return bench.sluice(`log list --follow ${words}`.trim(), {
    signal: interruption.signal,
    clock: {
      now: bench.clock.now,
      sleep: async (ms) => {
        bench.clock.advance(ms);
        const event = left.shift();
        if (event) await bench.store(event);
        else interruption.abort('SIGINT');
      },
    },
  });
}

function listEntries({ stdout }: Outcome): LogEntry[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LogEntry);
}

describe('log list --follow', () => {
  it('begins with the last entries of a panel, whatever others have written since', async () => {
    const dcim = 'dcim: { kind: easydcim, url: "https://dcim.example.com", token: x }';
    bench.write('sluice.yaml', `timeZone: UTC\npanels:\n  ${dcim}\n`);
    await bench.store(async (store) => {
      await store.actions.plan([action('a-1', 1), action('a-2', 2, { panel: 'other' })]);
      for (const id of ['a-1', 'a-2']) await store.actions.end(id, settled(3));
      await store.apiCalls.add([call(1), call(2, { panel: 'other' })]);
    });
    const next = (store: StateStore): Promise<void> => store.apiCalls.add([call(4, { panel: 'other' }), call(5)]);
    const shown = listEntries(await follow('--json --actions --api --panel dcim --limit 2', [next]));
    expect(shown.map(({ kind, panel }) => `${kind} ${panel ?? ''}`)).toEqual(['api dcim', 'action dcim', 'api dcim']);
    expect(listEntries(await follow('--json --api --panel dcim --limit 1', []))).toHaveLength(1);
  });

  it('shows what is there, then what comes, each once and the oldest first', async () => {
    await bench.store((store) => store.apiCalls.add([call(-20), call(-10)]));
    const outcome = await follow('--json', [
      async (store) => {
        await store.runs.start(run('run-2', 1));
        await store.actions.plan([action('act-1', 1)]);
      },
      async (store) => {
        await store.actions.end('act-1', settled(2));
        // Calls reach the log in bundles, some time after they were made.
        await store.apiCalls.add([call(2), call(1)]);
      },
      () => Promise.resolve(),
      (store) => store.runs.finish('run-2', finished(4)),
    ]);
    expect(outcome.exitCode).toBe(130);
    expect(listEntries(outcome).map((entry) => [entry.kind, entry.at, entry['id'] ?? entry.run])).toEqual([
      ['api', at(-20), 'run-1'],
      ['api', at(-10), 'run-1'],
      ['api', at(1), 'run-1'],
      ['action', at(2), 'act-1'],
      ['api', at(2), 'run-1'],
      ['run', at(1), 'run-2'],
    ]);
  });

  it('begins with the last entries, as many as --limit says', async () => {
    await bench.store((store) => store.apiCalls.add([call(-3), call(-2), call(-1)]));
    const outcome = await follow('--json --limit 2', [(store) => store.apiCalls.add([call(1)])]);
    expect(listEntries(outcome).map((entry) => entry.at)).toEqual([at(-2), at(-1), at(1)]);
  });

  it('keeps to the kinds, the service and the time that were asked for', async () => {
    const event = async (store: StateStore): Promise<void> => {
      await store.apiCalls.add([call(1), call(1, { service: 'svc-2' })]);
      await store.actions.plan([
        action('act-1', 1, settled(1)),
        action('act-2', 1, { service: 'svc-2', ...settled(1) }),
      ]);
      await store.runs.start({ ...run('run-2', 1), ...finished(1) });
    };
    await bench.store((store) =>
      store.services.put([
        {
          id: 'svc-2',
          panel: 'dcim',
          product: 'p',
          client: null,
          clientSince: null,
          name: null,
          clientName: null,
          clientEmail: null,
          language: null,
          billingCycle: null,
          nextDueDate: null,
          status: 'active',
          trafficMode: null,
          baseQuotaOverrideGb: null,
          refs: {},
          ownRefs: [],
          fields: {},
          protectedUntil: null,
          quotaReleasedUntil: null,
          createdAt: at(-9),
          updatedAt: at(-9),
        },
      ]),
    );
    const kinds = async (words: string): Promise<string[]> =>
      listEntries(await follow(`--json ${words}`, [])).map((entry) => `${entry.kind} ${entry.service ?? '-'}`);
    await bench.store(event);
    expect(await kinds('--actions --service svc-2')).toEqual(['action svc-2']);
    expect(await kinds('--service svc-2')).toEqual(['action svc-2', 'api svc-2']);
    expect(await kinds('--runs')).toEqual(['run -']);
    expect(await kinds('--since 2026-11-21')).toEqual([]);
  });

  it('shows an action that is in doubt at once, and how it was settled', async () => {
    const outcome = await follow('--json --actions', [
      (store) => store.actions.plan([action('act-1', 1), action('act-2', 1, { key: 'k2' })]),
      (store) => store.actions.end('act-1', { state: 'in-doubt', endedAt: null }),
      ...Array.from({ length: 5 }, () => () => Promise.resolve()),
      (store) => store.actions.end('act-1', settled(63)),
    ]);
    expect(listEntries(outcome).map((entry) => [entry['id'], entry['state']])).toEqual([
      ['act-1', 'in-doubt'],
      ['act-1', 'applied'],
    ]);
  });

  it('shows a run that does not end after ten minutes as it stands', async () => {
    await bench.store((store) => store.runs.start(run('run-2', 0)));
    const wait = () => {
      bench.clock.advance(300_000);
      return Promise.resolve();
    };
    const outcome = await follow('--json --runs', [
      wait,
      wait,
      wait,
      (store) => store.runs.finish('run-2', finished(9)),
    ]);
    expect(listEntries(outcome).map((entry) => entry['exitCode'])).toEqual([null, 0]);
  });

  it('prints a line for people, and ends by SIGTERM with its own code', async () => {
    const interruption = new AbortController();
    interruption.abort('SIGTERM');
    await bench.store((store) => store.apiCalls.add([call(-1)]));
    const { exitCode, stdout } = await bench.sluice('log list --follow', { signal: interruption.signal });
    expect(exitCode).toBe(143);
    expect(stdout.replaceAll(/ +/g, ' ')).toBe(
      'at kind panel service what type outcome id\n20 Nov 2026 11:59 api dcim svc-1 POST bandwidth 200 5 ms\n',
    );
  });
});

it('says of a run which panel it was over, and which process of which machine made it', async () => {
  const dcim = 'dcim: { kind: easydcim, url: "https://dcim.example.com", token: x }';
  bench.write('sluice.yaml', `timeZone: UTC\npanels:\n  ${dcim}\n`);
  const made = { ...finished(2), host: 'worker-2 (boot 1234567890123, pid:[4026531999])', pid: 77 };
  await bench.store(async ({ runs }) => {
    await runs.start({ ...run('run-1', 1), ...made, scope: 'panel dcim' });
    await runs.start({ ...run('run-2', 2), ...finished(3) });
  });
  const shown = async (words: string): Promise<string[]> =>
    listEntries(await bench.sluice(`log export - ${words}`)).map(
      ({ panel, host, pid }) => `${panel ?? '-'} ${String(pid)} on ${String(host)}`,
    );
  expect(await shown('--runs')).toEqual(['dcim 77 on worker-2', '- 1 on test']);
  const ofPanel = await bench.sluice('log list --runs --panel dcim --columns panel,what,process');
  expect(ofPanel.stdout.replaceAll(/ +/g, ' ')).toBe('panel what process\ndcim poll by alice 77 on worker-2\n');
  expect(listEntries(await follow('--json --runs --panel dcim', []))).toHaveLength(1);
});

describe('log export', () => {
  it('writes everything as one object a line, oldest first, into a private file', async () => {
    await bench.store(async (store) => {
      await store.apiCalls.add([call(3), call(1)]);
      await store.actions.plan([action('act-1', 2, settled(4))]);
      await store.runs.start(run('run-1', 0));
    });
    expect((await bench.sluice('log export sub/log.jsonl')).stderr).toContain('its folder does not exist');
    mkdirSync(bench.path('sub'));
    const outcome = await bench.sluice('log export sub/log.jsonl --json');
    expect(outcome.json()).toEqual({ file: bench.path('sub/log.jsonl'), entries: 4 });
    expect(statSync(bench.path('sub/log.jsonl')).mode & 0o777).toBe(0o600);
    const lines = bench.read('sub/log.jsonl').trimEnd().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as LogEntry);
    expect(entries.map((entry) => entry.kind)).toEqual(['run', 'api', 'action', 'api']);
    const listed = (await bench.sluice('log list --json')).json<{ entries: LogEntry[] }>().entries;
    expect(entries).toEqual(expect.arrayContaining(listed));
    expect(listed).toHaveLength(entries.length);
  });

  it('takes the filters of the list', async () => {
    await bench.store(async (store) => {
      await store.apiCalls.add([call(-7200), call(1)]);
      await store.actions.plan([action('act-1', 2, settled(4))]);
    });
    const { stdout, exitCode } = await bench.sluice('log export - --api --since 2026-11-20T11:00:00Z');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'api', at: at(1), endpoint: 'POST bandwidth' });
    expect((await bench.sluice('log export - --service svc-9')).exitCode).toBe(1);
  });

  it('never writes over a file', async () => {
    writeFileSync(bench.path('log.jsonl'), 'mine');
    const { exitCode, stderr } = await bench.sluice('log export log.jsonl');
    expect([exitCode, stderr]).toEqual([
      2,
      `sluice: ${bench.path('log.jsonl')} exists and is never overwritten: name another file\n`,
    ]);
    expect(bench.read('log.jsonl')).toBe('mine');
    expect((await bench.sluice('log export sluice.yaml/log.jsonl')).stderr).toContain("can't be written");
  });

  it('leaves no half file when it is interrupted', async () => {
    await bench.store((store) => store.apiCalls.add([call(1)]));
    const interruption = new AbortController();
    interruption.abort('SIGINT');
    const { exitCode } = await bench.sluice('log export log.jsonl', { signal: interruption.signal });
    expect(exitCode).toBe(130);
    expect(() => bench.read('log.jsonl')).toThrow('ENOENT');
  });

  it('waits for a reader that is slow', async () => {
    const calls = Array.from({ length: 1500 }, (_, n) => call(n, { path: `/${'x'.repeat(100)}` }));
    await bench.store((store) => store.apiCalls.add(calls));
    const events: string[] = [];
    let waits = 0;
    let drained: (() => void) | null = null;
    const stdout = {
      write: (text: string) => {
        if (drained !== null) throw new Error('written before it was drained');
        events.push(`${text.split('\n').length - 1}`);
        return false;
      },
      once: (event: 'drain' | 'close', listener: () => void) => {
        if (event === 'close') return;
        waits += 1;
        drained = listener;
        setImmediate(() => {
          drained = null;
          listener();
        });
      },
    };
    expect((await bench.sluice('log export -', { stdout })).exitCode).toBe(0);
    expect(events.length).toBeGreaterThan(3);
    expect(waits).toBe(events.length);
    expect(events.reduce((sum, lines) => sum + Number(lines), 0)).toBe(1500);
  });

  it('ends where the reader is gone', async () => {
    const calls = Array.from({ length: 1500 }, (_, n) => call(n, { path: `/${'x'.repeat(100)}` }));
    await bench.store((store) => store.apiCalls.add(calls));
    const closing: (() => void)[] = [];
    const stdout = {
      write: () => {
        setImmediate(() => closing.pop()?.());
        return false;
      },
      once: (event: 'drain' | 'close', listener: () => void) => event === 'close' && closing.push(listener),
    };
    expect((await bench.sluice('log export -', { stdout })).exitCode).toBe(0);
  });

  it('reads in pages, through many rows of one instant', async () => {
    await bench.store((store) =>
      store.apiCalls.add(
        Array.from({ length: 2500 }, (_, n) => call(Math.floor(n / 1700), { path: `/${n}`, attempt: n })),
      ),
    );
    const { stdout } = await bench.sluice('log export -');
    const paths = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { path: string }).path);
    expect(paths).toEqual(Array.from({ length: 2500 }, (_, n) => `/${n}`));
  });
});
