import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport, ServiceView } from '@sluice/engine';
import { GB, toIds, startEasyDcimBench } from './easydcim-bench.js';
import { startHiddifyBench, type HiddifyBench } from './hiddify-bench.js';

const USERS = /\/api\/v2\/admin\/user\/$/;

let at: HiddifyBench;
beforeEach(async () => {
  at = await startHiddifyBench({ agents: '{}' });
  await at.create(1);
  await at.sluice(`agent limit ${at.north} --gb 100 --yes`);
  await at.bench.sluice('observe vpn');
});
afterEach(async () => {
  at.panel.server.clearFaults();
  await at.close();
});

/** Runs a command that is interrupted when it reads the users; the panel never answers that call. */
async function interrupted(words: string): Promise<{ exitCode: number; code: string | undefined }> {
  const control = new AbortController();
  at.panel.server.inject({
    endpoint: USERS,
    match: () => {
      control.abort('SIGINT');
      return true;
    },
    fault: { kind: 'hang' },
  });
  const ended = await at.bench.sluice(`${words} --json`, { signal: control.signal });
  at.panel.server.clearFaults();
  const { error } = ended.json<{ error?: { code: string } | null }>();
  return { exitCode: ended.exitCode, code: error?.code };
}

async function readSwitches(): Promise<string[]> {
  return at.bench.store(async (store) => (await store.switches.list()).map(({ enforce }) => enforce));
}

describe('a command that is interrupted while it reads the panel', () => {
  it.each(['enforce vpn --yes', 'agent check --all', 'agent create-user north --gb 1 --name cora'])(
    'ends "%s" as interrupted, not as a bug',
    async (words) => {
      expect(await interrupted(words)).toEqual({ exitCode: 130, code: 'interrupted' });
      expect(await readSwitches()).toEqual(['observe']);
      const errors = await at.bench.store(async (store) => (await store.runs.list({})).map(({ error }) => error));
      expect(errors.filter((error) => error !== null && !error.startsWith('interrupted'))).toEqual([]);
    },
  );
});

