import { may, whoMay } from '@sluice/contract';
import type { Endpoint } from '@sluice/contract/endpoints';
import { suggestion } from '@sluice/engine/words';
import { usageError } from '@sluice/panel-kind';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { checkOwnAgent } from '../access/own-agent.js';
import { toPermit } from '../access/refusal.js';
import type { Viewer } from '../access/viewer.js';
import { forbidden, notFound } from '../server/failure.js';
import type { Context } from '../server/options.js';

/** A query or body that has no keys. */
const NOTHING = z.strictObject({});

/** Returns checked fields of a request. */
export function checked(schema: z.ZodObject | null, value: unknown, where: string): Record<string, unknown> {
  const { data, error } = (schema ?? NOTHING).safeParse(value ?? {});
  if (error === undefined) return data;
  const known = Object.keys(schema?.shape ?? {});
  const problems = listFirst(error.issues, (issue) => toProblems(issue, known, value));
  const [first] = problems;
  const at = first === undefined || first.path === '' ? '' : ` (${first.path})`;
  throw usageError('bad_request', `The ${where} of the request is not valid${at}: ${first?.message ?? ''}`, {
    problems,
  });
}

/** Most problems in an answer. */
const MOST_PROBLEMS = 20;
/** Most characters of a name of the request in an answer. */
const LONGEST_NAME = 100;

interface Problem {
  path: string;
  message: string;
}

/** Returns the problems of issues, up to the most that an answer has, and how many more there are. */
function listFirst(issues: readonly z.core.$ZodIssue[], list: (issue: z.core.$ZodIssue) => Problem[]): Problem[] {
  const problems: Problem[] = [];
  let left = 0;
  for (const issue of issues) {
    const count = issue.code === 'unrecognized_keys' ? issue.keys.length : 1;
    const room = MOST_PROBLEMS - problems.length;
    if (room > 0) problems.push(...list(issue).slice(0, room));
    left += Math.max(0, count - room);
  }
  return left === 0 ? problems : [...problems, { path: '', message: `and ${left} more` }];
}

function short(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}…`;
}

/** Returns what is wrong, and at which key of the request. */
function toProblems(issue: z.core.$ZodIssue, known: string[], value: unknown): Problem[] {
  const path = issue.path.map((part) => short(String(part))).join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, MOST_PROBLEMS).map((key) => ({
      path: path === '' ? short(key) : `${path}.${short(key)}`,
      message: `Unknown key "${short(key)}"${path === '' ? hint(short(key), known) : ''}`,
    }));
  const [name = ''] = issue.path;
  // The parser of queries makes a list of a key that is repeated.
  if (issue.code === 'invalid_type' && issue.path.length === 1 && isListAt(value, name))
    return [{ path, message: 'The key is named twice, or has a list; name it once' }];
  return [{ path, message: issue.message }];
}

function isListAt(value: unknown, name: PropertyKey): boolean {
  return typeof value === 'object' && value !== null && Array.isArray(Reflect.get(value, name));
}

function hint(key: string, known: string[]): string {
  return known.length === 0 ? '; there are none here' : suggestion(key, known);
}

/** Returns the body of a request, which has to be JSON. */
export function parseBody(request: FastifyRequest): unknown {
  if (request.body === undefined || request.body === null) return {};
  if (/^application\/(?:[\w.+-]+\+)?json\b/i.test(request.headers['content-type'] ?? '')) return request.body;
  throw Object.assign(new Error('not JSON'), { code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' });
}

/** Refuses what a viewer may not send at all. */
export function checkScope({ useCase, clients }: Pick<Endpoint, 'useCase' | 'clients'>, viewer: Viewer): void {
  const { provider, customer, reseller = false } = whoMay(useCase);
  if (viewer.agent !== null && !reseller) throw forbidden('The token reaches one agent and its users only');
  if (viewer.client !== null && (clients === 'none' || customer.length === 0))
    throw forbidden('The token reaches the services of one client only, and what its customer may do');
  if (may(viewer, useCase)) return;
  const needed = viewer.client === null ? provider : customer.map(({ need }) => need);
  throw forbidden(`The token does not have the scope ${needed.map((need) => `"${need}"`).join(' or ')}`);
}

/** Answers about the services of others as if they did not exist. */
export async function checkReach(
  { sluice }: Context,
  { clients, useCase }: Pick<Endpoint, 'clients' | 'useCase'>,
  viewer: Viewer,
  params: Record<string, string>,
): Promise<void> {
  if (viewer.agent !== null && params['agent'] !== undefined)
    return checkOwnAgent(sluice, viewer.agent, params['agent']);
  if (viewer.client === null) return;
  const { service = '', client = '' } = params;
  if (clients === 'client' && client !== viewer.client)
    throw notFound('unknown_client', `There is no client "${client}"`, { client });
  if (clients !== 'service') return;
  // One query for any id, so that the time of the answer is the same for those of others and for none.
  if (!(await sluice.services.isOf(service, viewer.client)))
    throw notFound('unknown_service', `There is no service "${service}"`, { service });
  if (!whoMay(useCase).customer.some(({ field }) => field !== undefined)) return;
  toPermit(viewer, useCase)(await sluice.services.customerMay(service));
}
