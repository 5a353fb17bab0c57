import { describe, expect, it } from '@jest/globals';
import { printableJson } from '@sluice/panel-http/printable';
import { closeAfterTest } from './each-test.js';
import { configText, startEasyDcimBench } from './easydcim-bench.js';
import { flvxConfig, startFlvxBench } from './flvx-bench.js';
import type { Bench, Outcome } from './harness.js';
import { expectCleanOutput, expectCleanStore, HOSTILE } from './hostile-text.js';
import { GB, startHiddifyBench } from './hiddify-bench.js';

/** How the name begins where it is shown. */
const SHOWN = 'Evil ]0;pwned [2J [31mRED 2J FAKE LINE FAKE LINE';
const RELAY = ['relay users', 'panel unassigned relay', 'relay speed-limits', 'relay tunnel-groups'];
const REFUSAL = { kind: 'status', status: 422, body: { message: HOSTILE, error: HOSTILE } } as const;

/** Puts the text into every string of an answer but into ids, dates and the words that the panel's kind defines. */
function spoil(json: unknown, keys: RegExp): unknown {
  if (Array.isArray(json)) return json.map((item) => spoil(item, keys));
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [
      key,
      typeof value === 'string' && keys.test(key) ? `${value} ${HOSTILE}` : spoil(value, keys),
    ]),
  );
}

/** Stores ids that a service may still have from a version that did not check them. */
async function storeRefs(bench: Bench, id: string, refs: Record<string, string>): Promise<void> {
  const updatedAt = new Date(bench.clock.now()).toISOString();
  await bench.store((store) => store.services.update([{ id, refs, updatedAt }]));
}

