import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { formatText } from './format-text.mjs';

/** Writes the OpenAPI document of the HTTP API and the types of its client, from the built dashboard. */

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'packages', 'api-client');

/** What the generated types are. */
const DESCRIPTIONS = {
  paths: 'The addresses of the HTTP API below `/api/v1`, with their methods.',
  components: 'The named schemas of the HTTP API.',
  operations: 'The requests of the HTTP API by name: parameters, bodies and answers.',
};

/** The types of a document. The client makes the keys of requests itself, so that they may be left out. */
async function toTypes(document) {
  const own = JSON.parse(JSON.stringify(document));
  for (const methods of Object.values(own.paths))
    for (const { parameters = [], requestBody, responses } of Object.values(methods)) {
      for (const parameter of parameters) if (parameter.name === 'Idempotency-Key') parameter.required = false;
      // Types show no examples.
      for (const { content = {} } of [requestBody ?? {}, ...Object.values(responses)])
        for (const media of Object.values(content)) {
          delete media.example;
          delete media.examples;
        }
    }
  delete own.components.examples;
  const text = astToString(await openapiTS(own, { defaultNonNullable: false }));
  const file = path.join(folder, 'src', 'schema.ts');
  const head = `/* Written by \`npm run api-client\` from openapi.json (SHA-256 ${toDigest(await toText(document))}). */`;
  const described = Object.entries(DESCRIPTIONS).reduce(
    (types, [name, words]) =>
      types.replace(`export interface ${name} {`, `/** ${words} */\nexport interface ${name} {`),
    text,
  );
  return formatText(file, `${head}\n${described}`);
}

function toDigest(text) {
  return createHash('sha256').update(text).digest('hex');
}

/** The document as it is stored. */
async function toText(document) {
  const file = path.join(folder, 'openapi.json');
  return formatText(file, JSON.stringify(document));
}

const source = process.argv[2];
const document =
  source === undefined
    ? (await import('../apps/dashboard/dist/index.js')).openApiDocument()
    : JSON.parse(readFileSync(source, 'utf8'));
writeFileSync(path.join(folder, 'openapi.json'), await toText(document));
writeFileSync(path.join(folder, 'src', 'schema.ts'), await toTypes(document));
