import type { Connection } from './connection.js';
import { isObject, objectAt, type JsonObject } from './json.js';
import { ParseProblem, schemaOf } from './parse-problem.js';

/** The names that the answer may have for the token; the documentation does not say which (docs/panels/easydcim.md, 1.2). */
const tokenKeys = ['token', 'access_token', 'plainTextToken'];

export async function logIn(
  connection: Connection,
  credentials: { email: string; password: string; deviceName: string },
): Promise<string> {
  const { body } = await connection.request({
    method: 'POST',
    path: '/api/v3/login',
    endpoint: 'POST /api/v3/login',
    json: { email: credentials.email, password: credentials.password, device_name: credentials.deviceName },
    schema: schemaOf(readToken),
    changing: false,
    auth: false,
    secrets: [credentials.password, credentials.email],
  });
  return body;
}

function readToken(json: unknown): string {
  const body: JsonObject = isObject(json) ? json : {};
  const tokens = [body, objectAt(body, 'data'), objectAt(body, 'result')].flatMap((place) =>
    tokenKeys.map((key) => place[key]).filter((value) => typeof value === 'string' && value.trim() !== ''),
  ) as string[];
  const [token] = tokens;
  // The keys are not listed here: an unknown one could hold the token in its name.
  if (token === undefined || tokens.some((other) => other !== token)) throw new ParseProblem('no token');
  return token;
}
