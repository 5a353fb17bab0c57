import { chmodSync, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { benchForEachTest } from './each-test.js';

const SCHEDULED = ['poll', 'reconcile', 'agent check --all', 'call bill', 'service sync', 'serve --with-schedule'];

const bench = benchForEachTest();
let receiver: Server;
let got: string[];
let address: string;
beforeEach(async () => {
  got = [];
  receiver = createServer((request, response) => {
    got.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.end('ok');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/ping/6f0c?x=1`;
});
afterEach(async () => {
  await new Promise((resolve) => receiver.close(resolve));
});

const valid = (heartbeat: string, more = ''): string => `panels:
  p: { kind: easydcim, url: "https://dcim.example.com", token: "\${env:T}" }
products: { ded: { panel: p, quota: 1TB } }
heartbeat: ${heartbeat}
${more}`;
const runsWith = async (text: string, words: string, mode = 0o600): Promise<[number, string[]]> => {
  bench.write('sluice.yaml', text);
  chmodSync(bench.path('sluice.yaml'), mode);
  got = [];
  const { exitCode } = await bench.sluice(words);
  return [exitCode, got];
};
const FAILED = ['GET /ping/6f0c/fail?x=1'];

describe('a config that is refused', () => {
  it.each(SCHEDULED)('sends the failure of the heartbeat in "%s", which ends with 2', async (words) => {
    const text = valid(`"${address}" # watched`, 'no_such_key: 1\n');
    expect(await runsWith(text, `${words} --quiet`)).toEqual([2, FAILED]);
    expect(await runsWith(`${text}\tbroken: [\n`, words)).toEqual([2, FAILED]);
  });

  it('sends it for permissions, and for a store that is refused', async () => {
    const exposed = valid(address, 'serve: { token: "${file:./token}" }\n');
    expect(await runsWith(exposed, 'poll', 0o666)).toEqual([2, FAILED]);
    bench.write('sluice.db', 'this is no database, but a text of more than sixteen bytes');
    expect(await runsWith(valid(address), 'poll')).toEqual([1, FAILED]);
  });

  it('has its address read from the environment and from a file, unless others can write the config', async () => {
    bench.env['BEAT'] = address;
    bench.write('beat', `${address}\n`);
    const broken = 'no_such_key: 1\n';
    expect(await runsWith(valid('"${env:BEAT}"', broken), 'poll')).toEqual([2, FAILED]);
    expect(await runsWith(valid('"${file:./beat}"', broken), 'poll')).toEqual([2, FAILED]);
    expect(await runsWith(valid('"${file:./beat}"', broken), 'poll', 0o666)).toEqual([2, []]);
    expect(await runsWith(valid('"${env:BEAT}"', broken), 'poll', 0o666)).toEqual([2, []]);
    const program = `"\${cmd:/bin/cat ${bench.path('beat')}}"`;
    expect(await runsWith(valid(program, broken), 'poll')).toEqual([2, []]);
    expect(await runsWith(valid('7', broken), 'poll')).toEqual([2, []]);
  });

  it.each(['poll --dry-run', 'poll --panel p', 'plan', 'service list', 'config check', 'service sync --service x'])(
    'sends nothing for "%s", which is no run of the schedule',
    async (words) => {
      expect(await runsWith(valid(address, 'no_such_key: 1\n'), words)).toEqual([2, []]);
    },
  );
});

describe('tokens, while the config is refused', () => {
  const whole = valid('"https://hc.example.com/x"', 'state: ./data.db\n');
  beforeEach(async () => {
    bench.write('sluice.yaml', whole);
    expect((await bench.sluice('api-token create leaked --scope read')).exitCode).toBe(0);
  });

  it.each([
    ['an unknown key', `${whole}no_such_key: 1\n`],
    ['what is not YAML', `${whole}\tbroken: [\n`],
    ['an alias that contains itself', `${whole}again: &a { b: *a }\n`],
    ['a program, and others can write it', `${whole}childEnv: []\nserve: { token: "\${cmd:/bin/echo x}" }\n`],
  ])('are listed and revoked: it has %s', async (_what, text) => {
    bench.write('sluice.yaml', text);
    chmodSync(bench.path('sluice.yaml'), text.includes('cmd:') ? 0o666 : 0o600);
    const named = `--config ${bench.path('sluice.yaml')}`;
    expect((await bench.sluice(`service list ${named}`)).exitCode).toBe(2);
    const listed = await bench.sluice(`api-token list --json ${named}`);
    expect(listed.json<{ tokens: object[] }>().tokens).toMatchObject([{ name: 'leaked', revokedAt: null }]);
    const { exitCode, stdout, stderr } = await bench.sluice(`api-token revoke leaked ${named}`);
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/leaked .* is revoked/)]);
    expect(stderr).toMatch(/^sluice: warning: .*sluice\.yaml/);
    expect(stderr).toContain(`\nsluice: warning: the store that is used: ${bench.path('data.db')}\n`);
    expect((await bench.sluice(`api-token create other --scope read ${named}`)).exitCode).toBe(2);
  });

  it('are not where only the working directory led to what others can write, or where no state file is', async () => {
    bench.write('sluice.yaml', `${whole}no_such_key: 1\n`);
    chmodSync(bench.path('sluice.yaml'), 0o666);
    expect((await bench.sluice('api-token revoke leaked')).exitCode).toBe(2);
    bench.write('sluice.yaml', whole.replace('./data.db', '&a { b: *a }'));
    chmodSync(bench.path('sluice.yaml'), 0o600);
    expect((await bench.sluice('api-token revoke leaked')).exitCode).toBe(2);
    bench.write('sluice.yaml', `${whole.replace('./data.db', './gone.db')}no_such_key: 1\n`);
    chmodSync(bench.path('sluice.yaml'), 0o600);
    const { exitCode, stderr } = await bench.sluice('api-token revoke leaked');
    expect([exitCode, stderr]).toEqual([expect.any(Number), expect.stringContaining('gone.db')]);
    expect(exitCode).not.toBe(0);
    expect(existsSync(bench.path('gone.db'))).toBe(false);
  });
});

