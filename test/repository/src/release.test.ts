import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { makeSmallTree, type SmallTree } from './test/small-tree.js';

/** What the fake registry has, how the CI of every commit ended, and the requests that both were sent. */
const world = { has: [] as string[], ci: 'success' as string | null, requests: [] as string[] };
const server = createServer((request, response) => {
  world.requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
  const send = (status: number, body: object) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const url = decodeURIComponent(request.url ?? '');
  const runs = /^\/repos\/acme\/tree\/actions\/workflows\/ci\.yml\/runs\?head_sha=[0-9a-f]{40}$/;
  if (runs.test(url)) {
    send(200, { workflow_runs: world.ci === null ? [] : [{ status: 'completed', conclusion: world.ci }] });
    return;
  }
  const name = world.has.find((one) => url === `/${one}`);
  if (name === undefined) send(404, { error: 'Not found' });
  else send(200, { name, 'dist-tags': { latest: '0.1.0' }, versions: { '0.1.0': { name, version: '0.1.0' } } });
});

const library = (name: string, dependencies: object = {}) => ({
  name,
  version: '0.1.0',
  license: 'MIT',
  type: 'module',
  repository: { type: 'git', url: 'git+https://github.com/acme/tree.git' },
  files: ['dist'],
  exports: { '.': { '@sluice/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' } },
  scripts: { build: 'mkdir -p dist && echo "export {};" > dist/index.js' },
  dependencies,
});
const command = { ...library('@sluice/cli', { '@sluice/b': '0.1.0' }), exports: {}, bin: { tree: './dist/index.js' } };

const files = {
  'package.json': {
    name: 'root',
    private: true,
    packageManager: 'npm@11.19.1',
    workspaces: ['packages/*', 'apps/*'],
    repository: { type: 'git', url: 'git+https://github.com/acme/tree.git' },
  },
  'turbo.json': { tasks: { build: { outputs: ['dist/**'] } } },
  'tsconfig.base.json': { compilerOptions: { module: 'NodeNext', target: 'ES2023', types: [] } },
  // `a` needs `b`, so that their names are not the order of their release.
  'packages/a/package.json': library('@sluice/a', { '@sluice/b': '0.1.0' }),
  'packages/a/src/index.ts': 'export const a: number = 1;\n',
  'packages/b/package.json': library('@sluice/b'),
  'packages/b/src/index.ts': 'export const b: number = 1;\n',
  'apps/cli/package.json': command,
  '.changeset/config.json': {},
  'CHANGELOG.md': '# Changes\n\n## 0.1.0\n\n- It works.\n',
  // Notes what would be published in place of npm, and is npm otherwise.
  'bin/npm': `#!/bin/sh
if [ "$1" = publish ] && [ -n "$PUBLISHED" ]; then echo "$(basename "$2") $3 $4 $5 $6 $7 $8" >> "$PUBLISHED"; exit 0; fi
exec "$REAL_NPM" "$@"
`,
};
const scripts = ['release.mjs', 'pack.mjs', 'declarations.mjs', 'ensure-installed.mjs'];
const packages = ['@sluice/b', '@sluice/a', '@sluice/cli'];

let tree: SmallTree;
let env: Record<string, string>;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  tree = await makeSmallTree(files, scripts);
  await tree.git('tag', 'v0.1.0');
  execFileSync('chmod', ['+x', path.join(tree.folder, 'bin', 'npm')]);
  await tree.git('config', 'core.fileMode', 'false');
  env = {
    GITHUB_API_URL: url,
    npm_config_registry: url,
    npm_config_cache: path.join(tree.folder, '.turbo', 'npm'),
    npm_config_update_notifier: 'false',
    npm_config_fetch_retries: '0',
    TURBO_TELEMETRY_DISABLED: '1',
  };
});

afterAll(async () => {
  await tree[Symbol.asyncDispose]();
  server.close();
});

beforeEach(() => {
  Object.assign(world, { has: [], ci: 'success', requests: [] });
});

it('a dry release does everything but publish, in the order of dependencies', async () => {
  const { code, out } = await tree.run('release.mjs', [], env);
  expect(out).toContain('Nothing was published. Push the tag');
  expect(code).toBe(0);
  expect([...out.matchAll(/^Would publish (\S+) 0\.1\.0$/gm)].map(([, name]) => name)).toEqual(packages);
  expect(world.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
});

it('what the registry has is left out, the rest is published with provenance', async () => {
  world.has = ['@sluice/b'];
  const log = path.join(tree.folder, '.turbo', 'published');
  const npm = execFileSync('which', ['npm'], { encoding: 'utf8' }).trim();
  const hosted = { ACTIONS_ID_TOKEN_REQUEST_URL: env['GITHUB_API_URL'] ?? '', PUBLISHED: log, REAL_NPM: npm };
  const PATH = `${path.join(tree.folder, 'bin')}:${process.env['PATH'] ?? ''}`;
  const { code, out } = await tree.run('release.mjs', ['--publish'], { ...env, ...hosted, PATH });
  expect(out).toContain('  @sluice/b, which is published\n  @sluice/a\n');
  expect(code).toBe(0);
  expect(await tree.read('.turbo/published')).toBe(
    ['sluice-a', 'sluice-cli'].map((name) => `${name}-0.1.0.tgz --access public --tag latest --provenance \n`).join(''),
  );
});

it('nothing is published outside a hosted workflow, nor after a CI that failed', async () => {
  world.ci = 'failure';
  const { code, out } = await tree.run('release.mjs', ['--publish'], env);
  expect([code, out.split('Nothing was published:\n')[1]]).toEqual([
    1,
    '- The CI of the commit is "failure". It must be "success".\n' +
      '- The provenance can be stated only in the hosted workflow. Push the tag instead.\n',
  ]);
});

it('everything that is not ready is reported at once', async () => {
  await using other = await makeSmallTree(
    {
      ...files,
      'packages/a/package.json': { ...library('@sluice/a', { '@sluice/b': '0.0.9' }), version: '0.2.0' },
      'CHANGELOG.md': '# Changes\n',
      '.changeset/new.md': '',
    },
    scripts,
  );
  await other.write({ 'left-over.txt': '' });
  world.ci = null;
  const { code, out } = await other.run('release.mjs', [], {
    ...env,
    npm_config_registry: env['GITHUB_API_URL'] ?? '',
  });
  expect(code).toBe(1);
  expect(out.split('Nothing was published:\n')[1]).toBe(
    [
      '- Files differ from the commit. Commit or stash them.',
      '- The commit has no tag v0.1.0. Tag it: git tag v0.1.0',
      '- @sluice/a has the version 0.2.0, not 0.1.0.',
      '- @sluice/a needs @sluice/b 0.0.9, which is not published.',
      '- 1 changes are pending in .changeset. Run npm run version-packages.',
      '- CHANGELOG.md has no entry 0.1.0. Run npm run version-packages.',
      '- The CI did not run for the commit. Push it to main.',
      '',
    ].join('\n'),
  );
});
