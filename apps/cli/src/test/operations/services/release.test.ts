import type { CommandReport, LogEntry, ServiceDetail } from '@sluice/engine';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { configText, GB, HOUR, idsOf, startEasyDcimBench, type EasyDcimBench } from '../../easydcim-bench.js';

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
});
afterEach(async () => {
  expect(at.panel.server.failures).toEqual([]);
  await at.close();
});

/** Adds svc-1 with twice its quota used, and has a poll hold it. */
async function holdByQuota(): Promise<void> {
  await at.addService(1);
  at.panel.addTraffic(idsOf(1).service, { in: 200 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  await at.poll();
}

describe('hold release', () => {
  it('of a hold that it can’t end fails and says what ends it', async () => {
    await holdByQuota();
    at.panel.server.clearCalls();
    const refused = await at.bench.sluice('hold release svc-1');
    expect([refused.exitCode, at.panel.server.changingCalls()]).toEqual([1, []]);
    expect(refused.stderr).toMatch(/svc-1.*quota.*override set svc-1.*protected_until.*hold release svc-1 --until/s);
    const document = (await at.bench.sluice('hold release svc-1 --json')).json<{ error: { code: string } }>();
    expect(document.error.code).toBe('hold_not_released');
    // With a manual hold beside it, that one is released.
    await at.bench.sluice('hold add svc-1');
    const released = await at.bench.sluice('hold release svc-1 --json');
    expect([released.exitCode, released.json<{ stillHeld: string[] }>().stillHeld]).toEqual([0, ['quota']]);
    await at.bench.sluice('provision suspend svc-1');
    expect((await at.bench.sluice('hold release svc-1')).exitCode).toBe(1);
  });
});

describe('hold release --until', () => {
  const shown = async () => (await at.bench.sluice('service show svc-1 --json')).json<ServiceDetail>();
  const portState = (): string => at.panel.port(idsOf(1).port(1)).adminState;
  const pollAt = async (instant: string): Promise<void> => {
    at.bench.clock.set(Date.parse(instant));
    expect((await at.poll()).exitCode).toBe(0);
  };

  it('lifts the quota hold at once, through polls, until the date', async () => {
    await holdByQuota();
    expect(portState()).toBe('down');
    const preview = await at.bench.sluice('hold release svc-1 --until 2026-11-25 --dry-run --json');
    expect(preview.json<CommandReport>().actions).not.toEqual([]);
    expect(portState()).toBe('down');
    const released = await at.bench.sluice('hold release svc-1 --until 2026-11-25 --note transfer --actor bob --json');
    expect([released.exitCode, portState()]).toEqual([0, 'up']);
    expect(released.json<CommandReport>()).toMatchObject({ stillHeld: [], service: { status: 'ok' } });
    await pollAt('2026-11-21T12:00:00Z');
    expect([portState(), (await shown()).quotaReleasedUntil]).toEqual(['up', '2026-11-25']);
    for (const words of ['hold list svc-1', 'service show svc-1', 'explain svc-1'])
      expect((await at.bench.sluice(words)).stdout).toMatch(/released until.*2026-11-25/);
    // Another date replaces it, and none ends it.
    await at.bench.sluice('hold release svc-1 --until 2026-11-27');
    await pollAt('2026-11-26T12:00:00Z');
    expect(portState()).toBe('up');
    await pollAt('2026-11-27T00:10:00Z');
    expect([portState(), (await shown()).quotaReleasedUntil]).toEqual(['down', null]);
    await at.bench.sluice('hold release svc-1 --until 2026-12-20');
    expect(portState()).toBe('up');
    await at.bench.sluice('hold release svc-1 --until none');
    await pollAt('2026-11-27T01:00:00Z');
    expect(portState()).toBe('down');
    const { entries } = (await at.bench.sluice('log list --runs --service svc-1 --json')).json<{
      entries: LogEntry[];
    }>();
    expect(entries.filter(({ actor }) => actor === 'bob')).toMatchObject([
      { command: 'hold release', service: 'svc-1', note: 'transfer' },
    ]);
    expect((await at.bench.sluice('log list --runs')).stdout).toMatch(/svc-1 +hold release by bob +exit 0: transfer +run-/);
  });

  it('refuses other dates, and leaves a manual hold', async () => {
    await holdByQuota();
    for (const words of [
      '--until 2026-11-20',
      '--until soon',
      '--until 2026-12-01 --reason manual',
      '--all --until 2026-12-01',
    ])
      expect([words, (await at.bench.sluice(`hold release svc-1 ${words}`)).exitCode]).toEqual([words, 2]);
    expect((await at.bench.sluice('hold release svc-1 --until none')).exitCode).toBe(1);
    await at.bench.sluice('hold add svc-1');
    const released = await at.bench.sluice('hold release svc-1 --until 2026-12-01 --json');
    expect(released.json<CommandReport>().stillHeld).toEqual(['manual']);
    await at.bench.sluice('hold release svc-1');
    expect(portState()).toBe('up');
    await pollAt('2026-12-16T12:00:00Z');
    expect(portState()).toBe('up');
  });
});

describe('the log', () => {
  it('names who ran each command that changes something, and why', async () => {
    await at.addService(1);
    const commands = [
      'service set svc-1 client=7',
      'override set svc-1 --quota 1TB',
      'override clear svc-1',
      'hold add svc-1',
      'hold release svc-1',
      'provision suspend svc-1',
      'observe dcim',
      'poll',
    ];
    for (const words of commands) {
      const { exitCode, stderr } = await at.bench.sluice(
        `${words} --note why-${words.split(' ')[1] ?? 'poll'} --actor bob`,
      );
      expect([words, exitCode, stderr]).toEqual([words, 0, expect.anything()]);
    }
    const { entries } = (await at.bench.sluice('log list --runs --json')).json<{ entries: LogEntry[] }>();
    expect(
      entries.reverse().map(({ command, actor, note }) => `${String(command)} ${String(actor)} ${String(note)}`),
    ).toEqual([
      'service add alice null',
      'service set bob why-set',
      'override set bob why-set',
      'override clear bob why-clear',
      'hold add bob why-add',
      'hold release bob why-release',
      'provision suspend bob why-suspend',
      'observe dcim bob why-dcim',
      'poll bob why-poll',
    ]);
    expect((await at.bench.sluice('override list')).stdout).toContain('why-set');
    expect((await at.bench.sluice(['hold', 'add', 'svc-1', '--actor', ' '])).exitCode).toBe(2);
  });
});

describe('a run over a service', () => {
  it('is refused for another panel, before anything is called', async () => {
    const other = `  other: { kind: easydcim, url: "${at.panel.url}", allowHttp: true, token: x }\nproducts:`;
    at.bench.write('sluice.yaml', configText(at.panel.url).replace('products:', other));
    await at.addService(1);
    at.panel.server.clearCalls();
    for (const command of ['poll', 'reconcile', 'plan']) {
      const refused = await at.bench.sluice(`${command} --panel other --service svc-1`);
      expect([command, refused.exitCode]).toEqual([command, 2]);
      expect(refused.stderr).toContain('"svc-1" is on panel "dcim"');
    }
    expect(at.panel.server.calls).toEqual([]);
    expect((await at.bench.sluice('poll --panel dcim --service svc-1')).exitCode).toBe(0);
  });
});