describe('enforcing a panel whose services can not be read', () => {
  it('is refused, and the switch stays', async () => {
    at.panel.server.inject({ endpoint: /admin\/user\//, fault: { kind: 'html', status: 502 } });
    const refused = await at.bench.sluice('enforce vpn --yes --json');
    expect([refused.exitCode, refused.json<{ error: { code: string } }>().error.code]).toEqual([1, 'doctor_failed']);
    expect(await readSwitches()).toEqual(['observe']);
  });
});

describe('a run over EasyDCIM that is interrupted', () => {
  it('leaves what it did not reach as it was, and says how far it came', async () => {
    const dcim = await startEasyDcimBench('poll: { brake: { share: 100% }, doubt: { jump: off } }', ', concurrency: 1');
    const { bench, panel } = dcim;
    try {
      for (let number = 1; number <= 4; number++) await dcim.addService(number);
      panel.addTraffic(toIds(2).service, { in: 120 * GB, out: 0 });
      expect((await bench.sluice('poll')).exitCode).toBe(0);
      panel.addTraffic(toIds(1).service, { in: 130 * GB, out: 0 });
      bench.clock.advance(60_000);
      const before = await bench.sluice('service list --json');
      const calls = panel.server.totals.changing;
      /** Sends the signal at the call number `nth` of an endpoint. */
      const run = async (words: string, [endpoint, nth]: [RegExp, number], signal: string) => {
        const control = new AbortController();
        let seen = 0;
        const match = (): boolean => {
          if (++seen === nth) control.abort(signal);
          return seen === nth;
        };
        const clear = panel.server.inject({ endpoint, fault: { kind: 'latency', ms: 20 }, match });
        const ended = await bench.sluice(words, { signal: control.signal });
        clear();
        return ended;
      };
      // While it reads: the third call never ends.
      const reading: [RegExp, number] = [/bandwidth/, 3];
      const read = await run('poll --json', reading, 'SIGTERM');
      const report = read.json<RunReport>();
      expect([read.exitCode, report.run.outcome, report.error]).toEqual([
        143,
        'terminated',
        expect.objectContaining({ code: 'interrupted', message: 'Interrupted: 2 of 4 services read, nothing changed' }),
      ]);
      expect(report.totals).toMatchObject({ services: 4, read: 2, unreadable: 0, failed: 0, actions: 0 });
      expect(report.services.map(({ status, error }) => [status, error?.code])).toEqual(
        Array(4).fill(['skipped', 'interrupted']),
      );
      expect((await bench.sluice('service list --json')).stdout).toBe(before.stdout);
      const text = await run('poll', reading, 'SIGINT');
      expect([text.exitCode, text.stderr]).toEqual([
        130,
        'sluice: Interrupted: 2 of 4 services read, nothing changed\n',
      ]);
      const reconcile = await run('reconcile --json', [/ports/, 1], 'SIGINT');
      expect([reconcile.exitCode, reconcile.json<RunReport>().error?.code]).toEqual([130, 'interrupted']);
      expect(panel.server.totals.changing).toBe(calls);
      const runs = await bench.sluice('log list --runs --limit 3 --json');
      const entries = runs.json<{ entries: { exitCode: number; error: string }[] }>().entries;
      expect(entries.map(({ exitCode }) => exitCode)).toEqual([130, 130, 143]);
      // While it changes: the call under way is finished, the others are left to the next run.
      const due = [3, 4, ...Array.from({ length: 16 }, (_, index) => 5 + index)];
      for (const number of due) {
        if (number > 4) await dcim.addService(number);
        panel.addTraffic(toIds(number).service, { in: 130 * GB, out: 0 });
      }
      bench.clock.advance(60_000);
      const changed = await run('poll --json', [/disable/, 1], 'SIGTERM');
      const made = changed.json<RunReport>();
      expect([changed.exitCode, made.error?.code]).toEqual([143, 'interrupted']);
      expect(made.error?.message).toMatch(/^Interrupted: 20 of 20 services read, 1?[0-9] changes? made$/);
      expect(panel.server.totals.changing).toBeGreaterThan(calls);
      // The holds were stored before the first change: all screens show them, with the figures that they follow from.
      expect(made.totals).toMatchObject({ held: 20, failed: 0 });
      const states = new Set(made.services.flatMap(({ actions }) => actions.map(({ state }) => state)));
      expect([...states].sort()).toEqual(['applied', 'planned']);
      const held = made.services.filter(({ error }) => error?.code === 'interrupted');
      expect(held.length).toBeGreaterThan(16);
      expect(held.some(({ actions }) => actions.length === 0)).toBe(true);
      const shown = (await bench.sluice('usage --json')).json<{ services: ServiceView[] }>().services;
      for (const { id, status, holds, usage, allowance, error } of held) {
        const expected = { status, holds, usage, allowance, error };
        expect(expected).toMatchObject({ status: 'held', usage: { totalBytes: (id === 'svc-2' ? 120 : 130) * GB } });
        expect(shown.find((one) => one.id === id)).toMatchObject(expected);
      }
      const one = (await bench.sluice(`service show ${held[0]?.id ?? ''} --json`)).json<ServiceView>();
      expect(one).toMatchObject({ status: 'held', usage: held[0]?.usage, holds: held[0]?.holds });
      const log = await bench.sluice('log list --actions --json');
      const journal = log.json<{ entries: { state: string }[] }>().entries.map(({ state }) => state);
      expect(journal).not.toContain('failed');
      const next = await dcim.poll();
      expect([next.exitCode, next.json<RunReport>().totals]).toMatchObject([0, { held: 20, failed: 0 }]);
      expect(panel.server.failures).toEqual([]);
      // A command about one service.
      const command = await run('provision suspend svc-1 --json', [/ports|orders/, 1], 'SIGINT');
      expect([command.exitCode, command.json<RunReport>().error?.code]).toEqual([130, 'interrupted']);
    } finally {
      await dcim.close();
    }
  });
});
