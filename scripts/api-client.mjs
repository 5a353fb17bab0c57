import { writeFileSync } from 'node:fs';
import path from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { openApiDocument } from '../apps/dashboard/dist/index.js';

/** Writes the types of the API's client, from the OpenAPI document of the built dashboard. */

/** What the types are. */
const DESCRIPTIONS = {
  paths: 'The addresses of the HTTP API below `/api/v1`, with their methods.',
  webhooks: 'What a server sends to the webhooks of its config, by event.',
  components: 'The named schemas of the HTTP API.',
  operations: 'The requests of the HTTP API by name: parameters, bodies and answers.',
};

const document = JSON.parse(JSON.stringify(openApiDocument()));
for (const methods of [...Object.values(document.paths), ...Object.values(document.webhooks)])
  for (const { parameters = [], requestBody, responses } of Object.values(methods)) {
    // The client makes the keys of requests itself, so that they may be left out.
    for (const parameter of parameters) if (parameter.name === 'Idempotency-Key') parameter.required = false;
    // Types show no examples.
    for (const { content = {} } of [requestBody ?? {}, ...Object.values(responses)])
      for (const media of Object.values(content)) {
        delete media.example;
        delete media.examples;
      }
  }
delete document.components.examples;
const types = astToString(await openapiTS(document, { defaultNonNullable: false }));
const described = Object.entries(DESCRIPTIONS).reduce(
  (text, [name, words]) => text.replace(`export interface ${name} {`, `/** ${words} */\nexport interface ${name} {`),
  types,
);
const file = path.resolve(import.meta.dirname, '..', 'packages', 'api-client', 'src', 'schema.ts');
writeFileSync(file, described);
