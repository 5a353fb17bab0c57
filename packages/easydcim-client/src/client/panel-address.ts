import { normaliseBaseUrl } from '@sluice/panel-http';

/** What operators paste with the address: the path of the panel's own pages, or of its API (docs/panels/easydcim.md, 1.1). */
const stripTails = [/\/backend$/i, /\/api\/v[23]$/i];

/** The address of a panel as an operator has it, made fit for use. Errors as of `normaliseBaseUrl`. */
export function panelAddress(baseUrl: string, allowHttp: boolean): { url: string; warnings: string[] } {
  const { url, warnings } = normaliseBaseUrl(baseUrl, { allowHttp, stripTails });
  const pastedV2 = /\/api\/v2\/*$/i.test(baseUrl.trim());
  return { url, warnings: pastedV2 ? [...warnings, 'The address given is that of API v2; API v3 is used.'] : warnings };
}
