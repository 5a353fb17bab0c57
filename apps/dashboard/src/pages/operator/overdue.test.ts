import { expect, it } from '@jest/globals';
import { startBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';

const MINUTE = 60_000;
const BILLED = { billing_cycle: 'monthly', next_due_date: '2026-12-15', easydcim_service_id: '1' };

it('pages say that a reading is overdue where the runs leave its panel out, and the client’s that it was not made', async () => {
  const at = await startBench({
    panels: { other: { kind: 'easydcim', url: 'http://127.0.0.1:9', token: 'x', allowHttp: true, retries: 0 } },
    products: { elsewhere: { panel: 'other', quota: 'unlimited' } },
    config: { poll: { maxOvershoot: '1GB', ceiling: '1h', doubt: { jump: 'off' } } },
  });
  try {
    await at.addService(1, '7');
    await at.sluice.services.add('svc-2', { panel: 'other', product: 'elsewhere', ...BILLED });
    await at.sluice.poll({ due: true });
    const cookie = await at.login();
    const read = async (path: string): Promise<string> => textOf(await (await at.fetch(path, { cookie })).text());
    const pages = ['/', '/panels', '/panels/dcim', '/services/svc-1'];
    const banner = /What was due on panel dcim since .* was not read: .* That was 1 h ago\. .* sluice schedule show /;
    const own = await at.sluice.access.create({ name: 'own', scopes: ['client:7'] });
    const ownCookie = await at.login(own.token);
    const readOwn = async (): Promise<string> =>
      textOf(await (await at.fetch('/services/svc-1', { cookie: ownCookie })).text());

    for (const path of pages) expect(await read(path)).not.toMatch(banner);
    expect(await readOwn()).not.toContain('was not read yet');
    at.clock.advance(70 * MINUTE);
    const owner = { host: 'elsewhere', pid: 7, processStart: '17' };
    const now = new Date(at.clock.now()).toISOString();
    const lease = { name: 'panel:dcim', owner, run: 'run-old', now, ttlMs: MINUTE, isAlive: () => true };
    await at.store.leases.acquire(lease);
    await at.sluice.poll({ due: true });
    at.clock.advance(2 * MINUTE);
    for (const path of pages) expect(await read(path)).toMatch(banner);
    expect(await read('/panels/other')).not.toMatch(banner);
    expect(await read('/services/svc-1')).toContain('overdue: no run has read it since');
    expect(await readOwn()).toMatch(/Read again due since .*, not read yet/);
    await at.sluice.poll({ due: true });
    at.clock.advance(2000);
    for (const path of pages) expect(await read(path)).not.toMatch(banner);
    expect(await readOwn()).not.toContain('was not read yet');
  } finally {
    await at.close();
  }
});
