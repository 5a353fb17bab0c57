import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-renamed-'));
let voice: FakeAstbilling;
let at: DashboardBench;
beforeAll(async () => {
  voice = await startFakeAstbilling({ now: manualClock('2026-11-20T12:00:00Z').now });
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  voice.addSubscriber({ id: '9001', username: 'mine', plan });
  const before = await startNamed('pbx');
  await before.sluice.services.add('line-1', {
    panel: 'pbx',
    product: 'line',
    status: 'active',
    astbilling_subscriber_id: '9001',
  });
  await before.sluice.poll();
  await before.close();
  at = await startNamed('tel');
});
afterAll(async () => {
  await at.close();
  await voice.close();
  rmSync(folder, { recursive: true, force: true });
});

async function startNamed(name: string): Promise<DashboardBench> {
  const panel = { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0 };
  return startBench({
    location: path.join(folder, 'sluice.db'),
    kinds: [astbilling],
    config: { currency: 'BRL' },
    panels: { [name]: panel },
    products: { line: { panel: name, astbilling: { planId: 11 } } },
  });
}

it('shows lines of a panel under its new name after the run that renames it', async () => {
  const cookie = await at.login();
  const read = async (): Promise<string[]> => [
    textOf(await at.page('/lines', cookie)),
    textOf(await at.page('/services/line-1', cookie)),
  ];
  const asLine = [expect.stringContaining('mine'), expect.stringContaining('Calls')];
  expect(await read()).toEqual(asLine);
  await at.sluice.poll();
  expect((await at.sluice.services.show('line-1')).panel).toBe('tel');
  expect(await read()).toEqual(asLine);
});
