import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type ConfigDigest, configDigest, loadConfigFile } from '@sluice/config-file';
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

/** Returns the digests of the config in a folder. */
const digestsOf = (dir: string): ConfigDigest => configDigest(loadConfigFile(path.join(dir, 'sluice.yaml'), KNOWN));

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
  return digestsOf(dir).digest;
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
  expect(digestsOf(path.join(folder, 'a')).digest).toBe(digest);
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

it('has one of each top-level key, which tells no secret', () => {
  const [a, b] = ['a', 'b'].map((machine) => {
    digestIn(machine, machine === 'a' ? {} : { config: CONFIG.replace('50GB', '60GB'), message: 'Hello' });
    return digestsOf(path.join(folder, machine)).keys;
  });
  const differing = Object.keys({ ...a, ...b }).filter((key) => a?.[key] !== b?.[key]);
  expect(differing.sort()).toEqual(['packages', 'products']);
  expect(Object.keys(a ?? {})).not.toContain('serve');
  for (const digest of Object.values(a ?? {})) expect(digest).toMatch(/^[0-9a-f]{4}$/);
});
