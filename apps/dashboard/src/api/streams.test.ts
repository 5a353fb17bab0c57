import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { type DashboardBench, startBench } from '../test/dashboard-bench.js';

interface Entry {
  kind: string;
  at: string;
  id?: string;
}

let at: DashboardBench | undefined;
afterEach(async () => {
  await at?.close();
});

it('ends the stream of a token that was revoked', async () => {
  at = await startBench({ dashboard: { limits: { streamMs: 20 } }, sleep: () => wait(5) });
  const token = await at.token('read');
  const stream = await at.fetch('/api/v1/log/follow', { token });
  await at.sluice.access.revoke('t-read');
  expect([stream.status, await stream.text()]).toEqual([200, expect.not.stringContaining('event: entry')]);
});

it('follows the log: the last entry, then each new one of the filter, until the client hangs up', async () => {
  at = await startBench({ sleep: () => wait(5) });
  const token = await at.token('read');
  await at.addService(1, '42', 150);
  await at.addService(2, '42', 150);
  await at.sluice.poll({ service: 'svc-1' });
  const { body, headers } = await at.fetch('/api/v1/log/follow?kind=action&service=svc-2', { token });
  expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  const [{ value: polled }] = await Promise.all([reader.read(), at.sluice.poll()]);
  expect(polled).toMatch(/^event: entry\ndata: \{.*"kind":"action".*"service":"svc-2".*\}\n\n$/m);
  expect(polled).not.toContain('svc-1');
  await reader.cancel();
});

it('exports the log oldest first, as much as the filter names', async () => {
  const bench = await startBench();
  at = bench;
  const token = await at.token('read');
  await at.addService(1, '42', 150);
  for (let polls = 0; polls < 4; polls++) await at.sluice.poll();
  const read = async (query: string): Promise<Entry[]> => {
    const answer = await bench.fetch(`/api/v1/log/export${query}`, { token });
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    const lines = (await answer.text()).split('\n');
    expect(lines.pop()).toBe('');
    return lines.map((line) => JSON.parse(line) as Entry);
  };
  const all = await read('');
  const { entries } = await at.sluice.log.list({ kinds: ['run', 'action', 'refresh', 'api'], limit: 10_000 });
  const ids = (list: readonly object[]): string[] => list.map((entry) => JSON.stringify(entry)).sort();
  expect(ids(all)).toEqual(ids(entries));
  expect((await read('?kind=run')).map(({ kind }) => kind)).toEqual(
    all.flatMap(({ kind }) => (kind === 'run' ? kind : [])),
  );
  expect((await read('?kind=action&service=svc-1')).length).toBeGreaterThan(0);
  expect(await read('?service=svc-9')).toEqual([]);
  for (const query of ['?kind=x', '?limit=5', '?since=never'])
    expect((await at.fetch(`/api/v1/log/export${query}`, { token })).status).toBe(400);
});

async function logCalls({ clock, store }: DashboardBench, length: number, message: string | null): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  const about = { panel: 'dcim', run: null, service: null, at, changing: false };
  const call = { ...about, endpoint: 'x', method: 'GET', path: '/x', attempt: 1, status: 200, durationMs: 1, ok: true };
  await store.apiCalls.add(Array.from({ length }, () => ({ ...call, code: null, message })));
}

it('breaks an export off that ends before its end, so that nobody takes it for the whole', async () => {
  at = await startBench();
  const token = await at.token('read');
  await logCalls(at, 600, 'x'.repeat(50_000));
  const answer = await at.fetch('/api/v1/log/export?kind=api', { token });
  await at.dashboard.close();
  await expect(answer.text()).rejects.toThrow();
});

it('lets others have their turn while the log is exported', async () => {
  at = await startBench();
  const token = await at.token('read');
  await logCalls(at, 5000, null);
  let [turns, isExported] = [0, false];
  const others = (async () => {
    for (; !isExported; turns++) await turn();
  })();
  const answer = await at.fetch('/api/v1/log/export?kind=api', { token });
  const lines = (await answer.text()).trim().split('\n');
  isExported = true;
  await others;
  expect(lines).toHaveLength(5000);
  expect(turns).toBeGreaterThan(5000 / 50);
});
