import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The root of the repository. */
export const ROOT = path.resolve(import.meta.dirname, '../../../../..');

/** One command of a page, with the exit code that the page promises: `# exit 4`, and 0 where it says nothing. */
export interface DocumentedStep {
  script: string;
  exitCode: number;
  /** Lines of what it prints, as the page shows them; `…` stands for others. */
  shown: readonly string[];
}

/** Lists the commands of a page, or of one section of it: lines behind `$` in `console` blocks, and whole `sh` blocks. */
export function listSteps(file: string, heading?: string): DocumentedStep[] {
  const page = readFileSync(path.join(ROOT, file), 'utf8');
  const start = heading === undefined ? 0 : page.indexOf(`\n## ${heading}\n`);
  if (start === -1) throw new Error(`${file} has no section "${heading ?? ''}"`);
  const [text = ''] = heading === undefined ? [page] : page.slice(start + 1).split(/\n(?=## )/, 1);
  return [...text.matchAll(/```(console|sh)\n([\s\S]*?)```/g)].flatMap(([, language, block = '']) =>
    language === 'sh' ? [{ script: block.trimEnd(), exitCode: 0, shown: [] }] : consoleSteps(block),
  );
}

function consoleSteps(block: string): DocumentedStep[] {
  return block
    .split(/^(?=\$ )/m)
    .filter((part) => part.startsWith('$ '))
    .map((part) => {
      const [line = '', ...shown] = part.trimEnd().split('\n');
      const [script = '', comment = ''] = line.slice(2).split(/\s+#\s/);
      return { script, exitCode: Number(/exit (\d+)/.exec(comment)?.[1] ?? 0), shown };
    });
}

/** Returns a bash script that runs the steps in one shell, and ends at the first that does not do what the page promises. */
export function toScript(steps: readonly DocumentedStep[]): string {
  return steps
    .map(({ script, exitCode }) => {
      const [first = ''] = script.split('\n');
      const failed = `printf '%s: exit %s instead of ${exitCode}\\n' '${first.replaceAll("'", `'\\''`)}' "$code"; exit 1`;
      return `${script}\ncode=$?\nif [ "$code" -ne ${exitCode} ]; then ${failed}; fi\n`;
    })
    .join('');
}
