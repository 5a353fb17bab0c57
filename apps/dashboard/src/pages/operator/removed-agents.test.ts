import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { manualClock, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { GB, startBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';

it('the page of agents says what the only panel with agents has that left the config', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-removed-'));
  const location = path.join(folder, 'sluice.db');
  const fake = await startFakeHiddify({ now: manualClock('2026-11-20T12:00:00Z').now });
  const north = fake.addAgent(undefined, { name: 'north' });
  fake.addUser({ agent: north });
  const vpn = { kind: 'hiddify', url: fake.url, apiKey: fake.key, allowHttp: true, retries: 0, agents: {} };
  const before = await startBench({ location, kinds: [hiddify], panels: { vpn } });
  await before.sluice.agents.limit('north', { panel: 'vpn', limitBytes: 20 * GB });
  await before.sluice.agents.suspend('north');
  await before.close();
  const at = await startBench({ location, kinds: [hiddify], fakes: [fake] });
  const answer = await at.fetch('/agents', { cookie: await at.login() });
  const page = textOf(await answer.text()).replaceAll('&quot;', '"');
  expect([answer.status, page]).toEqual([200, expect.stringContaining('1 agent has the panel "vpn", which is not in')]);
  expect(page).toContain('1 limit of agents is not enforced ("north")');
  expect(page).toContain('its agents with sluice agent limit AGENT --none --panel vpn');
  const forget = (more: object) =>
    at.call('PUT /agents/north/limit', { body: { panel: 'vpn', limitBytes: null, ...more } });
  expect(await forget({})).toMatchObject({ json: { error: { code: 'not_confirmed' } } });
  const left = { status: 200, json: { rule: 'panel-removed', usersDisabledByUs: 1, suspended: null } };
  expect(await forget({ acceptExceeded: true })).toMatchObject(left);
  expect((await at.sluice.panels.list()).removed).toEqual([]);
  await at.close();
  rmSync(folder, { recursive: true, force: true });
});
