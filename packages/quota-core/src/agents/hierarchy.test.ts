import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AgentHierarchy, type ListedAccount, OWN_ACCOUNT as SELF } from './hierarchy.js';

const listedAdmin = (uuid: string | null, parent: string | null): ListedAccount => ({
  uuid,
  name: uuid ?? '',
  role: uuid === SELF ? 'super_admin' : 'agent',
  parent,
});

describe('AgentHierarchy', () => {
  const tree = new AgentHierarchy([
    listedAdmin(SELF, SELF),
    listedAdmin('north', SELF),
    listedAdmin('east', 'north'),
    listedAdmin('city', 'east'),
    listedAdmin('lost', null),
    listedAdmin('stray', 'unknown'),
    listedAdmin('a', 'b'),
    listedAdmin('b', 'a'),
    listedAdmin(null, SELF),
  ]);

  it('leads from an owner up to the account of the key, which stands in no chain', () => {
    expect(tree.listChain('city')).toEqual(['city', 'east', 'north']);
    expect(tree.listChain('north')).toEqual(['north']);
    expect(tree.listChain(SELF)).toEqual([]);
    expect(tree.listChain(null)).toEqual([]);
  });

  it('ends in cycles, at null and at unknown parents, and names those', () => {
    expect(tree.listChain('a')).toEqual(['a', 'b']);
    expect(tree.listChain('lost')).toEqual(['lost']);
    expect(tree.listChain('stray')).toEqual(['stray', 'unknown']);
    expect(tree.listChain('nobody knows')).toEqual(['nobody knows']);
    expect([...tree.orphans].sort()).toEqual(['a', 'b', 'lost', 'stray']);
  });

  it('has missing agents between each account that they may be and its own parent', () => {
    const accounts = [listedAdmin(SELF, SELF), listedAdmin('north', SELF), listedAdmin('east', 'north')];
    const former = new Map([
      ['east', ['gone', 'lost']],
      ['north', ['gone']],
    ]);
    const linked = new AgentHierarchy(accounts, former);
    expect(linked.listChain('east')).toEqual(['east', 'gone', 'lost', 'north']);
    expect(linked.listChain('north')).toEqual(['north', 'gone']);
    expect(linked.orphans).toEqual([]);
    expect(linked.isSameOwner('east', 'lost')).toBe(true);
    expect(linked.isSameOwner('north', 'lost')).toBe(false);
    expect(linked.isSameOwner('east', 'north')).toBe(false);
  });

  it('ends for every way in which parents may be given', () => {
    const names = ['a', 'b', 'c', 'd', SELF];
    const parents = fc.array(fc.constantFrom(...names, null, 'x'), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(parents, (given) => {
        const any = new AgentHierarchy(names.map((name, n) => listedAdmin(name, given[n] ?? null)));
        for (const name of names) {
          const chain = any.listChain(name);
          expect(new Set(chain).size).toBe(chain.length);
          expect(chain).not.toContain(SELF);
        }
      }),
    );
  });
});
