import { normaliseBaseUrl } from '@sluice/panel-http';
import { AgentTrafficError } from '../errors.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Tails that people paste along with the address of the API. */
const tails = [/\/api\/v2$/i, /\/api\/v2\/(?:admin|panel)$/i, /\/admin$/i];

/** The parts of an administrator's link. */
export interface HiddifyLink {
  /** `https://domain/path`: no trailing slash; ends with the secret path. */
  baseUrl: string;
  /** The administrator's uuid where the link holds one, in lower case. */
  apiKey: string | null;
  /** The secret first segment of the API's path. */
  secretPath: string;
  warnings: string[];
}

/**
 * Takes apart what an administrator has of a panel: `https://domain/path/uuid/`, with or without the uuid, a pasted
 * `/admin/…` or `/api/v2` tail, a fragment or a query (docs/panels/hiddify.md, 1.1).
 *
 * @example
 * ```ts
 * parseHiddifyLink('https://vpn.example.com/SECRETPATH/0f6a1c52-7d3b-4e8a-9c41-2b5d8e7f1a01/').secretPath; // SECRETPATH
 * ```
 *
 * @throws AgentTrafficError `invalid_link`; `PanelConfigError` for what is wrong with the address itself.
 */
export function parseHiddifyLink(text: string, options: { allowHttp?: boolean } = {}): HiddifyLink {
  // The panel's own pages append a fragment; it never belongs to the address.
  const { url, warnings } = normaliseBaseUrl(text.trim().replace(/[?#].*$/s, ''), {
    allowHttp: options.allowHttp ?? false,
  });
  const address = new URL(url);
  const segments = address.pathname.split('/').filter((segment) => segment !== '');
  const at = segments.findIndex((segment) => uuid.test(segment));
  const apiKey = at === -1 ? null : (segments[at] ?? '').toLowerCase();
  let path = `/${(at === -1 ? segments : segments.slice(0, at)).join('/')}`;
  if (at === -1) for (const tail of tails) path = path.replace(tail, '');
  const secretPath = path.split('/').at(-1) ?? '';
  if (secretPath === '') {
    throw new AgentTrafficError(
      'invalid_link',
      "The panel's address has no secret path. Copy the link of the panel's admin page, https://domain/path/uuid/.",
    );
  }
  return { baseUrl: address.origin + path, apiKey, secretPath, warnings };
}
