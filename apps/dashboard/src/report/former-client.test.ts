import { expect, it } from '@jest/globals';
import { GB, useBenchForEach } from '../test/dashboard-bench.js';
import { readReport, reportHtml } from './index.js';

const HOUR = 3_600_000;

const at = useBenchForEach();

async function poll(gb: number): Promise<void> {
  at.panel.addTraffic(501, { in: gb * GB, out: 0 });
  at.clock.advance(HOUR);
  await at.sluice.poll();
}

async function write(client?: string): Promise<string> {
  const report = await readReport(at.sluice, { client, now: at.clock.now() });
  let page = '';
  for await (const part of reportHtml(at.sluice, report)) page += part;
  return page;
}

it('the report of a client shows nothing of the client who had its service before', async () => {
  at.clock.set('2026-11-14T12:00:00Z');
  await at.addService(1, '43');
  await at.sluice.services.set('svc-1', { next_due_date: '2026-11-15' });
  await poll(66);
  expect(await write('43')).not.toContain('Past periods');
  at.clock.set('2026-11-16T12:00:00Z');
  await at.sluice.services.set('svc-1', { next_due_date: '2026-12-15' });
  await poll(1);
  expect(await write('43')).toContain('Past periods');
  await at.sluice.services.set('svc-1', { client: '42' });
  await poll(2);
  const page = await write('42');
  expect(page).toContain('svc-1');
  expect(page).not.toContain('Past periods');
  expect(page).not.toContain('66 GB');
  expect(await write()).toContain('svc-1');
});
