import { chmodSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { ADMIN_PASSWORD, DAY, flvxConfig, startFlvxBench } from '../../flvx-bench.js';

const LOGIN = 'username: admin_user, password: "${env:FLVX_PASSWORD}"';

const at = startForEachTest(startFlvxBench);
let token: string;
beforeEach(() => {
  token = at.panel.customer(1, 0).token;
  at.bench.env['FLVX_TOKEN'] = token;
  Reflect.deleteProperty(at.bench.env, 'FLVX_PASSWORD');
  configure('token: "${env:FLVX_TOKEN}"');
});

const configure = (credentials: string): void => {
  at.bench.write('sluice.yaml', flvxConfig(at.panel.url).replace(LOGIN, credentials));
};

describe('a token in place of username and password', () => {
  it('is printed nowhere', async () => {
    await at.create(1);
    for (const words of ['poll', 'doctor --contract', 'log list --api --json', 'panel test', 'config check --json'])
      await at.bench.sluice(words);
    expect(at.bench.printed).not.toContain(token);
    expect(at.bench.printed).not.toContain(token.split('.')[2]);
  });

  it('is valid until an instant that panel test and doctor print, and fails doctor after it', async () => {
    expect((await at.bench.sluice('panel test')).stdout).toContain('; credentials valid until 18 Feb 2027 12:00\n');
    at.bench.clock.advance(80 * DAY);
    const { exitCode, stdout } = await at.bench.sluice('doctor');
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining('! credentials (panels.relay.token): valid until 18 Feb 2027 12:00, for 10 d more'),
    ]);
    at.bench.clock.advance(10 * DAY);
    const failed = await at.bench.sluice('doctor --panel relay');
    expect([failed.exitCode, failed.stdout]).toEqual([1, expect.stringContaining('was valid until 18 Feb 2027 12:00')]);
  });

  it('that is literal is a secret in a file', async () => {
    configure('token: x');
    chmodSync(at.bench.path('sluice.yaml'), 0o644);
    const { stdout } = await at.bench.sluice('config check');
    expect(stdout).toMatch(/every user of this machine can read .*which contains secrets/);
    expect(stdout).toMatch(/panels\.relay\.token: the secret is written in the file itself/);
  });
});

describe('a username that is a reference', () => {
  it('is resolved like a secret, and refused where its variable is missing', async () => {
    at.bench.env['FLVX_PASSWORD'] = ADMIN_PASSWORD;
    configure(LOGIN.replace('admin_user', '"${env:FLVX_USER}"'));
    const refused = await at.run('panel test relay');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stdout).toContain('panels.relay.username');
    expect(at.panel.server.calls.length).toBe(0);
    at.bench.env['FLVX_USER'] = 'admin_user';
    expect((await at.run('panel test relay')).exitCode).toBe(0);
  });
});
