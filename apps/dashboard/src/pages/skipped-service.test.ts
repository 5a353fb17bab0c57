import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DashboardBench, startBench } from '../test/dashboard-bench.js';
import { textOf } from '../test/page-texts.js';
import { Link } from '../test/share-link.js';

const DAY = 86_400_000;
const PENDING = 'It is pending: no run reads, restricts or releases it until it is active.';

let at: DashboardBench;
beforeAll(async () => {
  at = await startBench({ config: { poll: { doubt: { jump: 'off' }, overdue: 'ignore' } } });
  for (const number of [1, 3, 4]) await at.addService(number, '42', 120);
  for (const number of [2, 5]) await at.addService(number, '42', 10);
  await at.sluice.poll({ allowMass: true });
  await at.sluice.services.set('svc-3', { status: 'pending' });
  await at.sluice.services.set('svc-4', { status: 'terminated' });
  await at.sluice.services.set('svc-5', { status: 'pending' });
  await at.sluice.poll({ allowMass: true });
});
afterAll(() => at.close());

const forOperator = async (id: string): Promise<string> => textOf(await at.page(`/services/${id}`, await at.login()));

async function forClient(id: string): Promise<string> {
  const link = await Link.open(at, { client: '42' });
  return textOf(await link.text(`/services/${id}`));
}

describe('a pending service with an account', () => {
  it('that is in use is said to have it, and to be read by no run', async () => {
    const page = await forOperator('svc-5');
    expect(page).toContain(`svc-5 has an account. ${PENDING}`);
    expect(page).not.toContain('it has no account yet');
  });

  it('is offered no command that is refused', async () => {
    const session = await at.login();
    const [pending, active] = [await at.page('/services/svc-5', session), await at.page('/services/svc-2', session)];
    for (const verb of ['hold', 'release', 'buy']) {
      expect(pending).not.toContain(`/services/svc-5/${verb}"`);
      expect(active).toContain(`/services/svc-2/${verb}"`);
    }
    expect(pending).toContain('/services/svc-5/suspend"');
    const refused = { code: 'wrong_lifecycle' };
    await expect(at.sluice.holds.add('svc-5')).rejects.toMatchObject(refused);
    await expect(at.sluice.holds.release('svc-5')).rejects.toMatchObject(refused);
  });

  it('that is held is released by no run', async () => {
    const page = await forOperator('svc-3');
    expect(page).toContain(': 120 GB are used. ');
    expect(page).toContain(PENDING);
    expect(page).not.toMatch(/It is released with the next cycle/);
  });
});

describe('once the cycle is over', () => {
  beforeAll(async () => {
    // The others are due on 15 December, and nobody renews them.
    at.clock.advance(26 * DAY);
    await at.sluice.poll({ allowMass: true });
  });

  it('an overdue service that is ignored stays as it is until it is renewed', async () => {
    const found = await at.sluice.explain('svc-1');
    expect([found.decision?.rule, found.service.holds.length]).toEqual(['overdue', 1]);
    const pages = [await forOperator('svc-1'), await forOperator('svc-2')];
    for (const page of pages) {
      expect(page).toContain('It was due on 2026-12-15, and runs leave overdue services as they are');
      expect(page).not.toMatch(/the next run that reads (it|the present one) decides/);
    }
    expect(await forClient('svc-1')).toContain('its usage is read again once it is renewed.');
  });

  it('no client is promised that a service comes back that no run reads', async () => {
    const pages = [await forClient('svc-1'), await forClient('svc-3'), await forClient('svc-4')];
    for (const page of pages) expect(page).not.toContain('It comes back with the next reading of its usage');
  });
});
