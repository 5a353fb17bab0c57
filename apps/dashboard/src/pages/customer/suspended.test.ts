import { expect, it } from '@jest/globals';
import { useBenchForEach } from '../../test/dashboard-bench.js';
import { Link } from '../../test/share-link.js';

const HOUR = 3_600_000;
const OTHER_REASON = 'No package ends what restricts the service: An invoice is not paid.';
const BUY = '/buy?package=';

const at = useBenchForEach();

async function readPage(): Promise<string> {
  at.clock.advance(HOUR);
  await at.sluice.poll();
  const link = await Link.open(at, { client: 'c-1', buy: true });
  return link.text('/services/svc-1');
}

it('a service that is suspended and protected runs, and says so', async () => {
  await at.addService(1, 'c-1', 20);
  await at.sluice.services.set('svc-1', { status: 'suspended', protected_until: '2026-12-01' });
  const page = await readPage();
  expect(page).toContain('>active</span>');
  expect(page).not.toContain(OTHER_REASON);
  expect(page).toContain(BUY);
});

it('a service that is suspended and held is restricted, says why once, and offers no package', async () => {
  await at.addService(1, 'c-1', 20);
  await at.sluice.services.set('svc-1', { status: 'suspended' });
  const page = await readPage();
  expect(page).toContain('>restricted</span>');
  expect(page).not.toContain('suspended');
  expect(page).toContain(
    'The service is restricted. An invoice is not paid.</p> <p>The service comes back after the payment.',
  );
  expect(page.split('An invoice is not paid').length).toBe(3);
  expect(page).toContain(OTHER_REASON);
  expect(page).not.toContain(BUY);
  expect(page).toContain('Does not help now');
});

it('a past period has the figure that counted', async () => {
  at.clock.set('2026-11-14T12:00:00Z');
  await at.addService(1, 'c-1');
  await at.sluice.services.set('svc-1', { next_due_date: '2026-11-15', traffic_mode: 'IN' });
  at.panel.addTraffic(501, { in: 30 * 1024 ** 3, out: 200 * 1024 ** 3 });
  await readPage();
  at.clock.set('2026-11-16T12:00:00Z');
  await at.sluice.services.set('svc-1', { next_due_date: '2026-12-15' });
  const periods = /Past periods[\s\S]*?<\/table>/.exec(await readPage())?.[0] ?? '';
  expect(periods).toContain('30 GB');
  expect(periods).not.toContain('230 GB');
});
