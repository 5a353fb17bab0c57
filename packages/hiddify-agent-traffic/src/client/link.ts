import { normaliseBaseUrl } from '@sluice/panel-http/base-url';
import { AgentTrafficError } from '../errors.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Tails that are often pasted with the address. */
const TAILS = [/\/api\/v2$/i, /\/api\/v2\/(?:admin|panel)$/i, /\/admin$/i];

/** The parts of an administrator's link. */
export interface HiddifyLink {
  /** `https://domain/path`: no trailing slash; ends with the secret path. */
  baseUrl: string;
  /** The administrator's uuid in lower case; null where the link has none. */
  apiKey: string | null;
  /** The secret first segment of the API's path. */
  secretPath: string;
  warnings: string[];
}

/**
 * Splits the link of an administrator into its parts. It may lack the uuid, and may have a pasted `/admin/…` or `/api/v2` tail, a
 * fragment or a query (docs/panels/hiddify.md, 1.1).
 *
 * @example
 * ```ts
 * parseHiddifyLink('https://vpn.example.com/SECRETPATH/0f6a1c52-7d3b-4e8a-9c41-2b5d8e7f1a01/').secretPath; // SECRETPATH
 * ```
 *
 * @throws AgentTrafficError `invalid_link`; `PanelConfigError` for an invalid address.
 */
export function parseHiddifyLink(text: string, options: { allowHttp?: boolean } = {}): HiddifyLink {
  // The panel's own pages append a fragment.
  const { url, warnings } = normaliseBaseUrl(text.trim().replace(/[?#].*$/s, ''), {
    allowHttp: options.allowHttp ?? false,
  });
  const address = new URL(url);
  const segments = address.pathname.split('/').filter((segment) => segment !== '');
  const at = segments.findIndex((segment) => UUID.test(segment));
  const apiKey = at === -1 ? null : (segments[at] ?? '').toLowerCase();
  let path = `/${(at === -1 ? segments : segments.slice(0, at)).join('/')}`;
  if (at === -1) for (const tail of TAILS) path = path.replace(tail, '');
  const secretPath = path.split('/').at(-1) ?? '';
  if (secretPath === '') {
    throw new AgentTrafficError(
      'invalid_link',
      "The panel's address has no secret path. Copy the link of the panel's admin page, https://domain/path/uuid/.",
    );
  }
  return { baseUrl: address.origin + path, apiKey, secretPath, warnings };
}
