import { existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { checkConfigText, formatProblem } from '../config/load.js';
import { SluiceError, usageError } from '@sluice/panel-kind/errors';
import { nodeFiles } from '@sluice/engine';
import { NewFile } from '../files/new-file.js';
import type { InitAnswers, PanelAnswer } from './answers.js';
import { configText, secretFileOf } from './config-text.js';

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** What was written. */
export interface WrittenConfig {
  file: string;
  /** Files (0600) of the secrets that were given by hand. */
  secrets: { panel: string; key: string; file: string }[];
}

/**
 * Refuses a config that is there already, before anybody is asked anything.
 *
 * @throws SluiceError `config_exists` (exit 2)
 */
export function refuseExisting(file: string, force: boolean): void {
  if (force || !existsSync(file)) return;
  throw usageError('config_exists', `${file} is there already and stays as it is`);
}

/**
 * Writes the config (0600) and beside it the secrets that were given by hand, each in a file of its own. Everything is
 * checked before; the config appears whole or not at all, and no file but the config itself is ever replaced.
 *
 * @throws SluiceError `config_invalid`, `config_exists`, `file_unwritable` (exit 2)
 */
export function writeConfig(file: string, answers: InitAnswers, force: boolean): WrittenConfig {
  const dir = path.dirname(file);
  const secrets = typedSecrets(dir, answers.panels);
  const nameOf = (panel: PanelAnswer, key: string): string =>
    path.basename(secrets.find((each) => each.panel === panel.name && each.key === key)?.file ?? '');
  const text = configText(answers, nameOf);
  const errors = checkConfigText(text, file, answers.kinds).problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) {
    throw usageError(
      'config_invalid',
      'These answers make no config that holds; nothing was written:',
      { problems: errors },
      errors.map(formatProblem),
    );
  }
  const made: string[] = [];
  try {
    for (const { file: secretFile, value } of secrets) {
      writeNew(secretFile, `${value}\n`);
      made.push(secretFile);
    }
    placeConfig(file, text, force);
  } catch (error) {
    for (const each of made) rmSync(each, { force: true });
    throw error;
  }
  return { file, secrets: secrets.map(({ panel, key, file: secretFile }) => ({ panel, key, file: secretFile })) };
}

interface TypedSecret {
  panel: string;
  key: string;
  file: string;
  value: string;
}

function typedSecrets(dir: string, panels: PanelAnswer[]): TypedSecret[] {
  return panels.flatMap((panel) =>
    Object.entries(panel.secrets).flatMap(([key, secret]) =>
      secret.from === 'typed' && secret.keep === 'file'
        ? [{ panel: panel.name, key, file: freeName(path.join(dir, secretFileOf(panel, key))), value: secret.value }]
        : [],
    ),
  );
}

function freeName(file: string): string {
  let name = file;
  for (let n = 2; existsSync(name); n++) name = `${file}-${n}`;
  return name;
}

function writeNew(file: string, text: string): void {
  const target = NewFile.create(file);
  try {
    target.write(text);
    target.close();
  } catch (error) {
    target.discard();
    throw error;
  }
}

/** Whole at once. Without `force` a link puts it in its place: that fails where a file came to be there meanwhile. */
function placeConfig(file: string, text: string, force: boolean): void {
  const draft = `${file}.${process.pid}.draft`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    if (force) {
      nodeFiles.replace(file, text);
      return;
    }
    writeNew(draft, text);
    linkSync(draft, file);
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    const code = (error as { code?: string }).code ?? 'unknown';
    refuseExisting(file, force);
    // A file system without links: between the look and the renaming is but a moment.
    if (!force && NO_LINKS.has(code)) renameSync(draft, file);
    else throw usageError('file_unwritable', `${file} can't be written (${code}): name another file`);
  } finally {
    rmSync(draft, { force: true });
  }
}
