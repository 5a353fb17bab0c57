import { describe, expect, it } from '@jest/globals';
import { type Access, type ConfigAccess, exposedConfig, type SystemUser } from './exposed.js';

describe('who can write a config', () => {
  const own = { mode: 0o600, uid: 1000, gid: 1000 };
  const folder = { mode: 0o755, uid: 0, gid: 0 };
  const program = { panels: { p: { token: '${cmd:/bin/x}' } } };
  const user = { uid: 1000, gid: 1000, groups: [1000], onlyChecks: false };
  type Case = Partial<ConfigAccess> & { folder?: Access };
  const foundBy = (by: Partial<SystemUser>, { folder: inside = folder, ...access }: Case, raw: unknown = program) =>
    exposedConfig(
      { file: '/etc/s/s.yaml', ...own, folders: [{ file: '/etc/s/s.yaml', ...inside }], ...access },
      { ...user, ...by },
      raw,
      { kinds: [] },
    ).map(({ severity, message }) => `${severity} ${message}`);
  const found = (access: Case, raw?: unknown): string[] => foundBy({}, access, raw);

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
    const exposed: [Case, string][] = [
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

  it.each([
    ['a file', { serve: { token: '${file:/etc/token}' } }],
    ['a credential', { panels: { p: { token: '${credential:token}' } } }],
    ['the file of a message', { products: { p: { credentials: { message: 'account.txt' } } } }],
  ])('is refused where it names %s', (_what, raw) => {
    for (const access of [{ mode: 0o666 }, { uid: 7 }, { folder: { ...folder, mode: 0o777 } }])
      expect(found(access, raw)).toEqual([
        expect.stringMatching(/^error .* a file .*: anyone .* can read files as this/),
      ]);
    expect(found({ mode: 0o660 }, raw)).toEqual([]);
  });

  it('only warns of a group of the user, in a file and folder of the user', () => {
    const shared = { mode: 0o775, uid: 1000, gid: 1000 };
    const warnings = [/^warning the members of another group \(1000\) can replace .*"chmod g-w \/etc\/s"$/];
    expect(foundBy({ gid: 0, groups: [0] }, { folder: shared })).toEqual(
      warnings.map((each) => expect.stringMatching(each)),
    );
    const inGroup = { ...shared, gid: 7 };
    expect(foundBy({ groups: [1000, 7] }, { folder: inGroup })).toEqual([expect.stringMatching(/^warning .*\(7\)/)]);
    expect(foundBy({ gid: 0, groups: [0] }, { mode: 0o664 })).toEqual([expect.stringMatching(/^warning .*can write/)]);
    const refused: [Partial<SystemUser>, Access][] = [
      [{}, inGroup],
      [{ groups: [1000, 7] }, { ...inGroup, uid: 0 }],
      [
        { gid: 0, groups: [0] },
        { ...shared, mode: 0o777 },
      ],
    ];
    for (const [by, at] of refused) expect(foundBy(by, { folder: at })).toContainEqual(expect.stringMatching(/^error/));
  });

  it('only warns root, who checks it, of the user who owns both file and folder', () => {
    const root = { uid: 0, gid: 0, groups: [0] };
    const service = { folder: { mode: 0o775, uid: 1000, gid: 1000 } };
    const warnings = foundBy({ ...root, onlyChecks: true }, service);
    expect(warnings).toHaveLength(3);
    for (const each of warnings) expect(each).toMatch(/^warning (another user|the members of another group) \(1000\)/);
    expect(warnings.filter((each) => each.endsWith(`"sudo -u '#1000' sluice …"`))).toHaveLength(2);
    expect(warnings.join()).not.toContain('chown');
    const errors = foundBy(root, service).filter((each) => each.startsWith('error'));
    expect(errors).toEqual(Array(2).fill(expect.stringContaining(`Run sluice as that user: "sudo -u '#1000'`)));
    const foreign = { folder: { mode: 0o755, uid: 7, gid: 7 } };
    expect(foundBy({ ...root, onlyChecks: true }, foreign)).toContainEqual(
      expect.stringMatching(/^error .*user \(7\)/),
    );
    expect(foundBy({ onlyChecks: true }, foreign)).toEqual([expect.stringMatching(/^error .*"chown 1000 \/etc\/s"$/)]);
  });

  it('is refused whatever it names where only the working directory led to it', () => {
    const byFolder = true;
    const cases = [
      { mode: 0o666 },
      { uid: 7 },
      { folder: { ...folder, mode: 0o777 } },
      { folder: { ...folder, uid: 7 } },
    ];
    for (const access of cases) {
      expect(found(access, {})).toEqual([expect.stringMatching(/^warning/)]);
      const words = /^error .*working directory.*, name it with "--config \/etc\/s\/s\.yaml"$/;
      expect(found({ ...access, byFolder }, {})).toEqual([expect.stringMatching(words)]);
      expect(found({ ...access, byFolder })).toEqual(found(access));
    }
    expect(found({ byFolder }, {})).toEqual([]);
    const root = { uid: 0, gid: 0, groups: [0] };
    const nobody = { uid: 65_534, gid: 65_534, folder: { mode: 0o755, uid: 65_534, gid: 65_534 }, byFolder };
    const fix = expect.stringMatching(/^error another user \(65534\) owns .*sudo -u '#65534' sluice …" or, if/);
    expect(foundBy(root, nobody, {})).toEqual([fix, fix]);
  });

  it('is found by the folder of the file that a link leads to', () => {
    const folders = [folder, { ...folder, uid: 7 }].map((each, index) => ({ file: `/etc/${index}/s.yaml`, ...each }));
    expect(found({ folders })).toEqual([
      expect.stringMatching(
        /^error another user \(7\) owns the folder of \/etc\/1\/s.yaml .*Replace the link by a copy/,
      ),
    ]);
  });
});
