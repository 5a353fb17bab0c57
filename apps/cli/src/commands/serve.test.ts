import { beforeEach, describe, expect, it } from '@jest/globals';
import { benchForEachTest, closeAfterTest } from '../test/each-test.js';
import { GB, HOUR, startEasyDcimBench } from '../test/easydcim-bench.js';
import { serveOn } from '../test/serve-on.js';
import { startWhmcsBench } from '../test/whmcs/whmcs-bench.js';

const bench = benchForEachTest();
beforeEach(async () => {
  bench.write('sluice.yaml', 'timeZone: UTC\nserve: { listen: "127.0.0.1:0", token: "${env:SERVE}" }\npanels: {}\n');
  bench.env['SERVE'] = 'first-start-token-0123456789';
  await bench.giveStore();
});

/** While a job writes, metrics are rendered once a second. */
async function readMetrics(url: string, clock: { advance: (ms: number) => void }): Promise<string> {
  clock.advance(1000);
  return (await fetch(`${url}/metrics`)).text();
}

describe('serve', () => {
  it('serves until SIGTERM, and warns where tokens would be sent in the clear', async () => {
    const local = await serveOn(bench);
    expect(await (await fetch(`${local.url}/healthz`)).json()).toEqual({ ok: true });
    const stopped = await local.stop();
    expect(stopped).toMatchObject({ exitCode: 143, stderr: '' });
    expect(stopped.stdout).toContain(`Listening on ${local.url}\n`);
    const open = await serveOn(bench, 'serve --listen 0.0.0.0:0');
    const ended = await open.stop();
    expect(ended.stderr).toContain('put a proxy with TLS before it');
    const { port } = new URL(open.url);
    expect(ended.stdout).toContain(`Listening on 0.0.0.0:${port} (on this machine: http://127.0.0.1:${port})\n`);
  });

  it.each([
    ['serve --listen unix:/run/sluice.sock', 'sockets of Unix are not supported'],
    ['serve --listen 127.0.0.1', 'is not an address with a port'],
    ['serve --listen :80', 'names no address'],
  ])('refuses %s', async (words, message) => {
    expect(await bench.sluice(words)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) });
  });

  it('ends with the error, and listens no more, when it fails after it began to listen', async () => {
    let url = '';
    const stdout = {
      write(text: string) {
        url = /http:\/\/[\w.:]+/.exec(text)?.[0] ?? url;
        throw new Error('nobody reads it');
      },
    };
    await expect(bench.sluice('serve', { stdout, signal: new AbortController().signal })).resolves.toMatchObject({
      exitCode: 1,
    });
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('runs the jobs that are due with --with-schedule, and prints what they changed', async () => {
    const at = closeAfterTest(await startEasyDcimBench('serve: { listen: "127.0.0.1:0" }\n'));
    await at.addService(1);
    await at.bench.sluice('reconcile');
    // A run over a part does not stand for the job.
    at.bench.clock.advance(HOUR);
    await at.bench.sluice('poll --panel dcim');
    at.panel.addTraffic(501, { in: 120 * GB, out: 0 });
    at.bench.clock.advance(HOUR / 6);
    const served = await serveOn(at.bench, 'serve --with-schedule', { random: () => 0 });
    const ended = 'sluice_run_outcome{command="poll",outcome="done"} 1';
    while (!(await readMetrics(served.url, at.bench.clock)).includes(ended));
    const { exitCode, stdout } = await served.stop();
    expect([exitCode, stdout]).toEqual([143, expect.stringMatching(/svc-1 .*held/)]);
    const runs = await at.bench.store((store) => store.runs.list());
    expect(runs.filter(({ command }) => command !== 'service add').map(({ command }) => command)).toEqual([
      'poll',
      'poll',
      'reconcile',
    ]);
  });

  it('syncs the services of WHMCS with --with-schedule', async () => {
    const at = closeAfterTest(await startWhmcsBench({ more: 'serve: { listen: "127.0.0.1:0" }\n' }));
    at.addService(1);
    const served = await serveOn(at.bench, 'serve --with-schedule', { random: () => 0 });
    const ended = 'sluice_run_outcome{command="service sync",outcome="done"} 1';
    while (!(await readMetrics(served.url, at.bench.clock)).includes(ended));
    expect((await served.stop()).stdout).toContain('whmcs-1: new');
  });

  it('refuses to listen for other machines as long as there is no token', async () => {
    bench.write('sluice.yaml', 'timeZone: UTC\npanels: {}\n');
    const { exitCode, stderr } = await bench.sluice('serve --listen 0.0.0.0:0');
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/there is no token .* Set serve\.token, or create one/s),
    ]);
  });

  it('counts no share link, nor a token that was revoked or has expired', async () => {
    const dcim = '{ kind: easydcim, url: "http://127.0.0.1:9", allowHttp: true, token: panel-secret }';
    bench.write('sluice.yaml', `timeZone: UTC\npanels: { dcim: ${dcim} }\nproducts: { bare: { panel: dcim } }\n`);
    await bench.sluice('service add svc-1 panel=dcim product=bare client=7 easydcim_service_id=501');
    expect(await bench.sluice('report --client 7 --share 7d')).toMatchObject({ exitCode: 0 });
    await bench.sluice('api-token create one --scope read');
    await bench.sluice('api-token revoke one');
    await bench.sluice('api-token create two --scope read --expires 1h');
    bench.clock.advance(2 * HOUR);
    const { exitCode, stderr } = await bench.sluice('serve --listen 0.0.0.0:0');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('there is no token')]);
  });

  it('refuses a token that can be guessed', async () => {
    bench.env['SERVE'] = 'short';
    const { exitCode, stderr } = await bench.sluice('serve');
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/serve\.token has fewer than 16 characters/)]);
    expect(stderr).not.toContain('short"');
  });
});

describe('api-token', () => {
  it('prints a token once, lists it without its text, and revokes it by its name', async () => {
    const created = await bench.sluice('api-token create shop --scope client:42 --scope buy --expires 90d');
    expect(created.stdout).toMatch(/^sluice_[\w-]{43}\n$/);
    const listed = (await bench.sluice('api-token list --json')).json<{ tokens: object[] }>();
    expect(listed.tokens).toEqual([
      expect.objectContaining({
        name: 'shop',
        scopes: ['client:42', 'buy'],
        client: '42',
        expiresAt: '2027-02-18T12:00:00.000Z',
        createdBy: 'alice',
      }),
    ]);
    expect((await bench.sluice('api-token create shop --scope read')).exitCode).toBe(1);
    expect((await bench.sluice('api-token revoke shop')).stdout).toMatch(/^shop \(tok-\S+\) is revoked/);
    expect((await bench.sluice('api-token list --status revoked')).stdout).toContain('shop');
    expect((await bench.sluice('api-token revoke nobody')).stderr).toContain('There is no token "nobody"');
    expect(bench.printed.split(created.stdout.trim())).toHaveLength(2);
  });

  it('refuses a scope that is none', async () => {
    for (const words of ['create x --scope all', 'create x --scope client:1 --scope client:2', 'create x', 'create -x'])
      expect((await bench.sluice(`api-token ${words}`)).exitCode).toBe(2);
  });
});
