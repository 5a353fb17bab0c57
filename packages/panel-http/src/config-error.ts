/** Stable codes of invalid options. */
export type PanelConfigErrorCode =
  | 'empty'
  | 'scheme_missing'
  | 'scheme_unsupported'
  | 'credentials_in_url'
  | 'query_in_url'
  | 'http_not_allowed'
  | 'url_invalid'
  | 'path_invalid'
  | 'proxy_invalid'
  | 'pin_invalid'
  | 'option_invalid';

/** An invalid option. Thrown before the panel is called. */
export class PanelConfigError extends Error {
  readonly code: PanelConfigErrorCode;

  constructor(code: PanelConfigErrorCode, message: string) {
    super(message);
    Object.defineProperty(this, 'name', { value: 'PanelConfigError', configurable: true });
    this.code = code;
  }
}
