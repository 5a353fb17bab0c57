import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { errorOf, GB } from '../bench/engine-bench.js';
import { toIds } from '../bench/easydcim-bench.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';

const [at, open] = useOpened(openWhmcsShop);
const INTO = 88;

/** Opens a shop with a pending purchase of a client who was merged into another one. */
async function openMerged(): Promise<void> {
  await open();
  await at.buyPending();
  at.whmcs.addClient({ id: INTO, currency: 'EUR' });
  at.whmcs.mergeClients(CLIENT, INTO);
}

/** Ends the token while the billing system is at work on this call of it, from now on. */
function revokeAt(token: string, call: number): void {
  const until = async (): Promise<void> => {
    await at.sluice.access.revoke(token);
  };
  at.whmcs.server.inject({ match: () => true, skip: call, times: 1, fault: { kind: 'wait', until } });
}

it.each([0, 1, 2, 3, 4])(
  'a run that finds a merge of clients goes on after the end of its token, at call %i of WHMCS',
  async (call) => {
    await openMerged();
    await at.sluice.services.set('whmcs-1', { client: String(INTO) });
    at.panel.addTraffic(toIds(1).service, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(3_600_000);
    const { access } = await at.sluice.access.create({ name: 'night', scopes: ['operate'] });
    revokeAt(access.id, call);
    const report = await at.sluice.reconcile({ asker: { id: access.id }, allowMass: true });
    expect([report.run.outcome, report.services[0]?.error]).toEqual(['done', null]);
    expect((await at.sluice.holds.list()).holds.map(({ service }) => service)).toEqual(['whmcs-1']);
    expect((await at.purchases()).map(({ client }) => client)).toEqual([String(INTO)]);
    const merges = await at.bench.store.runs.list({ command: 'client merge' });
    expect(merges.map(({ outcome }) => outcome)).toEqual(['done']);
  },
);

it.each([0, 1, 2, 3, 4])(
  'a sync whose token ends at call %i of WHMCS says which merges it has stored',
  async (call) => {
    await openMerged();
    const { access } = await at.sluice.access.create({ name: 'night', scopes: ['operate'] });
    revokeAt(access.id, call);
    const ended = await errorOf(at.sync({ asker: { id: access.id } }));
    const merges = await at.bench.store.runs.list({ command: 'client merge' });
    const outcome = merges.length > 0 ? 'merged here, and nothing else was changed' : 'has ended; nothing was changed';
    expect(ended).toMatchObject({ code: 'no_token', message: expect.stringContaining(outcome) });
    expect((await at.bench.store.services.get('whmcs-1'))?.client).toBe(String(merges.length > 0 ? INTO : CLIENT));
  },
);
