import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SyncReport } from '@sluice/engine';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startWhmcsBench } from '../bench/whmcs-bench.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startWhmcsBench);
beforeEach(() => {
  at.addService(1);
});

const shown = async (): Promise<string | null> => (await at.sluice.services.show('whmcs-1')).protectedUntil;
const sync = async (): Promise<SyncReport> => await at.sync();

/** Protects the service in WHMCS. */
async function protect(date: string): Promise<void> {
  Object.assign(at.whmcs.service(1), { overrideAutoSuspend: true, suspendNotBefore: date });
  await sync();
  expect(await shown()).toBe(date);
}

/** Ends the protection in WHMCS, which keeps its date. */
function endProtection(): void {
  at.whmcs.service(1).overrideAutoSuspend = false;
}

describe('a protection that ends in WHMCS', () => {
  it('is taken back, once', async () => {
    await protect('2027-06-01');
    endProtection();
    const { changes } = await sync();
    expect(changes.map(({ fields }) => fields)).toEqual([
      [{ key: 'protected_until', before: '2027-06-01', after: null }],
    ]);
    expect((await sync()).totals.unchanged).toBe(1);
  });

  it('is taken back where no product of the config claims the service any more', async () => {
    await protect('2027-06-01');
    endProtection();
    at.whmcs.service(1).productId = 20;
    await sync();
    expect(await shown()).toBeNull();
  });

  it('lasts as long as the service can not be read', async () => {
    await protect('2027-06-01');
    endProtection();
    const restore = at.whmcs.server.inject({
      endpoint: 'GetClientsProducts',
      fault: {
        kind: 'mutate',
        change: (json) => {
          const { products } = json as { products: { product: Record<string, unknown>[] } };
          for (const row of products.product) row['status'] = {};
          return json;
        },
      },
    });
    expect((await sync()).problems).toHaveLength(1);
    expect(await shown()).toBe('2027-06-01');
    restore();
    await sync();
    expect(await shown()).toBeNull();
  });

  it('leaves the date that the operator set instead, and the same date set later', async () => {
    await protect('2027-06-01');
    endProtection();
    for (const date of ['2027-09-01', '2027-06-01']) {
      await at.sluice.services.set('whmcs-1', { protected_until: date });
      await sync();
      expect(await shown()).toBe(date);
    }
  });

  it('restricts what is due by then', async () => {
    await protect('2027-06-01');
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    const states = [];
    for (const change of [() => undefined, endProtection]) {
      change();
      await sync();
      at.bench.clock.advance(HOUR);
      await at.poll();
      states.push(at.panel.port(7011).adminState);
    }
    expect(states).toEqual(['up', 'down']);
  });
});
