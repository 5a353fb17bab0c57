import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startFlvxBench, type FlvxBench } from '../../flvx-bench.js';

let at: FlvxBench;
let own: number;
let other: number;
beforeEach(async () => {
  at = await startFlvxBench();
  own = await at.create(1);
  other = at.panel.addUser({ user: 'another-customer' });
});
afterEach(() => at.close());

describe('the account that Sluice made for a service', () => {
  it('is not exchanged for one of somebody else', async () => {
    const set = await at.bench.sluice(`service set svc-1 flvx_user_id=${other}`);
    expect(set.exitCode).toBe(2);
    expect(set.stderr).toContain(`is ${own}`);
    at.bench.write(
      'a.csv',
      `id,panel,product,billing_cycle,next_due_date,flvx_user_id\nsvc-1,relay,relay,monthly,2026-12-15,${other}\n`,
    );
    expect((await at.bench.sluice('service import a.csv')).exitCode).toBe(2);
    expect((await at.bench.sluice('provision terminate svc-1 --yes')).exitCode).toBe(0);
    expect(at.panel.user(other)).toBeDefined();
    expect(at.panel.user(own)).toBeUndefined();
  });

  it('may be named again as it is', async () => {
    expect((await at.bench.sluice(`service set svc-1 flvx_user_id=${own} client=4711`)).exitCode).toBe(0);
  });
});
