import { describe, expect, it } from '@jest/globals';
import { type ConfigAccess, exposedConfig } from './exposed.js';

describe('who can write a config', () => {
  const own = { mode: 0o600, uid: 1000, gid: 1000 };
  const folder = { mode: 0o755, uid: 0, gid: 0 };
  const program = { panels: { p: { token: '${cmd:/bin/x}' } } };
  const found = (access: Partial<ConfigAccess>, raw: unknown = program): string[] =>
    exposedConfig({ file: '/etc/s/s.yaml', ...own, folder, ...access }, { uid: 1000, gid: 1000 }, raw, {
      kinds: [],
    }).map(({ severity, message }) => `${severity} ${message}`);

  it('is found by its owner, group and folder', () => {
    const fine = [
      {},
      { mode: 0o660 },
      { mode: 0o660, gid: 0 },
      { uid: 0, gid: 0 },
      { folder: { ...folder, mode: 0o1777 } },
      { folder: { ...folder, mode: 0o775 } },
      { folder: { mode: 0o775, uid: 1000, gid: 1000 } },
      { folder: { ...folder, mode: 0o1775, gid: 7 } },
    ];
    for (const access of fine) expect([access, found(access)]).toEqual([access, []]);
    const exposed: [Partial<ConfigAccess>, string][] = [
      [{ mode: 0o660, gid: 7 }, 'another group (7) can write'],
      [{ uid: 7 }, 'another user (7) owns'],
      [{ folder: { ...folder, mode: 0o777 } }, 'every user of this machine can replace'],
      [{ folder: { ...folder, mode: 0o775, gid: 7 } }, 'another group (7) can replace'],
      [{ folder: { ...folder, uid: 7 } }, 'another user (7) owns the folder'],
      [{ folder: { ...folder, uid: 7, mode: 0o1777 } }, 'another user (7) owns the folder'],
    ];
    for (const [access, words] of exposed) {
      expect(found(access)).toEqual([expect.stringMatching(/^error .*can run programs/)]);
      expect(found(access, {})).toEqual([expect.stringContaining(words)]);
    }
  });
});
