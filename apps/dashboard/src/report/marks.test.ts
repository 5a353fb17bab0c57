import { expect, it } from '@jest/globals';
import { useBenchForEach } from '../test/dashboard-bench.js';
import { textOf } from '../test/page-texts.js';
import { readReport, reportHtml } from './index.js';

const at = useBenchForEach();

it('a service that its panel stops is called that by a report', async () => {
  await at.addService(1, 'c-1', 10);
  at.panel.staffSuspendOrder(901, 'abuse');
  await at.sluice.poll();
  await at.sluice.reconcile();
  const report = await readReport(at.sluice, { client: undefined, now: at.clock.now() });
  expect(report.services).toMatchObject([{ status: 'ok', stoppedByPanel: true }]);
  let page = '';
  for await (const part of reportHtml(at.sluice, report)) page += part;
  expect(textOf(page)).toContain('ok stopped on the panel');
});

it('a hold that is to be released is called that by a report and by the page of a run', async () => {
  await at.addService(1, 'c-1', 120);
  await at.sluice.poll();
  await at.sluice.credit.add('c-1', { amount: '10.00', currency: 'EUR' });
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  await at.sluice.purchases.create('svc-1', 'extra-50');
  const report = await readReport(at.sluice, { client: undefined, now: at.clock.now() });
  expect(report.services).toMatchObject([{ holds: ['quota'], releasing: ['quota'], restricting: [], partly: [] }]);
  let page = '';
  for await (const part of reportHtml(at.sluice, report)) page += part;
  expect(textOf(page)).toContain('quota (to be released)');
  const cookie = await at.login();
  const read = async (path: string): Promise<string> => (await at.fetch(path, { cookie })).text();
  const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(await read('/')) ?? [];
  const body = new URLSearchParams({ csrf, key: 'key-0123456789', command: 'poll' });
  const started = await at.fetch('/runs', { method: 'POST', cookie, body });
  const path = started.headers.get('location') ?? '';
  let run = await read(path);
  for (let tries = 0; tries < 50 && run.includes('>Running'); tries++) run = await read(path);
  expect(textOf(run)).toContain('quota (to be released)');
});
