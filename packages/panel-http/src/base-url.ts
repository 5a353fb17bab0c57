import { PanelConfigError } from './config-error.js';

export { PanelConfigError };

/** What `normaliseBaseUrl` accepts beside a plain address. */
export interface BaseUrlOptions {
  /** Accept plain `http`. */
  allowHttp?: boolean;
  /** Tails that are often pasted with the address, e.g. `/\/backend$/i`; removed until none matches. */
  stripTails?: RegExp[];
}

/**
 * Returns the address of a panel as the transport needs it: without a trailing slash or a pasted tail; a path prefix and a
 * port stay. Warnings are sentences for the operator.
 *
 * @example
 * ```ts
 * normaliseBaseUrl(' https://panel.example.com:8443/backend/ ', { stripTails: [/\/backend$/i] }).url;
 * // https://panel.example.com:8443
 * ```
 *
 * @throws PanelConfigError `empty`, `scheme_missing`, `scheme_unsupported`, `credentials_in_url`, `query_in_url`,
 * `http_not_allowed`, `url_invalid`
 */
export function normaliseBaseUrl(text: string, options: BaseUrlOptions = {}): { url: string; warnings: string[] } {
  const trimmed = text.trim();
  if (trimmed === '')
    throw new PanelConfigError('empty', 'The panel has no address. Set its URL, e.g. https://panel.example.');
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    throw new PanelConfigError('scheme_missing', 'The address does not begin with https://. Write the whole URL.');
  }
  if (scheme !== 'https' && scheme !== 'http') {
    throw new PanelConfigError(
      'scheme_unsupported',
      `The address begins with ${scheme}://. Only https:// (or http://) can be used.`,
    );
  }
  let url: URL;
  try {
    url = new URL(trimmed);
  } catch {
    throw new PanelConfigError('url_invalid', 'The address is not a valid URL. Check host name and port.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new PanelConfigError(
      'credentials_in_url',
      'The address contains a username or password. Use the settings for credentials.',
    );
  }
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(trimmed)) {
    throw new PanelConfigError(
      'query_in_url',
      'The address contains a query or fragment. Remove everything from ? or # on.',
    );
  }
  const warnings: string[] = [];
  if (scheme === 'http') {
    if (options.allowHttp !== true) {
      throw new PanelConfigError(
        'http_not_allowed',
        'The address is plain http: the token would be sent unencrypted. Use https, or set allowHttp.',
      );
    }
    warnings.push('The address is plain http: the token is sent unencrypted.');
  }
  return { url: url.origin + stripTails(url.pathname, options.stripTails ?? []), warnings };
}

function stripTails(path: string, tails: RegExp[]): string {
  let rest = path.replace(/\/+$/, '');
  for (;;) {
    const before = rest;
    for (const tail of tails) rest = rest.replace(tail, '').replace(/\/+$/, '');
    if (rest === before) return rest;
  }
}
