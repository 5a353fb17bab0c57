import { beforeEach, expect, it } from '@jest/globals';
import { useBenchForEach } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';

const at = useBenchForEach();
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
