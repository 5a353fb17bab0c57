import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { pollLater } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startHiddifyBench);

const poll = async (): Promise<RunReport> => (await pollLater(at)).report;

describe('a list that is not to be trusted', () => {
  const create = async (count: number): Promise<string[]> => {
    const uuids: string[] = [];
    for (let n = 1; n <= count; n += 1) uuids.push(await at.create(n));
    return uuids;
  };

  it.each([
    ['fails', { kind: 'status', status: 500 }, 'PANEL_SERVER_ERROR'],
    ['is an HTML page', { kind: 'html' }, 'PANEL_UNREADABLE'],
    ['is cut off', { kind: 'truncated' }, 'PANEL_UNREACHABLE'],
    ['is empty', { kind: 'body', status: 404, body: '{"message":"You have no user","detail":{}}' }, 'list_empty'],
    ['is an empty array', { kind: 'body', body: '[]' }, 'list_empty'],
    ['is a 404 of something else', { kind: 'status', status: 404, body: '{"message":"Not Found"}' }, 'PANEL_NOT_FOUND'],
  ] as const)('holds and releases nobody when it %s', async (_what, fault, code) => {
    const uuids = await create(4);
    at.panel.use(uuids[0] ?? '', 60 * GB);
    await poll();
    at.panel.use(uuids[1] ?? '', 60 * GB);
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    at.panel.server.clearCalls();
    at.panel.server.inject({ endpoint: 'GET /api/v2/admin/user/', fault });
    const polled = await poll();
    expect(polled.run.outcome).toBe('failed');
    expect(polled.services.map(({ error }) => error?.code)).toEqual([code, code, code, code]);
    expect(at.changes()).toEqual([]);
    at.panel.server.clearFaults();
    expect((await at.poll()).run.outcome).toBe('done');
    expect([0, 1].map((n) => at.panel.user(uuids[n] ?? '').enable)).toEqual([true, false]);
  });

  it('is believed where mass changes are allowed when it has shrunk by more than half', async () => {
    const uuids = await create(5);
    await poll();
    for (const uuid of uuids.slice(1, 4)) at.panel.deleteUser(uuid);
    const short = await poll();
    expect([short.run.outcome, short.services[0]?.error?.code]).toEqual(['failed', 'list_halved']);
    const believed = await at.poll({ allowMass: true });
    expect(believed.run.outcome).toBe('partial');
    const found = believed.services.map(({ status, error }) => `${status} ${error?.code ?? ''}`);
    expect(found).toEqual(['ok ', ...Array<string>(3).fill('unreadable user_gone'), 'ok ']);
  });

  it('with unreadable rows still tells of the others, and asks for theirs one by one', async () => {
    const uuids = await create(3);
    await poll();
    at.panel.use(uuids[2] ?? '', 60 * GB);
    at.panel.server.inject({
      endpoint: 'GET /api/v2/admin/user/',
      fault: {
        kind: 'mutate',
        change: (json) =>
          (json as { uuid: string }[]).map((row) =>
            row.uuid === uuids[0] ? { ...row, current_usage_GB: 'lots' } : row,
          ),
      },
    });
    const polled = await poll();
    expect(polled.run.outcome).toBe('done');
    expect(at.panel.user(uuids[2] ?? '').enable).toBe(false);
  });
});
