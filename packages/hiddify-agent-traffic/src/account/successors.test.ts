import { describe, expect, it } from '@jest/globals';
import type { AgentRecord, AgentUserRecord } from '@sluice/quota-core';
import { SELF } from '../client/records.js';
import { listedAdmin, listedUser } from '../test/records.js';
import { findSuccessions } from './successors.js';

const agent = (uuid: string, parent: string): AgentRecord => ({
  ...{ panel: 'vpn', uuid, name: uuid, role: 'agent', parent, limitBytes: 5, limitSince: null, account: null },
  ...{ figures: null, verdict: null, thresholds: [], missingSince: null, gone: false },
});
const known = (key: string, owner: string) => ({ key, owner }) as AgentUserRecord;

/** Finds what became of missing agents, all of which the panel does not have any more. */
function find(
  agents: AgentRecord[],
  owners: Record<string, [before: string, now: string]>,
  accounts: Record<string, string>,
): Record<string, unknown> {
  const found = findSuccessions(
    {
      admins: [listedAdmin(SELF, SELF), ...Object.entries(accounts).map(([uuid, parent]) => listedAdmin(uuid, parent))],
      users: Object.entries(owners).map(([uuid, [, owner]]) => listedUser({ uuid, owner })),
      goneAdmins: new Set(agents.map(({ uuid }) => uuid)),
    },
    { agents, users: Object.entries(owners).map(([key, [owner]]) => known(key, owner)) },
  );
  return Object.fromEntries(found.map(({ from, to, isSame }) => [from.uuid, isSame ? to[0] : to]));
}

describe('findSuccessions', () => {
  const tree = [agent('p', SELF), agent('x', 'p'), agent('y', 'p')];

  it('finds all of a branch with other uuids, whatever stands only above others', () => {
    const owners = { u1: ['x', 'x2'], u2: ['y', 'y2'] } as Record<string, [string, string]>;
    expect(find(tree, owners, { p2: SELF, x2: 'p2', y2: 'p2' })).toEqual({ p: 'p2', x: 'x2', y: 'y2' });
  });

  it('leaves a branch that is split up to staff', () => {
    const owners = { u1: ['x', 'x2'], u2: ['y', 'y2'] } as Record<string, [string, string]>;
    const split = { p2: SELF, x2: 'p2', q2: SELF, y2: 'q2' };
    expect(find(tree, owners, split)).toEqual({ p: ['p2', 'q2'], x: ['x2'], y: ['y2'] });
  });

  it('does not match by missing sub-agents most of which are elsewhere', () => {
    const owners = { u1: ['x', 'x2'], u2: ['y', SELF] } as Record<string, [string, string]>;
    expect(find(tree, owners, { p2: SELF, x2: 'p2' })).toEqual({ p: ['p2'], x: ['x2'] });
  });

  it('ends where missing agents were below each other', () => {
    const cycle = [agent('x', 'y'), agent('y', 'x')];
    expect(find(cycle, { u1: ['x', 'x2'] }, { x2: SELF })).toEqual({ x: ['x2'] });
  });
});
