import type { Check } from '@sluice/engine';
import { type Config, resolveSecret } from '@sluice/config-file';
import { usageError } from '@sluice/panel-kind/errors';
import type { Deps } from '../context.js';

/** Shorter ones are refused. */
const SHORTEST_TOKEN = 16;
/** A shorter one may have been typed by a person. */
const SHORTEST_RANDOM = 32;
/** A random text of 32 characters, even one of digits alone, has at least so many different ones. */
const FEWEST_DIFFERENT = 6;

/**
 * Returns `serve.token`; undefined where the config has none.
 *
 * @throws SluiceError `bad_token`, `secret_missing`
 */
export function readServeToken(config: Config, deps: Pick<Deps, 'env'>): string | undefined {
  if (config.serve.token === undefined) return undefined;
  const token = resolveSecret(config.serve.token, 'serve.token', { ...config, env: deps.env });
  if (token.length < SHORTEST_TOKEN)
    throw usageError('bad_token', `serve.token has fewer than ${SHORTEST_TOKEN} characters`, { key: 'serve.token' });
  return token;
}

/** Warns of a token that could be guessed. One that only the server can read is not checked. */
export function serveTokenChecks(config: Config, deps: Pick<Deps, 'env'>): Check[] {
  const check = { name: 'config', object: 'serve.token', status: 'warning', code: 'weak_token' } as const;
  const warn = (why: string): Check[] => [{ ...check, message: `${why}, so that it could be guessed` }];
  let token: string | undefined;
  try {
    token = readServeToken(config, deps);
  } catch (error) {
    return (error as { code?: unknown }).code === 'bad_token'
      ? warn(`it has fewer than ${SHORTEST_TOKEN} characters`)
      : [];
  }
  if (token === undefined) return [];
  if (token.length < SHORTEST_RANDOM) return warn(`it has fewer than ${SHORTEST_RANDOM} characters`);
  return new Set(token).size < FEWEST_DIFFERENT ? warn('it repeats few characters') : [];
}
