import { describe, expect, it } from '@jest/globals';
import { isAlive, toOwnerHost } from './process.js';

/** No process has this id. */
const pid = 4_194_303;

describe('the host of an owner', () => {
  it('is the host name where the machine itself runs the process, and where nothing is known of namespaces', () => {
    expect(toOwnerHost('web', 'pid:[4026531836]')).toBe('web');
    expect(toOwnerHost('web', null)).toBe('web');
  });

  it('differs between containers of one host name, whose processes therefore count as alive', () => {
    const [one, two] = ['pid:[4026532001]', 'pid:[4026532002]'].map((namespace) => toOwnerHost('web', namespace));
    const owner = { host: one ?? '', pid, processStart: '17' };
    expect([one, 'web', two].map((host) => isAlive(owner, host ?? ''))).toEqual([false, true, true]);
    expect(isAlive({ ...owner, host: 'web' }, two ?? '')).toBe(true);
  });
});
