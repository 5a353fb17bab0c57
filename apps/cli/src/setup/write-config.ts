import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { checkConfigText, formatProblem } from '@sluice/config-file';
import { describedSchema, nodeFiles } from '@sluice/engine';
import { SluiceError, usageError } from '@sluice/panel-kind/errors';
import { NewFile, requireReplaceable } from '../terminal/files/new-file.js';
import { toErrno } from '@sluice/config-file/files';
import { unwritable } from '../terminal/files/unwritable.js';
import type { InitAnswers, PanelAnswer } from './answers.js';
import { configText, SCHEMA_FILE, secretFileName } from './config-text.js';

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** The files that were written. */
export interface WrittenConfig {
  file: string;
  /** Files (0600) of the typed secrets. */
  secrets: { panel: string; key: string; file: string }[];
}

/**
 * Refuses to replace an existing config without `force`.
 *
 * @throws SluiceError `config_exists`
 */
export function refuseExisting(file: string, force: boolean): void {
  if (force || !existsSync(file)) return;
  throw usageError('config_exists', `${file} exists and was not changed`);
}

/**
 * Refuses a folder in which no file can be created, and to replace anything but a regular file.
 *
 * @throws SluiceError `file_unwritable`
 */
export function refuseUnwritable(file: string): void {
  requireReplaceable(file);
  let folder = path.dirname(file);
  try {
    while (!existsSync(folder) && path.dirname(folder) !== folder) folder = path.dirname(folder);
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(folder), { code: 'ENOTDIR' });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * Checks and writes the config (0600), and each typed secret in a separate file beside it. The config is written
 * completely or not at all, and no other existing file is replaced.
 *
 * @throws SluiceError `config_invalid`, `config_exists`, `file_unwritable`
 */
export function writeConfig(file: string, answers: InitAnswers, force: boolean): WrittenConfig {
  const dir = path.dirname(file);
  const secrets = typedSecrets(dir, answers.panels);
  const toFile = (panel: PanelAnswer, key: string): string =>
    path.basename(secrets.find((each) => each.panel === panel.name && each.key === key)?.file ?? '');
  const text = configText(answers, toFile);
  const { problems } = checkConfigText(text, file, answers.known);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw usageError(
      'config_invalid',
      'These answers do not result in a valid config; nothing was written:',
      { problems: errors },
      errors.map(formatProblem),
    );
  }
  // Last the config, which names the files of the secrets.
  makeFolder(file);
  placeSchema(path.join(dir, SCHEMA_FILE), answers);
  const written: string[] = [];
  try {
    for (const { file: secretFile, value } of secrets) {
      writeNew(secretFile, `${value}\n`);
      written.push(secretFile);
    }
    placeConfig(file, text, force);
  } catch (error) {
    for (const each of written) rmSync(each, { force: true });
    throw error;
  }
  return { file, secrets: secrets.map(({ panel, key, file: secretFile }) => ({ panel, key, file: secretFile })) };
}

/** Writes the JSON Schema for editors; another file of that name stays. */
function placeSchema(file: string, { known: { kinds, billing, channels } }: InitAnswers): void {
  const schema = describedSchema(kinds, billing, channels);
  try {
    if (!existsSync(file) || readFileSync(file, 'utf8').includes(`"title": "${schema.title ?? ''}"`)) {
      nodeFiles.replace(file, `${JSON.stringify(schema, null, 2)}\n`);
    }
  } catch (error) {
    throw unwritable(file, error);
  }
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
        ? [{ panel: panel.name, key, file: freeName(path.join(dir, secretFileName(panel, key))), value: secret.value }]
        : [],
    ),
  );
}

function freeName(file: string): string {
  let name = file;
  for (let n = 2; existsSync(name); n++) name = `${file}-${n}`;
  return name;
}

function makeFolder(file: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
  } catch (error) {
    throw unwritable(file, error);
  }
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

/** Places the config in one step. Without `force` a link does it, which fails if the file exists by now. */
function placeConfig(file: string, text: string, force: boolean): void {
  const draft = `${file}.${process.pid}.draft`;
  try {
    if (force) {
      nodeFiles.replace(file, text);
      return;
    }
    writeNew(draft, text);
    linkSync(draft, file);
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    refuseExisting(file, force);
    // A file system without links: the check above makes it unlikely that the renaming replaces a file.
    if (!force && NO_LINKS.has(toErrno(error))) renameSync(draft, file);
    else throw unwritable(file, error);
  } finally {
    removeDraft(draft);
  }
}

function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // Where it can't be removed, it could not be created either.
  }
}
