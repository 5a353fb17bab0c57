import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root, runTool } from './ensure-installed.mjs';
import { packInto, published } from './pack.mjs';

// Publishes every published package at its version, with provenance, in the order in which they need each other; what the registry
// has already is left out, so that a release that was interrupted goes on. Without `--publish` everything is done but that.

const publish = process.argv.includes('--publish');
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
const readJson = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

/** What the packages' versions and the changes contradict. */
function checkVersions(version) {
  const versions = new Map(published.map(({ manifest }) => [manifest.name, manifest.version]));
  const problems = published.flatMap(({ manifest }) => [
    ...(manifest.version === version ? [] : [`${manifest.name} has the version ${manifest.version}, not ${version}.`]),
    ...Object.entries(manifest.dependencies ?? {})
      .filter(([name, wanted]) => name.startsWith('@sluice/') && versions.get(name) !== wanted)
      .map(([name, wanted]) => `${manifest.name} needs ${name} ${wanted}, which is not published.`),
  ]);
  const pending = readdirSync(path.join(root, '.changeset')).filter((name) => name.endsWith('.md'));
  if (pending.length > 0)
    problems.push(`${pending.length} changes are pending in .changeset. Run npm run version-packages.`);
  if (!readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8').includes(`\n## ${version}\n`))
    problems.push(`CHANGELOG.md has no entry ${version}. Run npm run version-packages.`);
  return problems;
}

/** What is wrong with the commit: it is the one with the version's tag, with nothing beside it. */
function checkCommit(version) {
  const problems = [];
  if (git('status', '--porcelain') !== '') problems.push('Files differ from the commit. Commit or stash them.');
  if (!git('tag', '--points-at', 'HEAD').split('\n').includes(`v${version}`))
    problems.push(`The commit has no tag v${version}. Tag it: git tag v${version}`);
  return problems;
}

/** What is wrong with the CI of the commit: its last run has ended well. */
async function checkCi() {
  const { repository } = readJson('package.json');
  const [, name] = /github\.com\/(.+?)(?:\.git)?$/.exec(repository.url) ?? [];
  if (name === undefined) return [`The CI of ${repository.url} can't be read: it is not on GitHub.`];
  const { GITHUB_API_URL: api = 'https://api.github.com', GITHUB_TOKEN: token } = process.env;
  const address = `${api}/repos/${name}/actions/workflows/ci.yml/runs?head_sha=${git('rev-parse', 'HEAD')}`;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    const answer = await fetch(address, { headers, signal: AbortSignal.timeout(30_000) });
    if (!answer.ok) return [`The CI of the commit can't be read: ${name} answered ${answer.status}.`];
    const [last] = (await answer.json()).workflow_runs;
    if (last === undefined) return ['The CI did not run for the commit. Push it to main.'];
    if (last.conclusion === 'success') return [];
    return [`The CI of the commit is "${last.conclusion ?? last.status}". It must be "success".`];
  } catch (error) {
    return [`The CI of the commit can't be read: ${error.cause?.message ?? error.message}.`];
  }
}

/** npm states where a package was built only where a hosted workflow confirms it. */
function checkProvenance() {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, SIGSTORE_ID_TOKEN: token } = process.env;
  if (!publish || url !== undefined || token !== undefined) return [];
  return ['The provenance can be stated only in the hosted workflow. Push the tag instead.'];
}

/** Returns the packages in the order in which they need each other. */
function inOrder(packages) {
  const ordered = [];
  const add = (one) => {
    if (ordered.includes(one)) return;
    for (const other of packages) if (Object.hasOwn(one.manifest.dependencies ?? {}, other.manifest.name)) add(other);
    ordered.push(one);
  };
  packages.forEach(add);
  return ordered;
}

/** Reads whether the registry has a package at its version. */
function isPublished({ manifest }) {
  const args = ['view', `${manifest.name}@${manifest.version}`, 'version', '--json'];
  return new Promise((resolve, reject) => {
    execFile('npm', args, { cwd: root }, (failure, stdout) => {
      const answer = stdout.trim() === '' ? null : JSON.parse(stdout);
      if (failure === null) resolve(answer !== null);
      else if (answer?.error?.code === 'E404') resolve(false);
      else reject(new Error(`The registry did not answer for ${manifest.name}: ${answer?.error?.summary ?? failure}`));
    });
  });
}

async function publishAll(packages, tag) {
  if (!(await runTool('turbo', ['run', 'build', '--output-logs=errors-only']))) return false;
  const { writeDeclarations } = await import('./declarations.mjs');
  if (writeDeclarations() > 0) return false;
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-release-'));
  try {
    const packed = packInto(folder);
    for (const { manifest } of packages) {
      const { filename } = packed.find((one) => one.manifest.name === manifest.name);
      const how = ['--access', 'public', '--tag', tag, '--provenance', ...(publish ? [] : ['--dry-run'])];
      // Outside the repository: npm would take its .npmrc and its workspaces for the package's.
      const args = ['publish', path.join(folder, filename), ...how];
      const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2] });
      if (status !== 0) return false;
      process.stdout.write(`${publish ? 'Published' : 'Would publish'} ${manifest.name} ${manifest.version}\n`);
    }
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { version } = readJson('apps/cli/package.json');
const tag = version.includes('-') ? 'next' : 'latest';
const packages = await Promise.all(
  inOrder(published).map(async (one) => ({ ...one, isPublished: await isPublished(one) })),
);
process.stdout.write(`${packages.length} packages at ${version}, with the tag "${tag}":\n`);
for (const one of packages)
  process.stdout.write(`  ${one.manifest.name}${one.isPublished ? ', which is published' : ''}\n`);

const problems = [...checkCommit(version), ...checkVersions(version), ...(await checkCi()), ...checkProvenance()];
if (problems.length > 0) {
  process.stderr.write(`Nothing was published:\n${problems.map((problem) => `- ${problem}\n`).join('')}`);
  process.exitCode = 1;
} else if (
  await publishAll(
    packages.filter((one) => !one.isPublished),
    tag,
  )
) {
  if (!publish) process.stdout.write('Nothing was published. Push the tag: the hosted workflow publishes.\n');
} else {
  process.exitCode = 1;
}
