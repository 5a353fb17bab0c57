import { beforeEach, expect, it } from '@jest/globals';
import { useBenchForEach } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';

const at = useBenchForEach({ products: { orders: { panel: 'dcim', quota: '50GB' } } });
beforeEach(async () => {
  await at.addService(1);
});

/** The words of the overview. */
async function overview(): Promise<string> {
  return textOf(await at.page('/'));
}

it('names the panels that are away, and does not say that all answered', async () => {
  await at.sluice.poll();
  expect(await overview()).toContain('Panels away 0 all answered last');
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  at.clock.advance(3_600_000);
  await at.sluice.poll();
  const page = await overview();
  expect(page).toContain('Panels away 1 dcim');
  expect(page).not.toContain('all answered last');
  expect(page).toContain('Last error: ');
  expect(page).not.toMatch(/\. ?\./);
});

it('does not say that all answered where a run decides nothing on a panel', async () => {
  await at.sluice.poll();
  const since = new Date(at.clock.now()).toISOString();
  const details = { code: 'secret_missing', message: 'no token' };
  await at.store.conditions.put({ key: 'undecided:dcim', since, runs: 1, details });
  at.clock.advance(2000);
  expect(await overview()).toContain('Panels away 0 1 undecided');
});

it('says that no run over a panel reads usage while its list of users is ignored, and how to accept it', async () => {
  await at.sluice.poll();
  const since = new Date(at.clock.now()).toISOString();
  const details = { code: 'list_halved', message: 'the list was ignored' };
  await at.store.conditions.put({ key: 'undecided:dcim', since, runs: 1, details });
  at.clock.advance(2000);
  for (const path of ['/', '/panels', '/panels/dcim', '/services/svc-1'])
    expect(textOf(await at.page(path))).toMatch(
      /No run over panel dcim has read any usage since .*: the list was ignored\.(?: The figures were read .* ago\.)? If the list is complete, accept it once with sluice poll --panel dcim --allow-mass\s?\./,
    );
});

it('says that the runs have stopped, with their age and what to do', async () => {
  await at.sluice.poll();
  at.clock.advance(2 * 3_600_000);
  for (const path of ['/', '/panels', '/panels/dcim']) {
    const page = textOf(await at.page(path));
    expect(page).toMatch(/No poll over all panels has begun since .* That was 2 h ago\..* sluice schedule show /);
  }
  await at.sluice.poll();
  at.clock.advance(2000);
  expect(await overview()).not.toContain('No poll over all panels');
});

it('names a run that keeps others from a panel for long, on the pages of that panel and of all', async () => {
  const { run } = await at.sluice.poll();
  const owner = { host: 'elsewhere', pid: 1, processStart: '1' };
  const asked = { owner, run: run.id, now: run.startedAt, ttlMs: 86_400_000, isAlive: () => true };
  await at.store.leases.acquire({ name: 'panel:dcim', ...asked });
  at.clock.advance(4 * 3_600_000);
  for (const path of ['/', '/panels', '/panels/dcim']) {
    const page = textOf(await at.page(path));
    expect(page).toMatch(/The poll of .* is still at work and keeps others from panel dcim: .* See what it does/);
    expect(page).not.toContain('No poll over all panels');
  }
});

it('counts a panel of which some products are enforced as partly under observe', async () => {
  await at.sluice.panels.observe('dcim');
  await at.sluice.poll();
  expect(await overview()).toContain('Panels away 0 1 under observe ');
  await at.sluice.panels.enforce('dcim', { product: 'orders' });
  at.clock.advance(2000);
  expect(await overview()).toContain('Panels away 0 1 partly under observe ');
  await at.sluice.panels.enforce('dcim');
  at.clock.advance(2000);
  expect(await overview()).toContain('Panels away 0 all answered last ');
});

it('says that observe keeps services from being held, also while the brake stops the others', async () => {
  for (const number of [2, 3, 4]) await at.addService(number, 'c-1', 195);
  await at.sluice.panels.observe('dcim');
  await at.sluice.panels.enforce('dcim', { product: 'orders' });
  await at.sluice.poll();
  expect(await overview()).toContain('Would be held 3 under observe ');
  await at.sluice.services.set('svc-4', { product: 'orders' });
  await at.sluice.services.set('svc-1', { product: 'orders' });
  await at.sluice.panels.enforce('dcim', { product: 'ports' });
  await at.sluice.poll();
  at.clock.advance(2000);
  expect(await overview()).toContain('Would be held 3 the brake stopped the run, under observe ');
});

it('counts the held services of each reason', async () => {
  await at.sluice.holds.add('svc-1');
  const [hold] = await at.store.holds.open();
  for (const reason of ['quota', 'billing', 'day', 'week'])
    await at.store.holds.add({ ...hold!, id: `hold-${reason}`, reason });
  at.clock.advance(2000);
  const [, detail = ''] = /Held 1 (.*?) At 80 %/.exec(await overview()) ?? [];
  expect(detail.split(', ')).toHaveLength(5);
});

it('loads itself again after a minute where scripts run', async () => {
  const cookie = await at.login();
  for (const path of ['/', '/panels'])
    expect(await (await at.fetch(path, { cookie })).text()).toMatch(/<body\s[^>]*data-reload="60"/);
  expect(await (await at.fetch('/services/svc-1', { cookie })).text()).not.toContain('data-reload');
});

it('asks before a poll, which changes panels', async () => {
  const cookie = await at.login();
  const page = await at.page('/', cookie);
  expect(page).toContain('href="/runs/start?command=poll"');
  expect(page.match(/name="command" value="[^"]*"/g)).toEqual(['name="command" value="plan"']);
  expect(await at.page('/services/svc-1', cookie)).toContain('href="/runs/start?command=poll&amp;service=svc-1"');
  const asking = await at.page('/runs/start?command=poll&service=svc-1', cookie);
  expect(textOf(asking)).toMatch(/A run over svc-1 starts now\..* Plan \(changes nothing\) Poll now Back/);
  expect(asking).toMatch(/name="command" value="poll" ?\/>\s*<input type="hidden" name="service" value="svc-1"/);
  const reader = await at.login(await at.token('read'));
  expect((await at.fetch('/runs/start?command=poll', { cookie: reader })).status).toBe(403);
});
