import { copyFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { HOUR, startFlvxBench } from '../../flvx-bench.js';
import type { Bench } from '../../harness.js';
import { startHiddifyBench } from '../../hiddify-bench.js';

const LOST = { endpoint: /./, fault: { kind: 'cut' } } as const;

/** Loses the store, and gives back the open holds by their file in another one. */
async function rebuild(bench: Bench): Promise<void> {
  copyFileSync(bench.path('sluice.db.holds.json'), bench.path('holds.json'));
  for (const end of ['', '-wal', '-shm']) rmSync(bench.path(`sluice.db${end}`), { force: true });
  expect((await bench.sluice('hold release --all --from holds.json --yes')).exitCode).toBe(0);
}

/** The service is not removed before its account is. */
async function expectKept(bench: Bench): Promise<void> {
  const removed = await bench.sluice('service remove svc-1 --yes');
  expect(removed.exitCode).toBe(1);
  expect(removed.stderr).toMatch(/it has an account that Sluice created, or may have one.*provision terminate svc-1/s);
  expect((await bench.sluice('provision terminate svc-1 --yes')).exitCode).toBe(0);
  expect((await bench.sluice('service remove svc-1 --yes')).exitCode).toBe(0);
}

describe('a service is not removed without its account, of which the store does not know the creation', () => {
  const at = startForEachTest(startFlvxBench);

  it('since it was rebuilt from the open holds, and a later creation failed', async () => {
    const user = await at.create(1);
    let mend = at.panel.server.inject(LOST);
    await at.bench.sluice('hold add svc-1');
    mend();
    await rebuild(at.bench);
    mend = at.panel.server.inject(LOST);
    expect((await at.bench.sluice('provision create svc-1 --password-file again')).exitCode).toBe(1);
    mend();
    await expectKept(at.bench);
    expect(at.panel.user(user)).toBeUndefined();
  });

  it('since a backup from before was restored', async () => {
    await at.addService(1);
    const mend = at.panel.server.inject(LOST);
    await at.bench.sluice('provision create svc-1 --password-file first');
    mend();
    await at.bench.sluice('db backup early.db');
    expect((await at.bench.sluice('provision create svc-1 --password-file second')).exitCode).toBe(0);
    const users = at.panel.world.users.size;
    await at.bench.sluice('db restore early.db --yes');
    at.bench.clock.advance(HOUR);
    await expectKept(at.bench);
    expect(at.panel.world.users.size).toBe(users - 1);
  });
});

describe('a service whose user Hiddify has by a uuid that is stored first', () => {
  const at = startForEachTest(() => startHiddifyBench({}));

  it('is not removed after a creation that failed in a rebuilt store', async () => {
    const cycle = 'billing_cycle=monthly next_due_date=2026-12-15';
    await at.bench.sluice(`service add svc-1 panel=vpn product=vpn-50 ${cycle}`);
    await at.bench.sluice('provision create svc-1');
    const shown = await at.bench.sluice('service show svc-1 --json');
    const uuid = shown.json<{ refs: Record<string, string> }>().refs['hiddify_user_uuid'] ?? '';
    expect(at.panel.hasUser(uuid)).toBe(true);
    let mend = at.panel.server.inject(LOST);
    await at.bench.sluice('hold add svc-1');
    mend();
    await rebuild(at.bench);
    mend = at.panel.server.inject(LOST);
    expect((await at.bench.sluice('provision create svc-1')).exitCode).toBe(1);
    mend();
    await expectKept(at.bench);
    expect(at.panel.hasUser(uuid)).toBe(false);
  });
});
