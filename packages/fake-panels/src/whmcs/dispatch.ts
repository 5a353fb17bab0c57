import type { FakeRequest } from '../core/fake-request.js';
import type { FakeResponse } from '../core/fake-response.js';
import { signInPage } from '../core/sign-in-page.js';
import { changes } from './changes.js';
import { FormFields } from './form.js';
import { reads } from './lists.js';
import { Refusal, toError, toSuccess } from './reply.js';
import type { WhmcsWorld } from './world.js';

/** What a fake WHMCS serves with. */
export interface WhmcsSite {
  readonly world: WhmcsWorld;
  readonly identifier: string;
  readonly secret: string;
  readonly accessKey: string | null;
  readonly basePath: string;
}

const toForm = (request: FakeRequest): FormFields => new FormFields(request.body.toString('utf8'));

/** The name of the action, in its own spelling; the path of anything else. */
export function toEndpoint(request: FakeRequest): string {
  const wanted = toForm(request).text('action').toLowerCase();
  const found = [...Object.keys(reads), ...Object.keys(changes)].find((name) => name.toLowerCase() === wanted);
  return found ?? `${request.method} ${request.path}`;
}

export function isChanging(request: FakeRequest): boolean {
  return toEndpoint(request) in changes;
}

/** Answers one call. */
export function answer(site: WhmcsSite, request: FakeRequest): FakeResponse {
  const { world, basePath } = site;
  const { quirks } = world;
  if (request.path !== `${basePath}/includes/api.php`) return { status: 200, body: signInPage };
  const form = toForm(request);
  const hasKey = site.accessKey !== null && form.text('accesskey') === site.accessKey;
  if (quirks.refusedAddress !== null && !hasKey) return toError(`Invalid IP ${quirks.refusedAddress}`, quirks, 403);
  const identifier = form.text('identifier') || form.text('username');
  const secret = form.text('secret') || form.text('password');
  if (identifier !== site.identifier || secret !== site.secret) return toError('Authentication Failed', quirks, 403);
  const action = toEndpoint(request);
  if (quirks.denied.has(action)) {
    return toError(`Invalid Permissions: API action "${action.toLowerCase()}" is not allowed`, quirks, 403);
  }
  const handler = reads[action] ?? changes[action];
  if (handler === undefined) return toError('Command Not Found', quirks);
  try {
    const body = handler(world, form);
    if (quirks.shifting.has(action)) shift(world, action);
    return toSuccess(body, action, quirks);
  } catch (error) {
    if (error instanceof Refusal) return toError(error.message, quirks);
    throw error;
  }
}

/** Adds a row at the front of the list that was just read in part. */
function shift(world: WhmcsWorld, action: string): void {
  const [client] = world.clients.keys();
  const [product] = world.products.keys();
  if (action === 'GetInvoices' && client !== undefined) world.addInvoice({ client, items: [] });
  if (action !== 'GetClientsProducts' || client === undefined || product === undefined) return;
  const rows = [...world.services.values()];
  world.services.clear();
  world.addService({ client, product });
  for (const row of rows) world.services.set(row.id, row);
}
