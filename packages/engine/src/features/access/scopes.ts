import { agentOfScopes } from '@sluice/contract';
import { usageError } from '@sluice/panel-kind';

/** What a token for all clients can have. */
const OF_ALL: readonly string[] = ['read', 'operate', 'tokens'];
/** What a token of one client can have, beside its client. */
const OF_CLIENT: readonly string[] = ['read', 'buy', 'manage', 'password'];

const LIST = 'read, operate or tokens, client:ID with buy, manage or password, or agent:UUID';

/**
 * Reads the scopes of a token.
 *
 * @throws SluiceError `bad_token` for an unknown scope, and for those that do not go together
 */
export function parseScopes(scopes: readonly string[]): { scopes: string[]; client: string | null } {
  const clients = new Set<string>();
  const agents = new Set<string>();
  const others = new Set<string>();
  for (const scope of scopes) {
    const client = /^client:(\S(?:.*\S)?)$/.exec(scope)?.[1];
    if (client !== undefined) clients.add(client);
    else if (agentOfScopes([scope]) !== null) agents.add(scope.toLowerCase());
    else if (OF_ALL.includes(scope) || OF_CLIENT.includes(scope)) others.add(scope);
    else throw usageError('bad_token', `"${scope}" is not a scope: use ${LIST}`, { scope });
  }
  if (scopes.length === 0) throw usageError('bad_token', `A token needs a scope: ${LIST}`);
  if (agents.size > 0) {
    if (agents.size + clients.size + others.size > 1)
      throw usageError('bad_token', 'A token of an agent has that scope alone, and one agent only');
    return { scopes: [...agents], client: null };
  }
  if (clients.size > 1) throw usageError('bad_token', 'A token can have one client only');
  const [client = null] = clients;
  refuseMixed(others, client);
  return { scopes: [...new Set(scopes)], client };
}

function refuseMixed(others: ReadonlySet<string>, client: string | null): void {
  const fitting = client === null ? OF_ALL : OF_CLIENT;
  const wrong = [...others].find((scope) => !fitting.includes(scope));
  if (wrong === undefined) return;
  throw usageError(
    'bad_token',
    client === null
      ? `The scope "${wrong}" is for tokens of one client: add client:ID`
      : `A token of one client can't have the scope "${wrong}": use buy, manage and password for what its customer may do`,
    { scope: wrong },
  );
}
