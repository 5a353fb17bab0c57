import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { startTelephonyBench, type Wire } from '../bench/telephony-bench.js';

const [at, open] = useOpened(startTelephonyBench);

const NUMBER = '+551140001234';
const HOUR = 3_600_000;

const EMPTY = { kind: 'mutate', change: (json: unknown) => ({ ...(json as object), ...NOTHING }) } as const;
const NOTHING = { rows: [], count: 0, data: [], meta: { total: 0 } };

/** Suspends the line of the service with its number. */
async function suspend(wire: Wire): Promise<void> {
  await open({ wire });
  await at.addService();
  at.panel.addDid({ number: '+551140009999' });
  await at.sluice.provision.suspend('svc-1', { withDids: true });
  expect(states()).toEqual(['suspended', 'suspended']);
}

const states = (): string[] => [at.panel.subscriber('joao1042').status, at.panel.did(NUMBER).status];

async function unsuspend() {
  const { run, service, notices } = await at.sluice.provision.unsuspend('svc-1');
  const evidence = await at.bench.store.evidence.open();
  return [run.outcome, service.error?.code ?? null, notices.map(({ code }) => code), evidence.length];
}

it('a number that no answer shows when the payment arrives is made active once it is there again', async () => {
  await suspend('magnusbilling');
  const show = at.panel.server.inject({ match: ({ path }) => path.includes('did/read'), fault: EMPTY });
  expect(await unsuspend()).toEqual(['partial', 'number_missing', [], 1]);
  expect(states()).toEqual(['active', 'suspended']);
  show();
  at.bench.clock.advance(HOUR);
  const { services } = await at.sluice.poll();
  expect([services[0]?.error, states()]).toEqual([null, ['active', 'active']]);
  expect(await at.bench.store.evidence.open()).toEqual([]);
});

it('a number that only the list of its line lacks is made active with the line', async () => {
  await suspend('default');
  const isOfLine = ({ query }: { query: URLSearchParams }): boolean => query.has('subscriber_id');
  at.panel.server.inject({ endpoint: 'GET /dids', match: isOfLine, fault: EMPTY });
  expect(await unsuspend()).toEqual(['done', null, [], 0]);
  expect(states()).toEqual(['active', 'active']);
});

it('a number that only the panel’s own list shows stays noted', async () => {
  await suspend('default');
  const hidden = { kind: 'status', status: 404, body: { error: { code: 'not_found', message: 'no' } } } as const;
  at.panel.server.inject({ endpoint: 'GET /dids/{id}', fault: hidden });
  at.panel.server.inject({ endpoint: 'GET /dids', match: ({ query }) => query.has('subscriber_id'), fault: EMPTY });
  expect(await unsuspend()).toEqual(['partial', 'number_missing', [], 1]);
});

it('a number that is gone from a panel with other numbers is named', async () => {
  await suspend('magnusbilling');
  const gone = at.panel.did(NUMBER).id;
  const without = (json: unknown): unknown => {
    const { rows } = json as { rows: { id: number }[] };
    const left = rows.filter(({ id }) => String(id) !== gone);
    return { ...(json as object), rows: left, count: left.length };
  };
  at.panel.server.inject({
    match: ({ path }) => path.includes('did/read'),
    fault: { kind: 'mutate', change: without },
  });
  expect(await unsuspend()).toEqual(['done', null, ['line_warning'], 0]);
});

it('a release whose answer was lost is not done because the list of the line lacks the number', async () => {
  await open({ wire: 'default' });
  await at.addService();
  const { server } = at.panel;
  server.inject({ endpoint: 'DELETE /dids/{id}', times: 1, fault: { kind: 'cut' } });
  const show = server.inject({ endpoint: 'GET /dids/{id}', skip: 1, fault: { kind: 'cut' } });
  expect((await at.sluice.dids.release(NUMBER)).error?.code).toBe('outcome_unknown');
  show();
  server.inject({ endpoint: 'GET /dids', match: ({ query }) => query.has('subscriber_id'), fault: EMPTY });
  at.bench.clock.advance(HOUR);
  await at.sluice.poll();
  const { entries } = await at.sluice.log.list({ kinds: ['action'] });
  expect(entries).toMatchObject([{ type: 'terminate-did', state: 'failed' }]);
  expect(at.panel.did(NUMBER).status).toBe('active');
});
