import { describe, expect, it } from '@jest/globals';
import { customerAddress, customerLink } from './customer-address.js';

const PUBLIC = [
  'https://relay.example.com',
  'https://relay.example.com:6365/api',
  'http://8.8.8.8:80',
  'https://[2606:4700::1111]/',
];
const INTERNAL = [
  ...['http://127.0.0.1:9602', 'http://127.1:9602', 'http://2130706433', 'http://[::1]:6365', 'http://localhost:6365'],
  ...[
    'http://10.0.0.5:6365',
    'http://172.16.0.1',
    'http://172.31.255.255',
    'http://192.168.1.1',
    'http://169.254.169.254',
  ],
  ...[
    'http://0.0.0.0:6365',
    'http://100.64.0.1',
    'http://[fd00::5]',
    'http://[fe80::1]',
    'http://[::]',
    'http://[::ffff:10.0.0.5]',
  ],
  ...[
    'http://relay:6365',
    'http://relay.',
    'http://relay.local',
    'http://RELAY.Internal:6365',
    'http://relay.localhost',
  ],
  ...['http://relay.internal./', 'http://panel.lan', 'http://panel.home.arpa', 'ftp://relay.example.com', 'no address'],
];

describe('the address of a panel for its customers', () => {
  it.each(PUBLIC)('is that of the API where it is public: %s', (url) => {
    expect(customerAddress({}, { url })).toBe(url);
  });

  it.each(INTERNAL)('is none where that of the API is not public: %s', (url) => {
    expect(customerAddress({}, { url })).toBeNull();
    expect(customerAddress({ secretPath: true }, { url })).toBeNull();
  });

  it.each([...PUBLIC, ...INTERNAL])('is publicUrl, whatever that of the API is: %s', (url) => {
    expect(customerAddress({}, { url, publicUrl: 'https://my.example.com/relay' })).toBe(
      'https://my.example.com/relay',
    );
    expect(customerAddress({}, { url, publicUrl: 'http://192.168.1.2' })).toBe('http://192.168.1.2');
  });

  it('has no secret path and no credentials', () => {
    const url = 'https://vpn.example.com:8443/SECRET/';
    expect(customerAddress({ secretPath: true }, { url })).toBe('https://vpn.example.com:8443');
    expect(customerAddress({ secretPath: true }, { url, publicUrl: 'https://my.example.com/SECRET' })).toBe(
      'https://my.example.com',
    );
    expect(customerAddress({}, { url: 'https://me:secret@relay.example.com/a' })).toBe('https://relay.example.com/a');
  });
});

describe('a link to a panel for its customers', () => {
  const url = 'http://10.0.0.5:6365/api/';
  const shown = (link: string, publicUrl?: string, unknown: string | null = null) =>
    customerLink({}, { name: 'relay', settings: { url, publicUrl } }, { url: link, unknown });

  it.each([
    ['http://10.0.0.5:6365/api/sub/1', 'https://my.example.com/relay/sub/1'],
    ['http://10.0.0.5:6365/sub/1?a=b', 'https://my.example.com/relay/sub/1?a=b'],
    ['http://10.0.0.5:6365', 'https://my.example.com/relay'],
    ['http://10.0.0.5:63651/sub', 'http://10.0.0.5:63651/sub'],
    ['https://cdn.example.com/sub', 'https://cdn.example.com/sub'],
  ])('begins with publicUrl in place of the address of the API: %s', (link, expected) => {
    expect(shown(link, 'https://my.example.com/relay/')).toEqual({ url: expected, unknown: null });
  });

  it('can’t be used where customers have no address, and says which key is missing', () => {
    const missing = expect.stringMatching(/^Set panels\.relay\.publicUrl to /);
    expect(shown('http://10.0.0.5:6365/api/sub/1')).toEqual({ url: 'https://ADDRESS/sub/1', unknown: missing });
    expect(shown('http://10.0.0.5:6365/sub', undefined, 'Set more').unknown).toMatch(/publicUrl .*\. Set more$/);
  });
});
