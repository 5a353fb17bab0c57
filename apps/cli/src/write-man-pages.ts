import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { manPages } from './terminal/manual/man-pages.js';
import { wholeProgram } from './cli.js';
import { manualParts } from './manual.js';

declare const SLUICE_VERSION: string;

// Run by the build: writes the manual, which is shipped with the package, into the folder that it is given.
const folder = process.argv[2] ?? 'man';
const program = wholeProgram(SLUICE_VERSION);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, text] of manPages(program, manualParts(SLUICE_VERSION))) writeFileSync(path.join(folder, name), text);
