import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './ensure-installed.mjs';

// Writes what the root's package.json says of the project's address into the package.json of every package: `repository`, with
// the package's folder, `homepage` and `bugs`. With `--check` it writes nothing and names the packages that differ.

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** Returns a package's manifest with the addresses of the project. */
function withAddresses(manifest, project, directory) {
  const { repository: _repository, homepage: _homepage, bugs: _bugs, ...rest } = manifest;
  const { repository, homepage, bugs } = project;
  const entries = Object.entries(rest);
  const at = entries.findIndex(([name]) => name === 'license') + 1;
  const addresses = Object.entries({ homepage, bugs, repository: { ...repository, directory } });
  return Object.fromEntries([...entries.slice(0, at), ...addresses, ...entries.slice(at)]);
}

const check = process.argv.includes('--check');
const project = read(path.join(root, 'package.json'));
const folders = project.workspaces.flatMap((pattern) => {
  const group = pattern.replace(/\/\*$/, '');
  return readdirSync(path.join(root, group)).map((name) => path.join(group, name));
});
const differ = folders.filter((folder) => {
  const file = path.join(root, folder, 'package.json');
  if (!existsSync(file)) return false;
  const text = `${JSON.stringify(withAddresses(read(file), project, folder.replaceAll(path.sep, '/')), null, 2)}\n`;
  if (text === readFileSync(file, 'utf8')) return false;
  if (!check) writeFileSync(file, text);
  return true;
});
if (check && differ.length > 0) {
  process.stderr.write(
    `These packages have another repository, homepage or bugs than package.json: ${differ.join(', ')}. Run npm run manifests.\n`,
  );
  process.exitCode = 1;
}
