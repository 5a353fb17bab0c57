import { describe, expect, it } from '@jest/globals';
import { AgentTrafficCalculator } from './calculator.js';
import { AgentTrafficChecker } from './checker.js';
import { SELF } from '../client/records.js';
import { listedAdmin, listedUser } from '../test/records.js';

describe("the check over the panel's lists alone", () => {
  const admins = [listedAdmin(SELF, SELF), listedAdmin('north', SELF), listedAdmin('east', 'north')];
  const users = [
    listedUser({ owner: 'north', limitBytes: 30 }),
    listedUser({ owner: 'east', limitBytes: 20, usedBytes: 25 }),
    listedUser({ owner: SELF, limitBytes: 500 }),
  ];
  const calculator = new AgentTrafficCalculator(admins, users);

  it('counts sub-agents for those above, and a user that has used more than its limit with that', () => {
    expect(['north', 'east'].map((agent) => calculator.getTotalTraffic(agent))).toEqual([55, 25]);
    expect(calculator.getTotalTraffic('north', 'panel')).toBe(25);
    expect([calculator.getRemainingTraffic('north', 60), calculator.getRemainingTraffic('north', 50)]).toEqual([5, 0]);
  });

  it('lets a user exactly fill the limit of its agent and of everybody above, and no byte more', () => {
    const checker = AgentTrafficChecker.of(calculator, { north: 60, east: 100 });
    const chain = calculator.hierarchy.listChain('east');
    expect(checker.canCreateUserWithTraffic(chain, 5)).toMatchObject({ allowed: true, remainingBytes: 5 });
    expect(checker.canCreateUserWithTraffic(chain, 6)).toMatchObject({ allowed: false, binding: 'north' });
    expect(AgentTrafficChecker.of(calculator, {}).canCreateUserWithTraffic(chain, 1e15).allowed).toBe(true);
  });

  it('finds the users below an agent that is over, and nobody else', () => {
    const over = AgentTrafficChecker.of(calculator, { east: 24 });
    expect([over.isLimitExceeded('east'), over.isLimitExceeded('north')]).toEqual([true, false]);
    expect(over.usersToDisable(calculator.hierarchy, users).map(({ owner }) => owner)).toEqual(['east']);
    const all = AgentTrafficChecker.of(calculator, { north: 54 });
    expect(all.usersToDisable(calculator.hierarchy, users)).toHaveLength(2);
    expect(AgentTrafficChecker.of(calculator, { north: 55 }).isLimitExceeded('north')).toBe(false);
    expect(AgentTrafficChecker.of(calculator, { north: 25 }, 'panel').isLimitExceeded('north')).toBe(true);
  });
});
