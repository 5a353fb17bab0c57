import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';

/** Writes the OpenAPI document of the HTTP API and the types of its client, from the built dashboard. */

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'packages', 'api-client');

/** The types of a document. The client makes the keys of requests itself, so that they may be left out. */
export async function typesOf(document) {
  const own = JSON.parse(JSON.stringify(document));
  for (const methods of Object.values(own.paths))
    for (const { parameters = [] } of Object.values(methods))
      for (const parameter of parameters) if (parameter.name === 'Idempotency-Key') parameter.required = false;
  const text = astToString(await openapiTS(own, { defaultNonNullable: false }));
  const file = path.join(folder, 'src', 'schema.ts');
  return format(`/* Written by \`npm run api-client\` from openapi.json. */\n${text}`, {
    ...(await resolveConfig(file)),
    filepath: file,
  });
}

/** The document as it is stored. */
export async function textOf(document) {
  const file = path.join(folder, 'openapi.json');
  return format(JSON.stringify(document), { ...(await resolveConfig(file)), filepath: file });
}

if (process.argv[1] === import.meta.filename) {
  const source = process.argv[2];
  const document =
    source === undefined
      ? (await import('../apps/dashboard/dist/index.js')).openApiDocument()
      : JSON.parse(readFileSync(source, 'utf8'));
  writeFileSync(path.join(folder, 'openapi.json'), await textOf(document));
  writeFileSync(path.join(folder, 'src', 'schema.ts'), await typesOf(document));
}
