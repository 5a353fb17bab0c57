import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ModuleSite, startModuleSite } from './test/module-site.js';
import { noPhp } from './test/php.js';

const withPhp = noPhp === null ? describe : describe.skip;

withPhp(`the addon module of WHMCS${noPhp ?? ''}`, () => {
  let at: ModuleSite;
  beforeAll(async () => {
    at = await startModuleSite();
  });
  afterAll(() => at.close());

  it('has an address and a token as settings', async () => {
    const [config] = await at.php([{ module: 'addons/sluice', call: 'config' }]);
    expect(config?.returned).toMatchObject({ fields: { address: { Type: 'text' }, token: { Type: 'password' } } });
  });
});
