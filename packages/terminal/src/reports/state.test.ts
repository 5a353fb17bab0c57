import { expect, it } from '@jest/globals';
import type { Explanation } from '@sluice/engine';
import { Terminal } from '../index.js';
import { explainState, type StateNames } from './state.js';

it('names the suspended agent in what releases its services', () => {
  const since = '2026-11-20T13:00:00.000Z';
  const hold = {
    service: 'svc-1',
    reason: 'agent-limit',
    since,
    until: null,
    note: 'agent "north" is suspended',
    origin: 'run',
  };
  const service = {
    id: 'svc-1',
    panel: 'vpn',
    lifecycle: 'active',
    holds: [],
    wouldHold: [],
    error: null,
    protectedUntil: null,
    doubted: null,
    allowance: null,
  };
  const found = {
    at: since,
    service,
    holds: [hold],
    readings: [],
    decision: null,
    brake: null,
    panelRemoved: false,
    accountDue: null,
    released: null,
  } as unknown as Explanation;
  const commands = { endAgentSuspension: (agent: string) => `end ${agent}` } as unknown as StateNames['commands'];
  const stdout = { write: () => true };
  const host = {
    stdout,
    stderr: stdout,
    env: {},
    clock: { now: () => Date.parse(since) },
    randomBytes: (count: number) => new Uint8Array(count),
  };
  const { times } = new Terminal(host, {}, { timeZone: 'UTC', panels: {} });
  const sentences = explainState(found, times, { commands, canCreate: false, agent: 'another' });
  expect(sentences[1]).toBe('To release it: end north.');
});
