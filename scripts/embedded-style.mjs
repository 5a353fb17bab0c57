import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { embeddedStyle } from '../apps/dashboard/dist/index.js';

/** Writes the style sheet of embedded parts, from the built dashboard, where modules for other sites have it. */

const root = path.resolve(import.meta.dirname, '..');
const file = path.join(root, 'integrations', 'whmcs', 'modules', 'servers', 'sluice', 'assets', 'sluice.css');
mkdirSync(path.dirname(file), { recursive: true });
writeFileSync(file, embeddedStyle());
