import { readFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'oxfmt';
import { root } from './ensure-installed.mjs';

const options = JSON.parse(readFileSync(path.join(root, '.oxfmtrc.json'), 'utf8'));

/** Returns a text as `npm run format` would leave it in that file. */
export async function formatText(file, text) {
  const { code, errors } = await format(path.relative(root, file), text, options);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  return code;
}
