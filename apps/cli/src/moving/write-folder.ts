import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Adoption } from '@sluice/engine';
import { printable } from '@sluice/panel-http/printable';
import { Document } from 'yaml';
import { usageError } from '@sluice/panel-kind/errors';
import { spreadsheetText, toCsv } from '../terminal/files/csv.js';
import { NewFile } from '../terminal/files/new-file.js';
import { unwritable } from '../terminal/files/unwritable.js';

/** The rows of an adoption that have files of their own. */
export const ROW_FILES = ['services', 'overrides', 'preferences', 'purchases', 'agents', 'holds'] as const;

/** The files that a config is to include. */
export const INCLUDED_FILES = ['products.yaml', 'packages.yaml'] as const;

const UNDECIDED = ['file', 'object', 'column', 'value', 'state', 'reason'] as const;

/** Returns the files of an adoption by their names; one without content is left out. `columns` has the order of the services' columns. */
export async function toFiles(adoption: Adoption, columns: readonly string[]): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const file of ROW_FILES) {
    const rows = adoption[file];
    const used = new Set(rows.flatMap((row) => Object.keys(row)));
    const order = file === 'services' ? columns.filter((column) => used.has(column)) : [...used];
    if (rows.length > 0) files.set(`${file}.csv`, await toCsv(rows, order));
  }
  const { undecided, products, packages } = adoption;
  if (undecided.length > 0)
    files.set('undecided.csv', await toCsv(undecided, UNDECIDED, (text) => spreadsheetText(printable(text))));
  if (products.length > 0) files.set('products.yaml', toYaml('products', products));
  if (packages.length > 0) files.set('packages.yaml', toYaml('packages', packages));
  return files;
}

function toYaml(section: string, entries: Adoption['products']): string {
  const document = new Document({
    [section]: Object.fromEntries(entries.map(({ name, settings }) => [name, settings])),
  });
  for (const { name, notes } of entries) {
    const text = notes.map((note) => ` ${printable(note)}`).join('\n');
    const entry = document.getIn([section, name], true) as { commentBefore?: string } | undefined;
    if (entry !== undefined && text !== '') entry.commentBefore = text;
  }
  return document.toString({ lineWidth: 0 });
}

/**
 * Writes files into a new folder, all or none; returns their paths.
 *
 * @throws SluiceError `file_exists` where the folder has files already, `file_unwritable`
 */
export function writeFolder(folder: string, files: ReadonlyMap<string, string>): string[] {
  refuseFull(folder);
  const draft = `${folder}.${process.pid}.draft`;
  try {
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    for (const [name, text] of files) {
      const file = NewFile.create(path.join(draft, name));
      file.write(text);
      file.close();
    }
    if (existsSync(folder)) rmdirSync(folder);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw unwritable(folder, error);
  }
  return [...files.keys()].map((name) => path.join(folder, name));
}

/** Refuses a folder that has files. */
export function refuseFull(folder: string): void {
  if (!existsSync(folder)) return;
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw unwritable(folder, error);
  }
  if (names.length > 0)
    throw usageError('file_exists', `${folder} has files already, which are never overwritten: name another folder`);
}
