import type { PurchaseReport } from '@sluice/engine';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { startShop } from './shop.js';

const at = startForEachTest(startShop);
beforeEach(async () => {
  await at.addClientService(1);
  at.use(1, 10);
  await at.pollReport();
});

const pay = () => at.run('credit add 42 20 --currency EUR');

describe('purchase create', () => {
  it('says what was bought, and its repeat the same', async () => {
    await pay();
    const bought = await at.run('purchase create svc-1 extra-50 --ref order-1 --actor bob --json');
    expect([bought.exitCode, bought.stderr]).toEqual([0, '']);
    const again = await at.run('purchase create svc-1 extra-50 --ref order-1 --json');
    const [first, second] = [bought, again].map((each) => each.json<PurchaseReport>().purchase.id);
    expect([again.exitCode, second]).toEqual([0, first]);
    const third = await at.run('purchase create svc-1 extra-50');
    expect(third.stdout).toMatch(/svc-1: bought extra-50, 50 GB for 5\.00 EUR, pur-\S+; invoice/);
    expect((await at.run('log list --runs --service svc-1')).stdout).toMatch(/purchase create by bob/);
  });

  it('does not say released while the panel refuses, and counts at once', async () => {
    at.use(1, 110);
    await at.pollReport();
    await pay();
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    const bought = await at.run('purchase create svc-1 extra-50 --ref order-1');
    expect([bought.exitCode, bought.stdout]).toEqual([3, expect.stringMatching(/not released yet$/m)]);
    at.panel.server.clearFaults();
    expect((await at.run('purchase create svc-1 extra-50 --ref order-1')).exitCode).toBe(0);
    expect((await at.run('explain svc-1')).stdout).toMatch(/120 GB of 150 GB/);
  });

  it('says that the panel still stops a service that is held no longer', async () => {
    at.use(1, 110);
    await at.pollReport();
    await pay();
    at.panel.staffSuspendOrder(901, 'abuse');
    const { stdout, stderr, exitCode } = await at.run('purchase create svc-1 extra-50');
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringMatching(/; no longer held, but still stopped on the panel$/m),
    ]);
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/order 901 is suspended.*The package alone does not start it/);
    expect((await at.run('service list')).stdout).toContain('stopped on the panel');
  });

  it('says of a service that is held by a quota which its product has no more that it stays held', async () => {
    at.use(1, 110);
    await at.pollReport();
    at.bench.edit(/^( {2})(free: .*) \}$/m, '$1$2 }\n$1none: { panel: dcim, packages: [extra-10] }');
    expect((await at.run('provision change-package svc-1 none')).stdout).toMatch(/; still held: quota$/m);
    const { stdout } = await at.run('package list --service svc-1');
    expect(stdout).toMatch(/^No package can be bought for the service now: it has no limited quota\.$/m);
    expect(stdout).not.toContain('not known');
    await at.pollReport();
    const explained = (await at.run('explain svc-1')).stdout;
    expect(explained).toContain('which releases nothing. To release it: sluice hold release svc-1 --until DATE.');
    expect(explained).not.toContain('with the next cycle');
  });

  it('names under observe the commands that release the service', async () => {
    at.use(1, 110);
    await at.pollReport();
    await at.run('observe dcim');
    await pay();
    const { stderr } = await at.run('purchase create svc-1 extra-50');
    const [, command = ''] = /"sluice (enforce [^"]*)"/.exec(stderr.replaceAll(/\s+/g, ' ')) ?? [];
    expect(command).toBe('enforce dcim');
    expect((await at.run(`${command} --yes`)).exitCode).toBe(0);
  });

  it('says before the charge what the package does not end', async () => {
    at.use(1, 110);
    await at.pollReport();
    await pay();
    const missing =
      /10\.00 GB of traffic are still missing, and the service stays restricted\. At least 3 of this package are needed, or one of “extra-50”, “dollars”/;
    const listed = await at.run('package list --service svc-1');
    expect(listed.stdout.replaceAll(/\s+/g, ' ')).toMatch(new RegExp(`extra-10: With this package ${missing.source}`));
    const small = await at.run('purchase create svc-1 extra-10 --ref a');
    expect([small.exitCode, small.stderr.replaceAll(/\s+/g, ' ')]).toEqual([0, expect.stringMatching(missing)]);
    expect(small.stdout).toContain('held: quota');
    expect((await at.run('purchase create svc-1 extra-10 --ref a')).stderr).toBe('');
    const large = await at.run('purchase create svc-1 extra-50');
    expect([large.stderr, large.stdout]).toEqual(['', expect.stringMatching(/; released$/m)]);
  });

  it('says in the list why no package can be bought', async () => {
    await at.run('service set svc-1 client=');
    const { stdout } = await at.run('package list --service svc-1');
    expect(stdout).toMatch(
      /^No package can be bought for the service now: it has no client, so nobody can be charged\.$/m,
    );
  });

  it('is refused with what helps', async () => {
    const refused = await at.run('purchase create svc-1 extra-50');
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('has 0.00 EUR of credit')]);
    await pay();
    await at.run('purchase create svc-1 extra-50');
    const [paid] = await at.purchases();
    // As a process leaves it that is killed between the intent and the charge.
    await at.bench.store(async (store) => {
      const row = await store.purchases.get(paid?.id ?? '');
      if (row === null) throw new Error('no purchase');
      const open = { status: 'pending', invoice: null, charged: null, paidAt: null } as const;
      await store.purchases.add({ ...row, ...open, id: 'pur-open', key: 'open' });
    });
    const unfinished = await at.run('purchase create svc-1 extra-50');
    expect([unfinished.exitCode, unfinished.stderr]).toEqual([1, expect.stringMatching(/pur-open.*sluice reconcile/s)]);
  });
});

it('purchase cancel says what was refunded', async () => {
  await pay();
  const { id } = (await at.run('purchase create svc-1 extra-50 --json')).json<PurchaseReport>().purchase;
  expect((await at.run(`purchase cancel ${id}`)).exitCode).toBe(1);
  expect((await at.run(`purchase cancel ${id} --refund`)).stdout).toMatch(/refunded/);
  expect((await at.run(`purchase cancel ${id} --refund`)).exitCode).toBe(0);
});
