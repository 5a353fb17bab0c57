import { astbilling } from '@sluice/astbilling-client/panel';
import { type FakeAstbilling, startFakeAstbilling } from '@sluice/fake-panels';
import { type BenchOptions, type DashboardBench, startBench } from './dashboard-bench.js';

/** The number of the line. */
export const NUMBER = '+551142000001';

/**
 * Starts a dashboard with a telephony panel, where client c-1 has the line `line-1` and may change all of it that clients may.
 * `panel` are further settings of the panel.
 */
export async function startLineBench({
  panel = {},
  ...options
}: Pick<BenchOptions, 'sleep'> & { panel?: object } = {}): Promise<{ at: DashboardBench; voice: FakeAstbilling }> {
  const voice = await startFakeAstbilling();
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const customer = voice.addCustomer({ id: '501', name: 'Customer', document: '12345678909' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  voice.addDid({ number: NUMBER, subscriber: line });
  const customerMay = ['caller_id', 'destination', 'sip_password'];
  const at = await startBench({
    fakes: [voice],
    kinds: [astbilling],
    panels: {
      voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0, ...panel },
    },
    products: { line: { panel: 'voice', astbilling: { planId: 11, customerMay } } },
    ...options,
  });
  const phone = { panel: 'voice', product: 'line', status: 'active', client: 'c-1', astbilling_subscriber_id: line };
  await at.sluice.services.add('line-1', phone);
  return { at, voice };
}
