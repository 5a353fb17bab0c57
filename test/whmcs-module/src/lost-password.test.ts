import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LosingProxy, startLosingProxy } from './test/losing-proxy.js';
import { IDS, type ModuleSite, startModuleSite } from './test/module-site.js';
import { noPhp } from './test/php.js';
import { startServe } from './test/serve.js';

const withPhp = noPhp === null ? describe : describe.skip;

withPhp('a MagnusBilling line whose creation was answered to nobody', () => {
  let at: ModuleSite;
  let serve: Awaited<ReturnType<typeof startServe>>;
  let proxy: LosingProxy;
  beforeAll(async () => {
    at = await startModuleSite();
    await at.stopServe();
    at.bench.env['MAGNUS'] = at.voice.credential;
    at.bench.edit('kind: astbilling', 'kind: magnusbilling');
    at.bench.edit('${env:VOICE_TOKEN}', '${env:MAGNUS}');
    at.bench.edit(/^ {2}line-own:.*\n/m, '');
    at.bench.edit(/^ {2}line-written:.*\n/m, '');
    serve = await startServe(at.bench);
    proxy = await startLosingProxy(serve.url);
    at.whmcs.addService({
      ...{ id: 60, client: IDS.ana, product: IDS.line, status: 'Pending' },
      ...{ billingCycle: 'Monthly', nextDueDate: '2026-12-15' },
      ...{ orderId: 1042, options: { channels: 2 }, fields: { ddd: '11' } },
    });
  });
  afterAll(async () => {
    await proxy.close();
    await serve.stop();
    await at.close();
  });

  it('is said to have a password that nobody has, until it is removed and created again', async () => {
    proxy.loses = /create$/;
    const first = await at.command('CreateAccount', 60, { serverport: proxy.port });
    proxy.loses = null;
    expect(first.returned).toContain('not known yet');
    expect(at.voice.subscribers()).toHaveLength(1);
    const create = (): Promise<{ returned: unknown }> => at.command('CreateAccount', 60, { serverport: proxy.port });
    for (let times = 0; times < 2; times++)
      expect((await create()).returned).toMatch(
        /its password was lost.* \(password_unknown\)\. Remove the account on the panel/,
      );
    const [line] = at.voice.subscribers();
    at.voice.deleteSubscriber(line?.id ?? '');
    expect((await create()).returned).toBe('success');
    expect(at.whmcs.service(60)).toMatchObject({ password: expect.stringMatching(/^.{12,}$/) });
  });
});
