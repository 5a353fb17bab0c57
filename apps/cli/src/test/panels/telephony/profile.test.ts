import { expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { startTelephonyBench } from './telephony-bench.js';

const at = startForEachTest(startTelephonyBench);

it('a profile is checked against an address, with a token that is only referred to', async () => {
  const words = ['profile', 'check', 'default', '--against', at.panel.url];
  const checked = await at.run([...words, '--allow-http', '--token', '${env:TOKEN}']);
  expect([checked.exitCode, checked.json()]).toMatchObject([0, { ok: true, profile: 'default' }]);
  expect(at.panel.server.changingCalls()).toEqual([]);
  expect((await at.run([...words, '--token', '${env:TOKEN}'])).exitCode).toBe(2);
  for (const token of [[], ['--token', at.panel.token]]) {
    const { exitCode, json } = await at.run([...words, '--allow-http', ...token]);
    expect([exitCode, json()]).toMatchObject([2, { error: { code: 'bad_option' } }]);
  }
  expect(at.bench.printed).not.toContain(at.panel.token);
  at.bench.env['TOKEN'] = 'wrong';
  const refused = await at.run([...words, '--allow-http', '--token', '${env:TOKEN}']);
  expect([refused.exitCode, refused.json()]).toMatchObject([1, { ok: false }]);
});

it('a profile is checked against a panel of the config by its proxy and with its certificate', async () => {
  const words = 'profile check default --against voice';
  expect((await at.run(words)).exitCode).toBe(0);
  const calls = at.panel.server.calls.length;
  const config = at.bench.read('sluice.yaml');
  at.bench.write('sluice.yaml', config.replace('retries: 0', 'retries: 0, proxy: "http://127.0.0.1:9"'));
  expect((await at.run(words)).exitCode).toBe(1);
  at.bench.write('sluice.yaml', config.replace('retries: 0', 'retries: 0, tls: { ca: ./none.pem }'));
  const missing = await at.bench.sluice(words);
  expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining('tls.ca')]);
  expect(at.panel.server.calls).toHaveLength(calls);
});