describe('a secret of a panel that is missing', () => {
  /** A service, an agent's limit and a line that are due, on panels whose secrets were there once. */
  const config = (token: string): string => `panels:
  p: { kind: easydcim, url: "https://dcim.example.com", token: "${token}" }
  voice: { kind: astbilling, url: "https://voice.example.com", token: "${token}" }
  vpn: { kind: hiddify, url: "https://vpn.example.com/x", apiKey: "${token}" }
products:
  ded: { panel: p, quota: 1TB, whmcs: { productIds: [1] } }
  line: { panel: voice, astbilling: { planId: 11 } }
whmcs: { url: "https://billing.example.com", identifier: "i", secret: "${token}" }
heartbeat: "${address}"
`;
  const MISSING = ['${env:NOT_SET}', '${file:./missing}'];
  beforeEach(async () => {
    bench.write('sluice.yaml', config('x'.repeat(12)));
    const values = 'panel=p product=ded billing_cycle=monthly next_due_date=2026-12-15';
    const refs = 'easydcim_service_id=501 easydcim_order_id=901 easydcim_server_id=301';
    const added = await bench.sluice(`service add svc-1 ${values} ${refs}`);
    expect([added.exitCode, added.stdout]).toEqual([0, expect.any(String)]);
  });

  it.each([
    ['poll', ['GET /ping/6f0c/start?x=1', ...FAILED]],
    ['reconcile', ['GET /ping/6f0c/start?x=1', ...FAILED]],
    ['agent check --all', FAILED],
    ['call bill', FAILED],
    ['service sync', FAILED],
  ])('sends the failure of the heartbeat in "%s", which ends with 2', async (words, sent) => {
    for (const token of MISSING)
      expect([token, await runsWith(config(token), `${words} --quiet`)]).toEqual([token, [2, sent]]);
  });

  it('sends nothing of jobs over a part, and nothing where one succeeds', async () => {
    for (const words of ['agent check --all --dry-run', 'agent check --all --panel vpn', 'call bill --service svc-1'])
      expect([words, (await runsWith(config('${env:NOT_SET}'), words))[1]]).toEqual([words, []]);
    expect(await runsWith(config('x'.repeat(12)), 'call bill')).toEqual([0, []]);
  });
});
