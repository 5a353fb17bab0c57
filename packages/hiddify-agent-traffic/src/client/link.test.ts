import { describe, expect, it } from '@jest/globals';
import { parseHiddifyLink } from './link.js';

const uuid = '0f6a1c52-7d3b-4e8a-9c41-2b5d8e7f1a01';

describe('parseHiddifyLink', () => {
  it.each([
    [`https://vpn.example.com/SECRETPATH/${uuid}/`],
    [`https://vpn.example.com/SECRETPATH/${uuid}`],
    [`  https://vpn.example.com/SECRETPATH/${uuid}/#Owner `],
    [`https://vpn.example.com/SECRETPATH/${uuid}/?home=true`],
    [`https://vpn.example.com/SECRETPATH/${uuid.toUpperCase()}/admin/`],
  ])('takes address and key from %s', (text) => {
    expect(parseHiddifyLink(text)).toEqual({
      baseUrl: 'https://vpn.example.com/SECRETPATH',
      apiKey: uuid,
      secretPath: 'SECRETPATH',
      warnings: [],
    });
  });

  it.each([
    ['https://vpn.example.com/SECRETPATH'],
    ['https://vpn.example.com/SECRETPATH/'],
    ['https://vpn.example.com/SECRETPATH/admin/'],
    ['https://vpn.example.com/SECRETPATH/api/v2/'],
    ['https://vpn.example.com/SECRETPATH/api/v2/admin/'],
  ])('takes the address alone from %s', (text) => {
    expect(parseHiddifyLink(text)).toMatchObject({ baseUrl: 'https://vpn.example.com/SECRETPATH', apiKey: null });
  });

  it('keeps a port and what stands before the secret path', () => {
    expect(parseHiddifyLink(`https://example.com:8443/front/SECRETPATH/${uuid}/`)).toMatchObject({
      baseUrl: 'https://example.com:8443/front/SECRETPATH',
      secretPath: 'SECRETPATH',
    });
  });

  it('refuses an address without a secret path', () => {
    for (const text of [
      'https://vpn.example.com',
      `https://vpn.example.com/${uuid}/`,
      'https://vpn.example.com/admin/',
    ]) {
      expect(() => parseHiddifyLink(text)).toThrow(expect.objectContaining({ code: 'invalid_link' }));
    }
  });

  it('refuses plain http unless it is allowed, and then warns', () => {
    const text = `http://127.0.0.1:9000/SECRETPATH/${uuid}/`;
    expect(() => parseHiddifyLink(text)).toThrow(expect.objectContaining({ code: 'http_not_allowed' }));
    expect(parseHiddifyLink(text, { allowHttp: true }).warnings).toHaveLength(1);
  });
});
