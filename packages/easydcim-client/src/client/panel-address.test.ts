import { describe, expect, it } from '@jest/globals';
import { PanelConfigError } from '@sluice/panel-http';
import { fixture } from '../test/fixture.js';
import { panelAddress } from './connection.js';
import { createEasyDcimClient } from './create-easydcim-client.js';

interface Case {
  in: string;
  out?: string;
  warning?: string;
  error?: string;
}

function outcome(text: string): unknown {
  try {
    return panelAddress(text, true).url;
  } catch (error) {
    if (error instanceof PanelConfigError) return error.code;
    throw error;
  }
}

const { cases } = fixture('base-urls') as { cases: Case[] };

describe('the address of a panel', () => {
  it.each(cases.map((one) => [one.in, one.out ?? one.error ?? '', one] as const))(
    '"%s" becomes %s',
    (text, expected, one) => {
      expect(outcome(text)).toBe(expected);
      if (one.out !== undefined) expect(panelAddress(text, true).warnings.length > 0).toBe(one.warning !== undefined);
    },
  );

  it('may be plain http only by permission', () => {
    expect(() => panelAddress('http://10.0.0.5', false)).toThrow(expect.objectContaining({ code: 'http_not_allowed' }));
  });

  it('shows its warnings on the client', () => {
    const client = createEasyDcimClient({
      panel: 'p',
      baseUrl: 'https://dcim.example.test/api/v2',
      token: 'abc',
      timeZone: 'UTC',
    });
    expect(client.warnings).toEqual([expect.stringContaining('v2')]);
    expect(client.panel).toBe('p');
    client.close();
  });
});

describe('createEasyDcimClient', () => {
  const good = { panel: 'p', baseUrl: 'https://dcim.example.test', token: 'abc', timeZone: 'Europe/Berlin' };

  it('refuses a time zone that does not exist', () => {
    expect(() => createEasyDcimClient({ ...good, timeZone: 'Europe/Nowhere' })).toThrow(
      expect.objectContaining({ name: 'PanelConfigError', code: 'option_invalid' }),
    );
  });

  it('refuses an empty token', () => {
    expect(() => createEasyDcimClient({ ...good, token: '' })).toThrow(
      expect.objectContaining({ code: 'option_invalid' }),
    );
  });
});
