import { describe, expect, it } from '@jest/globals';
import { benchForEachTest } from '../each-test.js';
import type { ConfigProblem } from '@sluice/config-file';

const bench = benchForEachTest();

const config = (whmcs: string, product = 'whmcs: { productIds: [1] }', more = ''): string => `panels:
  dcim: { kind: easydcim, url: https://dcim.example.com, token: "\${env:TOKEN}" }
products:
  a: { panel: dcim, quota: 1TB, ${product} }
  b: { panel: dcim, quota: 1TB, whmcs: { productIds: ["2"], productGroupIds: [7] } }
${whmcs}
${more}`;
const GOOD = 'whmcs: { url: https://b.example.com, identifier: "${env:I}", secret: "${env:S}" }';
const check = async (text: string): Promise<string[]> => {
  bench.write('sluice.yaml', text);
  const { problems } = (await bench.sluice('config check --json')).json<{ problems: ConfigProblem[] }>();
  return problems.map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
};

describe('the section whmcs', () => {
  it('is checked with the products that name it', async () => {
    expect(await check(config(GOOD, undefined, 'billing: whmcs'))).toEqual([]);
    expect(await check(config(GOOD, 'whmcs: { productIds: [1, 2], productGroupIds: [7] }'))).toEqual([
      'error products.b.whmcs.productIds: 2 is already claimed by product "a"',
      'error products.b.whmcs.productGroupIds: 7 is already claimed by product "a"',
    ]);
    const missing = 'there is no section "whmcs": it names the address and the credentials of WHMCS';
    expect(await check(config('', undefined, 'billing: whmcs'))).toEqual([
      `error products.a.whmcs: ${missing}`,
      `error products.b.whmcs: ${missing}`,
      `error billing: ${missing}`,
    ]);
    expect(await check(config(GOOD.replace('identifier', 'identifer')))).toEqual(
      expect.arrayContaining([expect.stringContaining('did you mean "identifier"?')]),
    );
    expect(await check(config(GOOD, 'whmcs: { productIds: [0, x] }'))).toHaveLength(2);
  });

  it('names custom fields of columns that exist', async () => {
    const fields = (text: string): string => config(GOOD.replace(' }', `, fields: ${text} }`));
    expect(await check(fields('{ ddd: DDD, channels: Canais }'))).toEqual([]);
    expect(await check(fields('{ chanels: Canais, status: Estado }'))).toEqual([
      expect.stringMatching(/^error whmcs\.fields\.chanels: .*did you mean "channels"\?/),
      expect.stringMatching(/^error whmcs\.fields\.status: /),
    ]);
    expect(await check(fields('{ ddd: "" }'))).toContain('error whmcs.fields.ddd: the value is empty: write one');
  });

  it('refuses plain HTTP, and warns of secrets in a file that others can read', async () => {
    const plain = GOOD.replace('https://b', 'http://b');
    expect(await check(config(plain))).toEqual([expect.stringMatching(/^error whmcs\.url: plain HTTP .*allowHttp/)]);
    expect(await check(config(plain.replace('identifier', 'allowHttp: true, identifier')))).toEqual([
      expect.stringMatching(/^warning whmcs\.url: plain HTTP/),
    ]);
    expect(await check(config(GOOD.replace('${env:S}', 'literal')))).toEqual([
      expect.stringMatching(/^warning whmcs\.secret: the secret is written in the file/),
    ]);
  });
});
