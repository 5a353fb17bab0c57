import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type CallReports, type CallReportSink, nodeFiles } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import type { ReportFormat } from '@sluice/telephony';
import { FileDraft } from '@sluice/terminal/files';
import type { Deps } from '../context.js';

/** Returns the reports of bills in a folder, which is made with the first of them. */
export function reportsIn(folder: string, format: ReportFormat): CallReports {
  return {
    format,
    open: (name) => {
      nodeFiles.makeFolder(folder);
      return Promise.resolve(sinkOf(path.join(folder, name), () => Promise.resolve()));
    },
    find: (name) => {
      const file = path.join(folder, name);
      return Promise.resolve(existsSync(file) ? file : null);
    },
  };
}

/**
 * Returns the sink of one file, which is in its place only when it is complete. An existing file stays unless its content is the
 * same, or with `force`.
 *
 * @throws SluiceError `file_unwritable`, `file_exists`
 */
function reportSink(file: string, { force }: { force: boolean }): CallReportSink {
  return sinkOf(file, async (draft) => {
    if (force || !existsSync(file) || (await isSame(draft, file))) return;
    throw usageError('file_exists', `${file} exists with other content: name another file, or replace it with --force`);
  });
}

/** Returns the sink that `--csv` names: standard output for `-`, else a file, as `reportSink`. */
export function csvSink(deps: Deps, csv: string, { force = false }: { force?: boolean | undefined }): CallReportSink {
  return csv === '-' ? stdoutSink(deps) : reportSink(path.resolve(deps.cwd, csv), { force });
}

function stdoutSink({ stdout }: Deps): CallReportSink {
  return {
    write: async (text) => {
      const isTaken = stdout.write(text) !== false;
      // A reader that is slower than the panel must not fill the memory.
      if (!isTaken && stdout.once !== undefined) await new Promise<void>((resolve) => stdout.once?.('drain', resolve));
    },
    finish: () => Promise.resolve('-'),
    discard: () => Promise.resolve(),
  };
}

function sinkOf(file: string, check: (draft: string) => Promise<void>): CallReportSink {
  const draft = new FileDraft(file);
  return {
    write: (text) => {
      draft.write(text);
      return Promise.resolve();
    },
    finish: async () => {
      draft.close();
      try {
        await check(draft.path);
        draft.place();
      } finally {
        draft.discard();
      }
      return path.resolve(file);
    },
    discard: () => {
      draft.discard();
      return Promise.resolve();
    },
  };
}

async function isSame(draft: string, file: string): Promise<boolean> {
  if (statSync(draft).size !== statSync(file).size) return false;
  const [a, b] = await Promise.all([digestOf(draft), digestOf(file)]);
  return a === b;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
