import type { SourceService } from '@sluice/contract/ports';
import type { BlankService, FindClient } from './fill-columns.js';
import { toClientName } from './to-billed-service.js';

/**
 * Adds what people call a service and its client: the text of the custom field that the config names, else its domain, else its
 * product. What is not known of the client is left out.
 */
export function nameService(
  { service: { clientId, domain, product } }: Pick<BlankService, 'service'>,
  row: SourceService,
  findClient: FindClient,
): SourceService {
  const own = row.texts['name']?.trim() ?? '';
  const name = [own, domain.trim(), product.trim()].find((text) => text !== '') ?? '';
  const client = findClient(clientId);
  if (typeof client === 'string') return { ...row, texts: { ...row.texts, name } };
  const { email, language } = client;
  const known = { client_name: toClientName(client) ?? '', client_email: email.trim() };
  return { ...row, texts: { ...row.texts, name, ...known, ...(language === null ? {} : { language }) } };
}