describe('names with escape sequences, line ends and bidi controls', () => {
  it('of agents and users reach no terminal, mail, notice or log row as they are', async () => {
    const at = closeAfterTest(await startHiddifyBench({ agents: '{ accounting: consumed }' }));
    const { bench, panel } = at;
    const evil = panel.addAgent(undefined, { name: HOSTILE });
    const below = panel.addAgent(evil, { name: `below ${HOSTILE}` });
    panel.addAgent(evil, { name: HOSTILE });
    const user = panel.addUser({ agent: evil, name: `user ${HOSTILE}` });
    panel.addUser({ agent: evil, name: `mate ${HOSTILE}` });
    const client = [
      `name=${HOSTILE}`,
      `client=${HOSTILE}`,
      `client_name=${HOSTILE}`,
      `first_name=${HOSTILE}`,
      `last_name=${HOSTILE}`,
      `email=${HOSTILE}`,
    ];
    await at.addService(1, { values: [`hiddify_user_uuid=${user}`, ...client] });
    await at.addService(2, { product: 'bare', values: client });
    const tries = (words: string | string[]): Promise<Outcome> => expectCleanOutput(bench, words);
    await tries(`agent limit ${evil} --gb 10`);
    await tries(`agent limit ${below} --gb 5 --dry-run`);
    for (const gb of [8, 1, 2]) {
      panel.use(user, gb * GB);
      at.bench.clock.advance(300_000);
      await tries('agent check --all --dry-run');
      await tries('agent check --all');
    }
    await tries('panel unassigned vpn');
    for (const words of ['list', `show ${evil}`, `show ${below}`, `explain ${evil}`, `check ${evil}`])
      await tries(`agent ${words}`);
    await tries(['agent', 'show', HOSTILE]);
    await tries(['agent', 'show', `no ${HOSTILE}`]);
    await tries(['agent', 'create-user', evil, '--name', HOSTILE, '--gb', '1']);
    await tries(['agent', 'create-user', below, '--name', HOSTILE, '--gb', '400']);
    await tries(`agent can-create-user ${below} --gb 400`);
    bench.write('limits.csv', `agent,limit_gb\n"${HOSTILE.replaceAll('"', '')}",5\n${evil},x\n`);
    await tries('agent limit --from limits.csv');
    await tries(`agent restore ${evil}`);
    await tries(`agent restore ${evil} --force`);
    for (const words of ['poll', 'reconcile', 'plan', 'usage', 'service list', 'service show svc-1', 'explain svc-1'])
      await tries(words);
    await tries(['hold', 'add', 'svc-1', '--note', HOSTILE]);
    for (const words of ['hold list', 'explain svc-1', 'hold release svc-1', 'log list', 'log export -', 'doctor'])
      await tries(words);
    panel.server.inject({ fault: REFUSAL });
    for (const words of ['poll', 'panel test', 'doctor', 'agent check --all', 'agent list', 'hold add svc-1'])
      await tries(words);
    expect(bench.printed).toContain(SHOWN);
    await expectCleanStore(bench);
  });

  it('of users, forwards, tunnels, groups and limits reach no terminal, mail, notice or log row', async () => {
    const at = closeAfterTest(await startFlvxBench('', ''));
    const { bench, panel, tunnels } = at;
    bench.write(
      'sluice.yaml',
      `${flvxConfig(panel.url)}  ${printableJson(`evil ${HOSTILE}`)}: { panel: relay, quota: { total: 1GB }, flvx: { tunnelGroup: ${printableJson(HOSTILE)} } }\n`,
    );
    const user = panel.addUser({ user: HOSTILE });
    const evilTunnel = panel.addTunnel({ name: HOSTILE });
    panel.addTunnelGroup(HOSTILE, [evilTunnel]);
    panel.addSpeedLimit(evilTunnel, 5, HOSTILE);
    for (const tunnel of [tunnels.hk, evilTunnel]) panel.addPermission(user, tunnel);
    const forward = panel.addForward(user, tunnels.hk, { name: HOSTILE });
    panel.addForward(user, evilTunnel, { name: `2 ${HOSTILE}` });
    const tries = (words: string | string[]): Promise<Outcome> => expectCleanOutput(bench, words);
    await at.addService(1, { values: [`flvx_user_id=${user}`] });
    await storeRefs(bench, 'svc-1', { flvx_username: HOSTILE });
    await at.addService(2, { product: `evil ${HOSTILE}`, values: [`client=${HOSTILE}`] });
    await at.addService(3, { product: 'counted', values: [`flvx_user_id=${user}`, '--allow-duplicate-refs'] });
    await tries('provision create svc-1 --adopt --password-file pw1');
    await tries('provision create svc-2 --password-file pw2');
    await tries('provision create svc-3 --adopt --password-file pw3');
    for (const words of ['tunnel list', ...RELAY, 'relay login-link svc-1', 'plan', 'reconcile']) await tries(words);
    panel.traffic(forward, 200 * GB);
    for (const words of ['poll --dry-run', 'poll', 'plan', 'service show svc-1', 'service show svc-2', 'explain svc-1'])
      await tries(words);
    await tries(['provision', 'suspend', 'svc-1', '--reason', HOSTILE]);
    await tries(`hold adopt svc-1 --forwards ${forward}`);
    await tries(['hold', 'adopt', 'svc-1', '--forwards', HOSTILE]);
    await tries(['provision', 'change-package', 'svc-1', `evil ${HOSTILE}`]);
    for (const words of ['provision unsuspend svc-1', 'service list', 'usage', 'log list', 'hold list', 'doctor'])
      await tries(words);
    panel.server.inject({
      endpoint: /update|pause|delete|create|assign/,
      fault: { kind: 'body', body: { code: -1, msg: HOSTILE } },
    });
    for (const words of [
      'poll',
      'provision terminate svc-1 --yes',
      'provision change-password svc-1 --password-file p',
    ])
      await tries(words);
    panel.server.inject({ fault: REFUSAL });
    for (const words of [
      'poll',
      'panel test',
      'doctor --contract',
      'tunnel list',
      'hold release --all --yes',
      'observe relay',
    ])
      await tries(words);
    expect(bench.printed).toContain(SHOWN);
    await expectCleanStore(bench);
  });

  it('of ports, orders, servers and a billing system reach no terminal, mail, notice or log row', async () => {
    const at = closeAfterTest(await startEasyDcimBench());
    const { bench, panel } = at;
    const tries = (words: string | string[]): Promise<Outcome> => expectCleanOutput(bench, words);
    await at.addService(1, {
      values: [`client=${HOSTILE}`, `first_name=${HOSTILE}`],
      ports: [
        { id: 7011, name: HOSTILE, description: HOSTILE },
        { id: 7012, name: `b ${HOSTILE}` },
      ],
    });
    await at.addService(2, { product: 'both' });
    await storeRefs(bench, 'svc-1', { easydcim_user: HOSTILE, order_id: HOSTILE });
    panel.addTraffic(501, { in: 200 * GB, out: 0 });
    for (const words of ['plan', 'poll', 'explain svc-1', 'usage', 'usage history svc-1', 'usage graph svc-1'])
      await tries(words);
    panel.server.inject({
      fault: { kind: 'mutate', change: (json) => spoil(json, /name|label|description|hostname/) },
    });
    for (const words of ['reconcile', 'doctor --contract', 'poll', 'usage graph svc-1 --source panel'])
      await tries(words);
    panel.server.inject({
      fault: { kind: 'mutate', change: (json) => spoil(json, /name|label|state|status|message|unit|type|title/) },
    });
    for (const words of ['reconcile', 'poll', 'hold add svc-2', 'hold release svc-2', 'hold adopt svc-2 --ports 7021'])
      await tries(words);
    panel.server.inject({ fault: REFUSAL });
    for (const words of ['reconcile', 'poll', 'panel test', 'doctor', 'enforce dcim --yes', 'usage --refresh'])
      await tries(words);
    for (const words of ['log list', 'log list --actions', 'log list --api', 'log export -', 'service show svc-1'])
      await tries(words);
    expect(bench.printed).toContain(SHOWN);
    await expectCleanStore(bench);
  });

  it('of the command line, files and the config reach no terminal', async () => {
    const at = closeAfterTest(await startEasyDcimBench());
    const { bench } = at;
    const tries = (words: string | string[]): Promise<Outcome> => expectCleanOutput(bench, words);
    await at.addService(1);
    for (const words of [
      ['service', 'show', HOSTILE],
      ['service', 'add', HOSTILE, 'panel=dcim'],
      ['service', 'add', 'svc-9', `panel=${HOSTILE}`, `product=${HOSTILE}`, `status=${HOSTILE}`, `${HOSTILE}=1`],
      ['service', 'set', 'svc-1', `product=${HOSTILE}`, `next_due_date=${HOSTILE}`, `traffic_mode=${HOSTILE}`],
      ['service', 'set', 'svc-1', HOSTILE],
      ['service', 'remove', HOSTILE],
      ['service', 'remove', HOSTILE, '--yes'],
      ['service', 'export', '--format', HOSTILE],
      ['service', 'list', '--client', HOSTILE],
      ['service', 'import', `${HOSTILE}.csv`],
      ['override', 'set', 'svc-1', '--quota', HOSTILE],
      ['override', 'set', 'svc-1', '--mode', HOSTILE],
      ['hold', 'add', 'svc-1', '--note', HOSTILE],
      ['hold', 'list', 'svc-1'],
      ['hold', 'release', '--all', '--panel', HOSTILE],
      ['hold', 'adopt', 'svc-1', '--ports', HOSTILE],
      ['explain', 'svc-1', '--at', HOSTILE],
      ['poll', '--panel', HOSTILE],
      ['panel', 'test', HOSTILE],
      ['log', 'list', '--since', HOSTILE],
      ['log', 'list', '--limit', HOSTILE],
      ['usage', 'graph', 'svc-1', '--range', HOSTILE],
      ['db', 'backup', `nowhere/${HOSTILE}`],
      ['config', 'check', '--config', HOSTILE],
      ['init', `${HOSTILE}.yaml`, '--panel', `name=${HOSTILE},kind=${HOSTILE}`],
      ['init', 'new.yaml', '--time-zone', HOSTILE],
      ['completion', HOSTILE],
      ['compare', 'dcim', '--with', `${HOSTILE}.csv`],
      [HOSTILE],
      ['poll', HOSTILE],
      ['poll', `--${HOSTILE}`],
      ['pol\nFAKE LINE'],
      ['service', HOSTILE],
      ['hold', 'add', 'svc-1', `--wait-lock=${HOSTILE}`],
    ])
      await tries(words);
    bench.write(
      'bad.csv',
      `id,panel,product,${HOSTILE.replaceAll(/\s/g, '')}\n"${HOSTILE}",dcim,"${HOSTILE}",1\nsvc-8,"${HOSTILE}",ports,1\n`,
    );
    bench.write(
      'bad.json',
      printableJson([{ id: HOSTILE }, { id: 'svc-8', panel: 'dcim', product: HOSTILE, [HOSTILE]: [1] }]),
    );
    bench.write(
      'bad2.json',
      printableJson([{ id: 'svc-8', panel: 'dcim', product: HOSTILE, status: HOSTILE, [HOSTILE]: 'x' }]),
    );
    bench.write('bad.yaml', `services: [ { id: ${HOSTILE}`);
    for (const file of ['bad.csv', 'bad.json', 'bad2.json', 'bad.yaml']) await tries(`service import ${file}`);
    bench.write('theirs.json', printableJson([{ service: HOSTILE, used_gb: 1 }]));
    await tries('compare dcim --with theirs.json');
    const evil = printableJson(HOSTILE);
    for (const more of [
      `${evil}: 1`,
      `products2: { ${evil}: ${evil} }`,
      `poll: { ${evil}: 1, overdue: ${evil} }`,
      `currency: ${evil}\nbackups: ${evil}`,
      `? [${HOSTILE}`,
    ]) {
      bench.write('sluice.yaml', configText('http://127.0.0.1:1', more, `, ${evil}: 2`));
      await tries('config check');
      await tries('poll');
    }
    bench.write('sluice.yaml', configText('http://127.0.0.1:1/').replace('timeZone: UTC', `timeZone: ${evil}`));
    await tries('config check');
    expect(bench.printed).toContain(SHOWN);
  });
});
