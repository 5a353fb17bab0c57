import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type LogLevel, type ManualChunkMeta, rollup, type RollupLog } from 'rollup';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['plugins']>[number];

/**
 * Joins the files of a build into fewer. esbuild writes one for every set of lazily loaded parts that share a module: over
 * two hundred, of which a command reads sixty, a fifth of its time.
 *
 * The entry stays a file of its own, which no other imports: it runs once. Into `start` goes what it reads, into each file of
 * `groups` what the lazily loaded parts that it names after their source files read besides; what stands in an earlier file is
 * not in a later one.
 */
export function fewerFiles(entry: string, groups: Record<string, readonly string[]>): Plugin {
  return {
    name: 'fewer-files',
    async buildEnd({ writtenFiles }) {
      const dir = path.resolve('dist');
      const main = path.join(dir, entry);
      const build = await rollup({
        input: main,
        treeshake: false,
        external: (id) => !id.startsWith('.') && !path.isAbsolute(id),
        plugins: [{ name: 'with-map', load: readWithMap, renderChunk: exportAtOnce }],
        onLog: refuseCircles,
      });
      await Promise.all(writtenFiles.map(({ name }) => rm(name, { force: true })));
      let joined: Map<string, string> | undefined;
      await build.write({
        dir,
        sourcemap: true,
        format: 'cjs',
        // The code cache runs files as scripts, which can't import.
        dynamicImportInCjs: false,
        // What is not ours is of Node or CommonJS: what it exports is its default, too.
        interop: 'default',
        esModule: false,
        compact: true,
        generatedCode: 'es2015',
        minifyInternalExports: false,
        chunkFileNames: '[name].js',
        manualChunks: (file, files) => (joined ??= joinFiles(main, groups, files)).get(file),
      });
      await build.close();
      await writeFile(path.join(dir, 'package.json'), '{ "type": "commonjs" }\n');
    },
  };
}

/** One literal: assigning a thousand exports one by one takes longer than all else that a file does first. */
function exportAtOnce(code: string): { code: string; map: null } {
  return {
    code: code.replace(/(?:exports\.[\w$]+=[\w$]+;){2,}$/, (all) => {
      const exported = [...all.matchAll(/exports\.([\w$]+)=([\w$]+);/g)].map(([, name, value]) => `${name}:${value}`);
      return `exports=module.exports={${exported.join(',')}};`;
    }),
    map: null,
  };
}

/** A file of a circle would see the exports of another before they are there. */
function refuseCircles(_level: LogLevel, log: RollupLog): void {
  if (log.code === 'CIRCULAR_CHUNK') throw new Error(log.message);
}

async function readWithMap(file: string): Promise<{ code: string; map: string }> {
  return { code: await readFile(file, 'utf8'), map: await readFile(`${file}.map`, 'utf8') };
}

/** Returns for each file of the build the one it goes into, where it does not stay one of its own. */
function joinFiles(
  main: string,
  groups: Record<string, readonly string[]>,
  files: ManualChunkMeta,
): Map<string, string> {
  const joined = new Map<string, string>();
  const join = (file: string, into: string): void => {
    if (joined.has(file)) return;
    joined.set(file, into);
    for (const read of files.getModuleInfo(file)?.importedIds ?? []) join(read, into);
  };
  for (const read of files.getModuleInfo(main)?.importedIds ?? []) join(read, 'start');
  for (const [into, sources] of Object.entries(groups)) {
    for (const source of sources) {
      const parts = [...files.getModuleIds()].filter((file) => path.basename(file).startsWith(`${source}-`));
      if (parts.length === 0) throw new Error(`No part of the build comes from ${source}.ts.`);
      for (const part of parts) join(part, into);
    }
  }
  return joined;
}
