import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GB, HOUR, toIds, startEasyDcimBench, type EasyDcimBench } from './easydcim-bench.js';

let at: EasyDcimBench;

beforeAll(async () => {
  // The panel is in Tokyo, where cycles begin at 15:00 UTC; the config's own zone is Berlin.
  at = await startEasyDcimBench('', ', timeZone: Asia/Tokyo');
  at.bench.edit('timeZone: UTC', 'timeZone: Europe/Berlin');
  await at.addService(1);
  at.panel.addTraffic(toIds(1).service, { in: 80 * GB, out: 40 * GB });
  await at.bench.sluice('override set svc-1 --mode TOTAL');
  expect((await at.poll()).exitCode).toBe(0);
  at.bench.clock.advance(2 * HOUR);
});
afterAll(() => at.close());

const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

describe('times', () => {
  it('are local and short in every terminal output', async () => {
    const shown = async (words: string): Promise<string> => (await at.bench.sluice(words)).stdout;
    expect(await shown('usage')).toContain('2 h ago');
    expect(await shown('usage history svc-1')).toMatch(/15 Nov 2026 \(Asia\/Tokyo\) +15 Dec 2026 \(Asia\/Tokyo\)/);
    expect(await shown('hold list')).toContain('20 Nov 2026 21:0');
    expect(await shown('override list')).toContain('20 Nov 2026 21:0');
    expect(await shown('service show svc-1')).toContain('15 Nov 2026 to 15 Dec 2026');
    expect(await shown('log list --actions')).toContain('20 Nov 2026 21:0');
    const lists = [
      'explain svc-1',
      'service list',
      'log list',
      'doctor',
      'plan',
      'poll --verbose',
      'usage graph svc-1',
    ];
    for (const words of lists) expect([words, await shown(words)]).toEqual([words, expect.not.stringMatching(INSTANT)]);
  });

  it('are the same in errors, also in one that comes before the config', async () => {
    const early = ['explain', 'svc-1', '--at', '2026-01-01 00:00'];
    const { exitCode, stderr } = await at.bench.sluice(early);
    expect([exitCode, stderr]).toEqual([
      1,
      'sluice: "svc-1" was not known at 1 Jan 2026 00:00: it was added at 20 Nov 2026 13:00\n',
    ]);
    expect((await at.bench.sluice(['--utc', ...early])).stderr).toContain('at 2025-12-31T23:00:00Z:');
    expect((await at.bench.sluice([...early, '--json'])).stdout).toContain('at 2025-12-31T23:00:00.000Z:');
    const failing = (): never => {
      throw new Error('no clock since 2026-11-14T23:00:00.000Z');
    };
    const without = await at.bench.sluice('service import -', { readStdin: failing });
    expect(without.stderr).toContain('no clock since 14 Nov 2026 23:00 UTC');
  });

  it('are ISO 8601 with --utc and in documents', async () => {
    const { stdout } = await at.bench.sluice('--utc usage history svc-1');
    expect(stdout).toMatch(/2026-11-14T15:00:00Z +2026-12-14T15:00:00Z/);
    expect((await at.bench.sluice('service show svc-1 --json')).stdout).toContain('"2026-11-14T15:00:00.000Z"');
  });

  it('are understood as people write them', async () => {
    const entries = async (since: string): Promise<number> => {
      const { exitCode, json } = await at.bench.sluice(['log', 'list', '--actions', '--json', '--since', since]);
      expect([since, exitCode]).toEqual([since, 0]);
      return json<{ entries: unknown[] }>().entries.length;
    };
    for (const since of ['1h', '2026-11-20 15:00', 'tomorrow'])
      expect([since, await entries(since)]).toEqual([since, 0]);
    for (const since of ['3h', '2d', '2026-11-20 12:00', 'yesterday', 'today', '2026-11-20'])
      expect([since, await entries(since)]).not.toEqual([since, 0]);
    const refused = await at.bench.sluice('log list --since later');
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('"later" is not a time')]);
    expect((await at.bench.sluice(['explain', 'svc-1', '--at', '2026-11-20 13:30'])).exitCode).toBe(0);
  });
});
