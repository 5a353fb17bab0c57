import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Fault } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { codeOf, errorOf } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);
beforeEach(() => {
  at.panel.addUser({ agent: at.north });
});

const setKey = (key: string): Promise<unknown> => at.bench.edit(at.panel.key, key);

const answerWith = (fault: Fault): unknown => at.panel.server.inject({ fault });

/** What is wrong, and what the message has to say of it. */
const wrongs: [string, () => unknown, string, RegExp][] = [
  [
    'an unknown key',
    () => setKey('5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7'),
    'PANEL_AUTH',
    /did not accept the key \(apiKey\)/,
  ],
  ['a key that is not a uuid', () => setKey('swordfish'), 'invalid_key', /apiKey.*not a uuid/],
  ["an agent's key", () => setKey(at.north), 'PANEL_FORBIDDEN', /accepted the key.*Owner's key/],
  [
    "another admin's key",
    () => setKey(at.panel.addAgent(undefined, { name: 'deputy', mode: 'super_admin' })),
    'owner_key_needed',
    /"deputy" \(super_admin\), not to the Owner/,
  ],
  [
    'a moved path',
    () => (at.panel.switches.adminPath = 'elsewhere1234567'),
    'PANEL_AUTH',
    /secret path in the address is wrong/,
  ],
  [
    'http where the panel speaks https',
    () => (at.panel.switches.front = 'redirect-to-https'),
    'PANEL_UNREADABLE',
    /https/,
  ],
  ['http on the TLS port', () => (at.panel.switches.front = 'plain-on-tls-port'), 'PANEL_', /https/],
  ['an HTML page of a proxy', () => answerWith({ kind: 'html', status: 502 }), 'PANEL_SERVER_ERROR', /502/],
  ['an HTML page with status 200', () => answerWith({ kind: 'html' }), 'PANEL_UNREADABLE', /HTML page/],
];

describe.each(wrongs)('with %s', (_what, arrange, code, message) => {
  it.each([
    ['a check', () => at.check()],
    ['a list', () => at.sluice.agents.list()],
    ['a creation', () => at.createUser('north', 'x', 1)],
  ])('%s says which', async (_call, call) => {
    await arrange();
    const error = {
      code: expect.stringContaining(code) as unknown,
      message: expect.stringMatching(message) as unknown,
    };
    expect(await errorOf(call())).toMatchObject(error);
    expect(at.changes()).toEqual([]);
  });

  it('a test of the panel says so, or that limits of agents need another key', async () => {
    await at.bench.edit('timeout: 60s', 'timeout: 60s, agents: {}');
    await arrange();
    const tested = async (): Promise<object> => (await at.sluice.panels.test(['vpn'])).panels[0] ?? {};
    expect(await codeOf(tested())).toMatch(/PANEL_|invalid_key/);
  });
});
