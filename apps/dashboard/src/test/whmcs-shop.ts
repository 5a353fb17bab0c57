import { type FakeWhmcs, manualClock, startFakeWhmcs } from '@sluice/fake-panels';
import { whmcs } from '@sluice/whmcs-client/billing';
import { type DashboardBench, startBench } from './dashboard-bench.js';

/** A dashboard over WHMCS, whose client 42 has 100 EUR of credit and the service `svc-1`, which was read once. */
export async function openWhmcsShop(): Promise<{ at: DashboardBench; fake: FakeWhmcs }> {
  const fake = await startFakeWhmcs({ now: manualClock('2026-11-20T12:00:00Z').now });
  const { url, identifier, secret } = fake;
  const at = await startBench({
    fakes: [fake],
    billing: [whmcs],
    config: {
      ...{ billing: 'whmcs', whmcs: { url, identifier, secret, allowHttp: true } },
      invoiceLines: { purchase: '{package} for {service}' },
    },
  });
  fake.addClient({ id: 42, currency: 'EUR', credit: '100.00' });
  await at.addService(1, '42');
  await at.sluice.poll();
  return { at, fake };
}
