import { beforeEach, describe, expect, it } from '@jest/globals';
import { serveOn } from '../test/serve-on.js';
import { startForEachTest } from '../test/each-test.js';
import { startEasyDcimBench } from '../test/easydcim-bench.js';

const at = startForEachTest(startEasyDcimBench);
beforeEach(() => at.addService(1, { values: ['client=7'] }));

const share = (words: string) => at.bench.sluice(`report --client 7 ${words}`);

describe('report --share', () => {
  it('prints a link that ends, with its rights, and lists it among the tokens', async () => {
    const { exitCode, stdout, stderr } = await share('--share 7d --may-buy --max-amount 50');
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^http:\/\/127\.0\.0\.1:8787\/share\/[\w-]{43}\n$/)]);
    expect(stderr).toContain('serve.publicUrl');
    const { tokens } = (await at.bench.sluice('api-token list --json')).json<{ tokens: Record<string, unknown>[] }>();
    const rights = { buy: true, maxAmount: '50.00', manage: false, changePassword: false };
    expect(tokens).toMatchObject([{ kind: 'share', client: '7', rights }]);
    expect(Date.parse(String(tokens[0]?.['expiresAt'])) - at.bench.clock.now()).toBe(7 * 86_400_000);
    const made = (await share('--share 12h --json')).json<{ url: string; access: { id: string } }>();
    expect((await at.bench.sluice(`api-token revoke ${made.access.id}`)).exitCode).toBe(0);
  });

  it('is for anyone who has credit, too, and names how to find the id of a client', async () => {
    const shareOf = () => at.bench.sluice('report --client 8 --share 7d');
    const refused = await shareOf();
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('no link was made')]);
    expect(refused.stderr).toContain('Correct "8": "sluice service list --columns service,client"');
    await at.bench.sluice('credit add 8 10 --currency EUR');
    expect((await shareOf()).exitCode).toBe(0);
  });

  it('has the address at which serve listens, unless the config names the public one', async () => {
    const served = await serveOn(at.bench, 'serve --listen 127.0.0.1:0');
    const { stdout } = await share('--share 7d');
    expect(stdout.trim().split('/share/')[0]).toBe(served.url);
    expect((await fetch(stdout.trim())).status).toBe(200);
    await served.stop();
    at.bench.write(
      'sluice.yaml',
      `${at.bench.read('sluice.yaml')}\nserve: { publicUrl: "https://usage.example.com/" }\n`,
    );
    expect((await share('--share 7d')).stdout).toMatch(/^https:\/\/usage\.example\.com\/share\//);
  });

  it('has the address of a server that runs, not of one that was started later and has ended', async () => {
    const served = await serveOn(at.bench, 'serve --listen 127.0.0.1:0');
    at.bench.clock.advance(1000);
    const later = await serveOn(at.bench, 'serve --listen 127.0.0.1:0');
    await later.stop();
    const read = async () => (await share('--share 7d')).stdout.trim().split('/share/')[0];
    expect(await read()).toBe(served.url);
    await served.stop();
    expect(await read()).toBe('http://127.0.0.1:8787');
  });

  it.each([
    '--share soon',
    '--share 400d',
    '--share 7d --max-amount 5',
    '--share 7d --may-buy --max-amount=-5',
    '--may-buy',
  ])('refuses %s', async (words) => {
    expect((await share(words)).exitCode).toBe(2);
    expect((await at.bench.sluice('api-token list --json')).json()).toEqual({ tokens: [] });
  });

  it('refuses a client that nobody is, and a link without a client', async () => {
    expect((await at.bench.sluice('report --client 9 --share 7d')).exitCode).toBe(2);
    expect((await at.bench.sluice('report --share 7d')).exitCode).toBe(2);
  });
});
