import { expect, it } from '@jest/globals';
import { makeSmallTree } from './test/small-tree.js';

const manifest = (name: string, rest: object = {}) => ({ name, version: '0.1.0', type: 'module', ...rest });
const change = (bump: string, text: string) => `---\n'@sluice/a': ${bump}\n---\n\n${text}\n`;

const files = {
  'package.json': { name: 'root', private: true, workspaces: ['packages/*', 'apps/*'] },
  'package-lock.json': { name: 'root', lockfileVersion: 3, packages: {} },
  'apps/cli/package.json': manifest('@sluice/cli', { dependencies: { '@sluice/a': '0.1.0' } }),
  'packages/a/package.json': manifest('@sluice/a'),
  '.changeset/config.json': { changelog: false, fixed: [['@sluice/*']], access: 'public', baseBranch: 'main' },
  '.changeset/a-fix.md': change('patch', 'Two lines\nof a fix.'),
  '.changeset/b-feature.md': change('minor', '- One feature.\n- Another.'),
  'CHANGELOG.md': '# Changes\n\n## 0.1.0\n\n- It works.\n',
};
const scripts = ['version.mjs', 'ensure-installed.mjs'];

it('changes before a tag belong to the version of the packages, features first', async () => {
  await using tree = await makeSmallTree(files, scripts);
  expect(await tree.run('version.mjs')).toMatchObject({ code: 0 });
  expect(await tree.read('CHANGELOG.md')).toBe(
    '# Changes\n\n## 0.1.0\n\n- It works.\n- One feature.\n- Another.\n- Two lines\n  of a fix.\n',
  );
  expect(JSON.parse(await tree.read('packages/a/package.json'))).toMatchObject({ version: '0.1.0' });
  expect(await tree.git('ls-files', '--deleted')).toBe('.changeset/a-fix.md\n.changeset/b-feature.md\n');
  expect((await tree.run('version.mjs')).out).toBe('There are no pending changes.\n');
});

it('changes after a tag get the next version, of all packages, and no list in any package', async () => {
  await using tree = await makeSmallTree(files, scripts);
  await tree.git('tag', 'v0.1.0');
  expect(await tree.run('version.mjs')).toMatchObject({ code: 0 });
  expect(await tree.read('CHANGELOG.md')).toBe(
    '# Changes\n\n## 0.2.0\n\n- One feature.\n- Another.\n- Two lines\n  of a fix.\n\n## 0.1.0\n\n- It works.\n',
  );
  expect(JSON.parse(await tree.read('packages/a/package.json'))).toMatchObject({ version: '0.2.0' });
  const command = JSON.parse(await tree.read('apps/cli/package.json')) as object;
  expect(command).toMatchObject({ version: '0.2.0', dependencies: { '@sluice/a': '0.2.0' } });
  expect(await tree.git('ls-files', '--others', '--exclude-standard')).toBe('');
});
