import { describe, expect, it } from '@jest/globals';
import type { CommandReport, RunReport } from '@sluice/engine';
import { closeAfterTest } from '../each-test.js';
import { startEasyDcimBench } from '../easydcim-bench.js';
import { startFlvxBench } from '../flvx-bench.js';
import type { Bench, Outcome } from '../harness.js';
import { startHiddifyBench } from '../hiddify-bench.js';
import { remedyFor } from '../../remedies.js';

/** Half of a pair of surrogates, which no encoding has; the folder above. */
const ODD = ['\ud800', '50\udfff1', '..'];

interface At {
  bench: Bench;
  close: () => Promise<void>;
}

let at: At;

/** Each kind with the services `svc-1` and `svc-2`. */
const BENCHES: Record<string, () => Promise<At>> = {
  dcim: async () => {
    const started = await startEasyDcimBench();
    await started.addService(1);
    await started.addService(2);
    return started;
  },
  relay: async () => {
    const started = await startFlvxBench();
    await started.create(1);
    await started.create(2);
    return started;
  },
  vpn: async () => {
    const started = await startHiddifyBench();
    await started.create(1);
    await started.create(2);
    return started;
  },
};

const REFS: [panel: string, ref: string][] = [
  ['dcim', 'easydcim_service_id'],
  ['dcim', 'easydcim_order_id'],
  ['dcim', 'easydcim_server_id'],
  ['dcim', 'easydcim_user'],
  ['relay', 'flvx_user_id'],
  ['relay', 'flvx_tunnel_id'],
  ['relay', 'flvx_user_tunnel_id'],
  ['vpn', 'hiddify_user_uuid'],
  ['vpn', 'hiddify_agent_uuid'],
];

async function start(panel: string): Promise<(words: string[]) => Promise<Outcome>> {
  at = closeAfterTest(await BENCHES[panel]!());
  const { bench } = at;
  return (words) => bench.sluice([...words, '--json']);
}

/** What a version that did not check refs could have stored. */
async function store(ref: string, value: string): Promise<void> {
  const { bench } = at;
  const updatedAt = new Date(bench.clock.now()).toISOString();
  await bench.store((opened) => opened.services.update([{ id: 'svc-1', refs: { [ref]: value }, updatedAt }]));
}

describe('a ref that no panel could have', () => {
  it.each(REFS)('is refused by service add, import and set (%s, %s)', async (panel, ref) => {
    const run = await start(panel);
    const odd = [...ODD, 'x\u0000y'];
    for (const value of odd) {
      const row = {
        id: 'new',
        panel,
        product: 'bare',
        ...(panel === 'dcim' ? { easydcim_service_id: '1' } : {}),
        [ref]: value,
      };
      at.bench.write('rows.json', JSON.stringify([row]));
      const { id, ...pairs } = row;
      const refused = [
        await run(['service', 'set', 'svc-1', `${ref}=${value}`]),
        await run(['service', 'add', id, ...Object.entries(pairs).map(([key, text]) => `${key}=${text}`)]),
        await run(['service', 'import', 'rows.json']),
      ];
      for (const { exitCode, stdout } of refused) {
        expect([value, exitCode]).toEqual([value, 2]);
        expect(stdout).toContain(ref);
      }
    }
  });

  const each = REFS.flatMap(([panel, ref]) => ODD.map((value): [string, string, string] => [panel, ref, value]));
  // All of them with SLUICE_LONG=1; every eighth brings each value and each ref's panel.
  it.each(each.filter((_, index) => process.env['SLUICE_LONG'] === '1' || index % 8 === 0))(
    'is no fault of Sluice where a store has it (%s, %s %j)',
    async (panel, ref, value) => {
      const run = await start(panel);
      await store(ref, value);
      const commands = ['poll', 'reconcile', 'provision suspend svc-1', 'poll', 'doctor --contract'];
      for (const words of [...commands, 'usage graph svc-1 --from-panel', 'provision unsuspend svc-1']) {
        const { stdout, stderr } = await run(words.split(' '));
        expect([words, stderr]).toEqual([words, '']);
        expect(stdout).not.toContain('unexpected');
        expect(stdout).not.toContain('URI malformed');
      }
    },
  );

  it.each([
    ...ODD.map((value): [string, string, string, string] => ['dcim', 'easydcim_service_id', value, 'bad_ref']),
    ['dcim', 'easydcim_user', '\ud800', 'bad_ref'],
    ['dcim', 'easydcim_user', 'user@例', 'bad_ref'],
    ['relay', 'flvx_user_id', '\ud800', 'account_missing'],
    ['vpn', 'hiddify_user_uuid', '\ud800', 'bad_uuid'],
  ])('is an error of its service that names it (%s, %s %j)', async (panel, ref, value, code) => {
    const run = await start(panel);
    await store(ref, value);
    const polled = await run(['poll']);
    expect(polled.exitCode).toBe(3);
    const [odd, other] = polled.json<RunReport>().services;
    expect(odd).toMatchObject({ id: 'svc-1', error: { code } });
    expect(odd?.error?.message).toContain('"svc-1"');
    expect(odd?.error?.message).toContain(ref);
    expect(other).toMatchObject({ id: 'svc-2', error: null });
  });

  it('is named by a command about the order, and no other ref keeps the order from being suspended', async () => {
    const run = await start('dcim');
    await store('easydcim_order_id', '\ud800');
    const refused = await run(['provision', 'suspend', 'svc-1']);
    const { error } = refused.json<CommandReport>().service;
    expect(error?.code).toBe('bad_ref');
    expect(error?.message).toMatch(/"svc-1".*easydcim_order_id/);
    expect(remedyFor('bad_ref', { service: 'svc-1', key: 'easydcim_order_id' })).toContain(
      '"sluice service set svc-1 easydcim_order_id=ID"',
    );
    await store('easydcim_order_id', '901');
    await store('easydcim_user', '\ud800');
    const suspended = await run(['provision', 'suspend', 'svc-1']);
    expect(suspended.json<CommandReport>().actions).toMatchObject([{ type: 'suspend-order', state: 'applied' }]);
  });
});
