import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../../..');

/** A repository of few files with scripts of this one. */
export interface SmallTree extends AsyncDisposable {
  readonly folder: string;
  read(file: string): Promise<string>;
  write(files: Readonly<Record<string, unknown>>): Promise<void>;
  /** Runs git; returns what it prints. */
  git(...args: string[]): Promise<string>;
  /** Runs a script of the tree; its output and exit code. */
  run(script: string, args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
}

const git = ['-c', 'user.name=Test', '-c', 'user.email=test@example.test', '-c', 'init.defaultBranch=main'];

function execute(program: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  return new Promise<Ran>((resolve) => {
    // What npm sets for the tests is not for the tree.
    const inherited = Object.entries(process.env).filter(([name]) => !/^(npm|turbo|git|github|actions)_/i.test(name));
    const options = { cwd, env: { ...Object.fromEntries(inherited), ...env } };
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out: `${stdout}${stderr}` });
    });
  });
}

/** Makes a committed repository of the files (objects are written as JSON) and the named scripts of this one. */
export async function makeSmallTree(
  files: Readonly<Record<string, unknown>>,
  scripts: readonly string[],
): Promise<SmallTree> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-tree-'));
  const tree: SmallTree = {
    folder,
    read: (file) => readFile(path.join(folder, file), 'utf8'),
    write: async (written) => {
      for (const [file, content] of Object.entries(written)) {
        const target = path.join(folder, file);
        await mkdir(path.dirname(target), { recursive: true });
        await writeFile(target, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
      }
    },
    git: async (...args) => {
      const { code, out } = await execute('git', [...git, ...args], folder);
      if (code !== 0) throw new Error(`git ${args.join(' ')}: ${out}`);
      return out;
    },
    run: (script, args = [], env = {}) => execute(process.execPath, [`scripts/${script}`, ...args], folder, env),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  await tree.write({ '.gitignore': 'node_modules\n.turbo\ndist\n', ...files });
  for (const script of scripts) {
    await mkdir(path.join(folder, 'scripts', path.dirname(script)), { recursive: true });
    await copyFile(path.join(root, 'scripts', script), path.join(folder, 'scripts', script));
  }
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  await tree.git('init', '--quiet');
  await tree.git('add', '--all');
  await tree.git('commit', '--quiet', '--message', 'First');
  return tree;
}
