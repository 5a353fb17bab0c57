import { chownSync, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { checkConfigText, type Config, formatProblem } from '@sluice/config-file';
import { SluiceError, usageError } from '@sluice/panel-kind/errors';
import { isSeq, parseDocument, stringify } from 'yaml';
import type { Deps } from '../context.js';
import { configKinds } from '../kinds.js';
import { FileDraft } from '../terminal/files/new-file.js';
import { unwritable } from '../terminal/files/unwritable.js';
import { INCLUDED_FILES } from './write-folder.js';

/** A config with the files of a folder. */
export interface WithFiles {
  /** As checked, with what the files have. */
  config: Config;
  /** The files that it did not include yet, relative to its folder. */
  added: readonly string[];
  /** Writes the config with them, in one step; returns what restores the text of before where nothing else has changed it. */
  write: () => { restore: () => void };
}

/**
 * Adds the products and packages of a folder to a config; writes nothing yet.
 *
 * @throws SluiceError `config_invalid` that lists every problem with its file and line
 */
export function includeFiles({ file, dir, include }: Config, folder: string, deps: Deps): WithFiles {
  const before = readFileSync(file, 'utf8');
  const wanted = INCLUDED_FILES.map((name) => path.join(folder, name)).filter((each) => existsSync(each));
  const added = wanted.filter((each) => !include.includes(each)).map((each) => toRelative(dir, each));
  const after = addIncludes(before, added);
  const { config, problems } = checkConfigText(after, file, configKinds(deps));
  if (config === null) {
    const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
    throw usageError(
      'config_invalid',
      `${file} with the files of ${folder} has errors; nothing was stored:`,
      { problems },
      errors,
    );
  }
  return {
    config,
    added,
    write: () => {
      if (readFileSync(file, 'utf8') !== before)
        throw usageError('config_changed', `${file} was changed meanwhile: nothing was stored; repeat it`);
      replace(file, before, after);
      return {
        restore: () => {
          if (readFileSync(file, 'utf8') === after) replace(file, after, before);
        },
      };
    },
  };
}

/** Paths in a config are relative to its folder, and work on every machine with it. */
function toRelative(dir: string, file: string): string {
  const relative = path.relative(dir, file);
  return relative.startsWith('..') ? file : relative;
}

/** Returns the text of a config with further entries of `include`; its other lines stay as they are. */
function addIncludes(text: string, files: readonly string[]): string {
  if (files.length === 0) return text;
  const document = parseDocument(text);
  const list = document.get('include');
  if (list === undefined)
    return `${text.replace(/\n*$/, '\n')}\n${stringify({ include: [...files] }, { lineWidth: 0 })}`;
  if (isSeq(list)) for (const file of files) list.add(file);
  return document.toString({ lineWidth: 0 });
}

/** Replaces the text of a config, which keeps its owner and permissions; a link to it stays one. */
function replace(file: string, before: string, after: string): void {
  if (after === before) return;
  // The draft has to be on the file system of what the link leads to.
  const target = realpathSync(file);
  const { uid, gid } = statSync(target);
  const draft = new FileDraft(target);
  try {
    draft.write(after);
    const own = statSync(draft.path);
    if (own.uid !== uid || own.gid !== gid) chownSync(draft.path, uid, gid);
    draft.place();
  } catch (error) {
    throw error instanceof SluiceError ? error : unwritable(file, error);
  } finally {
    draft.discard();
  }
}
