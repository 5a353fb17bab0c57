import { afterEach, describe, expect, it } from '@jest/globals';
import { ask } from './ask.js';
import { type FakeHiddify } from './fake-hiddify.js';
import { type FakeHiddifyOptions } from './options.js';
import { startFakeHiddify } from './start-fake-hiddify.js';

const ping = '/api/v2/panel/ping/';
const me = '/api/v2/admin/me/';
const users = '/api/v2/admin/user/';
let fake: FakeHiddify;
const start = async (options: FakeHiddifyOptions = {}): Promise<void> => {
  fake = await startFakeHiddify(options);
};
afterEach(() => fake.close());

describe('the three proxy paths', () => {
  it('open the administration below the old path in part, below the client path not at all', async () => {
    await start({ clientPath: 'cli', oldPath: 'old' });
    const at = async (segment: string, path: string): Promise<number> =>
      (await ask(fake, 'GET', path, { base: `${fake.server.url}/${segment}` })).status;
    expect([await at('cli', ping), await at('cli', me), await at('cli', '/admin/')]).toEqual([403, 400, 400]);
    expect([await at('old', ping), await at('old', me), await at('old', '/api/v2/admin/user')]).toEqual([
      403, 200, 308,
    ]);
    expect([await at('cli', '/'), await at('old', '/')]).toEqual([302, 302]);
  });

  it('move when the setting changes', async () => {
    await start();
    const before = fake.url;
    fake.switches.adminPath = 'elsewhere';
    expect((await ask(fake, 'GET', ping, { base: before })).json).toEqual({ detail: {}, message: 'invalid request' });
    expect((await ask(fake, 'GET', ping)).status).toBe(200);
    expect(fake.link).toBe(`${fake.server.url}/elsewhere/${fake.key}/`);
  });

  it('send people to a page for login', async () => {
    await start();
    expect((await ask(fake, 'GET', '/admin/', { key: null })).headers['location']).toMatch(
      /^\/PROXYPATHadm\/\?force=1/,
    );
    expect((await ask(fake, 'GET', '/')).headers['location']).toBe('/PROXYPATHadm/admin/');
  });
});

describe('keys', () => {
  it('of users open nothing', async () => {
    await start();
    const user = fake.addUser();
    expect((await ask(fake, 'GET', ping, { key: user })).status).toBe(403);
    const base = `${fake.server.url}/${fake.switches.clientPath}`;
    expect((await ask(fake, 'GET', ping, { key: user, base })).status).toBe(403);
  });

  it('of another node open ping and info only', async () => {
    await start();
    fake.switches.nodeKey = 'node';
    const statuses = [];
    for (const path of [ping, '/api/v2/panel/info/', me])
      statuses.push((await ask(fake, 'GET', path, { key: 'node' })).status);
    expect(statuses).toEqual([200, 200, 403]);
  });

  it('may be a user name and a password', async () => {
    await start();
    const agent = fake.addAgent(undefined, { username: 'north', password: 'secret' });
    const basic = (text: string): Record<string, string> => ({
      authorization: `Basic ${Buffer.from(text).toString('base64')}`,
    });
    const good = await ask(fake, 'GET', me, { key: null, headers: basic('north:secret') });
    expect(good.json).toMatchObject({ uuid: agent });
    expect((await ask(fake, 'GET', me, { key: null, headers: basic('north:') })).status).toBe(403);
    expect((await ask(fake, 'GET', me, { key: null, headers: basic('north:wrong') })).status).toBe(403);
  });

  it('store a session each, whose cookie works until a wrong key stands beside it', async () => {
    await start();
    const cookie = String((await ask(fake, 'GET', ping)).headers['set-cookie']).split(';')[0] ?? '';
    expect(fake.sessions).toBe(1);
    expect((await ask(fake, 'GET', me, { key: null, headers: { cookie } })).status).toBe(200);
    expect(fake.sessions).toBe(1);
    expect((await ask(fake, 'GET', me, { key: 'wrong', headers: { cookie } })).status).toBe(403);
    expect((await ask(fake, 'GET', me, { key: null, headers: { cookie } })).status).toBe(403);
  });

  it('are not needed for a ping when the role checks are void, and an agent may do what it likes', async () => {
    await start({ python: '3.13' });
    const agent = fake.addAgent();
    expect((await ask(fake, 'GET', ping, { key: null })).json).toEqual({ msg: 'GET: PONG' });
    expect((await ask(fake, 'GET', ping, { key: 'wrong' })).status).toBe(403);
    expect((await ask(fake, 'GET', users, { key: null })).status).toBe(403);
    expect((await ask(fake, 'GET', '/api/v2/admin/admin_user/', { key: agent })).rows).toHaveLength(1);
    const secrets = await ask(fake, 'GET', '/api/v2/admin/all-configs/', { key: agent });
    expect(secrets.json?.['api_key']).toBe(fake.key);
  });
});

describe('a broken surrounding', () => {
  it('without Redis fails every call and writes nothing', async () => {
    await start();
    const user = fake.addUser();
    const before = fake.snapshot();
    fake.switches.redisDown = true;
    const answer = await ask(fake, 'PATCH', `${users}${user}/`, { json: { enable: false } });
    expect(answer.json).toEqual({ msg: 'Error 111 connecting to 127.0.0.1:6379. Connection refused.' });
    expect((await ask(fake, 'GET', '/nothing')).text).toContain('Internal Server Error');
    expect(fake.snapshot()).toEqual(before);
  });

  it('without its database fails every call, after a restart once for each connection', async () => {
    await start();
    fake.switches.databaseDown = true;
    expect((await ask(fake, 'GET', me)).json?.['msg']).toMatch(/^\(MySQLdb.OperationalError\) \(2002, /);
    fake.switches.databaseDown = false;
    fake.switches.lostConnections = 2;
    expect((await ask(fake, 'GET', me)).json?.['msg']).toMatch(/^\(MySQLdb.OperationalError\) \(2006, /);
    expect((await ask(fake, 'GET', me)).json?.['msg']).toMatch(/^\(MySQLdb.OperationalError\) \(2013, /);
    expect((await ask(fake, 'GET', me)).status).toBe(200);
  });

  it('sends plain http away', async () => {
    await start({ front: 'redirect-to-https' });
    const answer = await ask(fake, 'GET', me);
    expect([answer.status, answer.headers['location']]).toEqual([301, `https://127.0.0.1/PROXYPATHadm${me}`]);
    fake.switches.front = 'plain-on-tls-port';
    expect((await ask(fake, 'GET', me)).text).toContain('The plain HTTP request was sent to HTTPS port');
  });
});
