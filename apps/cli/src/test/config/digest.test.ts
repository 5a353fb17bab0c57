import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { configDigest, loadConfigFile } from '@sluice/config-file';
import { easydcim } from '@sluice/easydcim-client/panel';

const KNOWN = { kinds: [easydcim] };
const CONFIG = [
  'currency: EUR',
  'include: [adopted/products.yaml]',
  'serve: { listen: "127.0.0.1:8787" }',
  'stateFolder: ./private',
  'state: "${env:STATE_URL}"',
  'packages: { big: { traffic: 50GB, price: "5.00" } }',
  'panels:',
  '  dcim:',
  '    kind: easydcim',
  '    url: https://dcim.example.com',
  '    token: "${file:secrets/token}"',
  '    tls: { ca: ./ca.pem }',
  '',
].join('\n');
const PRODUCTS = [
  'products:',
  '  port:',
  '    panel: dcim',
  '    quota: 10TB',
  '    credentials: { writeTo: ./passwords, message: welcome.txt }',
  '',
].join('\n');

interface Written {
  config: string;
  products: string;
  message: string;
}

let folder = '';

/** Returns the digest of a config in a folder of its own. */
function digestIn(machine: string, more: Partial<Written> = {}): string {
  const { config, products, message } = { config: CONFIG, products: PRODUCTS, message: 'Welcome', ...more };
  const dir = path.join(folder, machine);
  mkdirSync(path.join(dir, 'adopted'), { recursive: true });
  const write = (name: string, text: string): void => {
    writeFileSync(path.join(dir, name), text, { mode: 0o600 });
  };
  write('sluice.yaml', config);
  write('adopted/products.yaml', products);
  write('welcome.txt', message);
  return configDigest(loadConfigFile(path.join(dir, 'sluice.yaml'), KNOWN));
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-digest-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('is the same for the same config in another folder', () => {
  expect(digestIn('b')).toBe(digestIn('a'));
});

it.each<[what: string, more: Partial<Written>]>([
  ['serve', { config: CONFIG.replace('8787', '8788') }],
  ['the folder of private files', { config: CONFIG.replace('./private', '/var/lib/private') }],
  ['the folder of passwords', { products: PRODUCTS.replace('./passwords', '/var/lib/passwords') }],
  ['the folder of a secret', { config: CONFIG.replace('secrets/token', '/run/secrets/token') }],
  ['the file of certificates', { config: CONFIG.replace('./ca.pem', '/etc/ssl/own.pem') }],
  ['the order of keys', { config: `${CONFIG.replace('currency: EUR\n', '')}currency: EUR\n` }],
])('is the same whatever the machine has as %s', (_what, more) => {
  expect(digestIn('b', more)).toBe(digestIn('a'));
});

it('is the same whoever can read the file', () => {
  const digest = digestIn('a');
  const file = path.join(folder, 'a', 'sluice.yaml');
  chmodSync(file, 0o644);
  expect(configDigest(loadConfigFile(file, KNOWN))).toBe(digest);
});

it.each<[what: string, more: Partial<Written>]>([
  ['an included product', { products: PRODUCTS.replace('10TB', '11TB') }],
  ['a package', { config: CONFIG.replace('50GB', '60GB') }],
  ['the text of a message', { message: 'Hello' }],
  ['the place of passwords', { products: PRODUCTS.replace('writeTo: ./passwords, ', '') }],
  ['the name of a secret', { config: CONFIG.replace('secrets/token', 'secrets/other') }],
  ['the certificates to trust', { config: CONFIG.replace('    tls: { ca: ./ca.pem }\n', '') }],
])('differs with %s', (_what, more) => {
  expect(digestIn('b', more)).not.toBe(digestIn('a'));
});
