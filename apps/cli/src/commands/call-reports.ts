import { existsSync } from 'node:fs';
import path from 'node:path';
import { nodeFiles } from '@sluice/engine';
import type { CallReports } from '@sluice/engine/options';
import { usageError } from '@sluice/panel-kind/errors';
import type { ReportFormat } from '@sluice/quota-core/telephony';
import { draftSink, isSameFile, outputSink, type TextSink } from '../terminal/files/sinks.js';
import type { Deps } from '../context.js';

/** Returns the reports of bills in a folder, which is made with the first of them. */
export function reportsIn(folder: string, format: ReportFormat): CallReports {
  return {
    format,
    open: (name) => {
      nodeFiles.makeFolder(folder);
      return Promise.resolve(draftSink(path.join(folder, name)));
    },
    find: (name) => {
      const file = path.join(folder, name);
      return Promise.resolve(existsSync(file) ? file : null);
    },
  };
}

/**
 * Returns the sink that `--csv` names: standard output for `-`, else a file, which is in its place only when it is complete. An
 * existing file stays unless its content is the same, or with `force`.
 *
 * @throws SluiceError `file_unwritable`, `file_exists`
 */
export function csvSink(deps: Deps, csv: string, { force }: { force?: boolean | undefined }): TextSink {
  if (csv === '-') return outputSink(deps.stdout);
  const file = path.resolve(deps.cwd, csv);
  return draftSink(file, async (draft) => {
    if (force === true || !existsSync(file) || (await isSameFile(draft, file))) return;
    throw usageError('file_exists', `${file} exists with other content: name another file, or replace it with --force`);
  });
}
