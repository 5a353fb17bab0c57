import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { extractMain } from '../../test/share-link.js';

let at: DashboardBench;
beforeEach(async () => {
  at = await startBench();
  await at.addService(1);
});
afterEach(() => at.close());

/** The words of the overview. */
async function overview(): Promise<string> {
  const page = extractMain(await (await at.fetch('/', { cookie: await at.login() })).text());
  return page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
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
