import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

const FILE = 'THIRD-PARTY-NOTICES.txt';

interface Manifest {
  name: string;
  version: string;
  license?: string;
}

/**
 * The licences of all that is bundled, in one file beside it: most of them ask for that. What a package of ours has bundled
 * before is in its own file, which is taken over. Fails for a package without a licence.
 */
export const thirdPartyNotices: Plugin = {
  name: 'third-party-notices',
  setup(build) {
    build.onEnd(({ metafile }) => {
      if (metafile === undefined) throw new Error('The notices need to know what was bundled: build with a metafile.');
      const inputs = Object.keys(metafile.inputs);
      const theirs = new Set(inputs.map(packageFolder).filter((folder) => folder !== null));
      const ours = new Set(
        inputs.map((file) => path.join(path.dirname(file), FILE)).filter((file) => existsSync(file)),
      );
      const notices = [
        ...[...theirs].sort().map(notice),
        ...[...ours].sort().map((file) => readFileSync(file, 'utf8')),
      ];
      const folder = build.initialOptions.outdir ?? 'dist';
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, FILE), notices.join('\n'));
    });
  },
};

/** `node_modules/name` or `node_modules/@scope/name` of a bundled file; null for a file of ours. */
function packageFolder(file: string): string | null {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? null;
}

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
  const text = licenceText(folder);
  if (text === null) throw new Error(`${name} is bundled, but has no file with its licence.`);
  return `${name} ${version} (${license ?? 'see below'})\n\n${text}\n\n${'-'.repeat(80)}\n`;
}

/** The file with the licence, or the section about it in the readme. */
function licenceText(folder: string): string | null {
  const entries = readdirSync(folder);
  const file = entries.find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  if (file !== undefined) return readFileSync(path.join(folder, file), 'utf8').trim();
  const readme = entries.find((entry) => /^readme/i.test(entry));
  const text = readme === undefined ? '' : readFileSync(path.join(folder, readme), 'utf8');
  return /^#+ *licen[cs]e\b[^]*/im.exec(text)?.[0].trim() ?? null;
}
