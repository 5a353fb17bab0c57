import { describe, expect, it } from '@jest/globals';
import { isAlive, processParts, toOwnerHost } from './process.js';

/** No process has this id. */
const pid = 4_194_303;

const INITIAL = 'pid:[4026531836]';
const BOOT = 'ddd75bec-b8f4-4453-af4c-68e9f20ab419';
const OTHER_BOOT = '0b1c2d3e-b8f4-4453-af4c-68e9f20ab419';

describe('the host of an owner', () => {
  it('is the host name where nothing else is known', () => {
    expect(toOwnerHost('web', { boot: null, namespace: null })).toBe('web');
    expect(toOwnerHost('web', { boot: null, namespace: INITIAL })).toBe('web');
  });

  it('differs between containers of one host name, whose processes therefore count as alive', () => {
    const [one, two] = ['pid:[4026532001]', 'pid:[4026532002]'].map((namespace) =>
      toOwnerHost('web', { boot: BOOT, namespace }),
    );
    const owner = { host: one ?? '', pid, processStart: '17' };
    expect([one, 'web', two].map((host) => isAlive(owner, host ?? ''))).toEqual([false, true, true]);
    expect(isAlive({ ...owner, host: 'web' }, two ?? '')).toBe(true);
  });

  it('differs between machines of one host name, also in namespaces of one number, and after a restart', () => {
    for (const namespace of [INITIAL, 'pid:[4026532001]']) {
      const [one, two] = [BOOT, OTHER_BOOT].map((boot) => toOwnerHost('web', { boot, namespace }));
      const owner = { host: one ?? '', pid, processStart: '17' };
      expect([one, two].map((host) => isAlive(owner, host ?? ''))).toEqual([false, true]);
    }
  });

  it('leaves the lease of a process alone whose host was renamed', () => {
    const [before, after] = ['web', 'web-2'].map((name) => toOwnerHost(name, { boot: BOOT, namespace: INITIAL }));
    const { owner } = processParts();
    expect(isAlive({ ...owner, host: before ?? '', pid }, after ?? '')).toBe(true);
  });
});

describe('a process with the id of one that has ended, as in a container that was started again', () => {
  it('is told apart by when it began', () => {
    const { owner, isAlive: asks } = processParts();
    expect([asks(owner), asks({ ...owner, processStart: '17' })]).toEqual([true, false]);
  });
});
