import { expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import { createSluice, parseConfig } from '@sluice/engine';
import { manualClock, startFakeAstbilling } from '@sluice/fake-panels';
import { openStore } from '@sluice/state-store';

it('a change that waits for a lease is asked for by what the config lets clients change after it', async () => {
  const voice = await startFakeAstbilling();
  const plan = voice.add('plans', { id: '11', name: 'Plan' });
  const customer = voice.addCustomer({ id: '501', name: 'Customer', document: '12345678909' });
  const line = voice.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  const panels = { voice: { kind: 'astbilling', url: voice.url, token: voice.token, allowHttp: true, retries: 0 } };
  const toConfig = (customerMay: string[]) =>
    parseConfig({ panels, products: { line: { panel: 'voice', astbilling: { planId: 11, customerMay } } } }, [
      astbilling,
    ]);
  let config = toConfig(['sip_password']);
  const time = manualClock('2026-11-20T12:00:00Z');
  let onWait = (): Promise<unknown> => Promise.resolve();
  const clock = { ...time, sleep: async () => void (await onWait()) };
  const store = await openStore({ location: ':memory:', clock });
  const of = { secret: (value: string) => value, readFile: () => '', refused: null, needRestart: [] };
  const sluice = await createSluice({ config, current: () => ({ config, ...of }), kinds: [astbilling], store, clock });
  const phone = { panel: 'voice', product: 'line', status: 'active', client: 'c-1', astbilling_subscriber_id: line };
  await sluice.services.add('line-1', phone);

  const other = { owner: { host: 'other', pid: 1, processStart: '1' }, run: 'run-other', isAlive: () => true };
  const now = new Date(clock.now()).toISOString();
  const taken = await store.leases.acquire({ name: 'service:line-1', ...other, now, ttlMs: 60_000 });
  onWait = async () => {
    config = toConfig([]);
    if (taken.acquired) await store.leases.release(taken.lease);
  };
  voice.server.clearCalls();
  const permit = ({ fields }: { fields: readonly string[] }): void => {
    if (!fields.includes('sip_password')) throw new Error('not permitted');
  };
  await expect(sluice.provision.changePassword('line-1', { reader: 'c-1', permit })).rejects.toThrow('not permitted');
  expect(voice.server.changingCalls()).toEqual([]);
  await sluice.close();
  await voice.close();
});
