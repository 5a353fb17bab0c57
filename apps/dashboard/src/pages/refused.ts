import { SluiceError } from '@sluice/panel-kind';
import { forReader, toFailure } from '../server/failure.js';
import { errorId } from '../layout/forms.js';
import { notice } from '../layout/components.js';
import { html } from '../layout/html.js';
import { wordError } from '../layout/word-error.js';
import { toWording } from '../layout/wording.js';
import type { Page } from './page.js';

/**
 * Returns a form that, where it is refused, shows its page again: the form has what was typed, says why it is refused, and the
 * field that is wrong has the focus. The status is that of the error. `id` is that of the form, or how its values state it.
 */
export function orAgain(form: Page, page: Page, id: string | ((values: Values) => string)): Page {
  return async (request) => {
    try {
      return await form(request);
    } catch (thrown) {
      const error = forReader(request.viewer, thrown);
      const { status } = toFailure(error);
      if (!(error instanceof SluiceError) || error.kind === 'internal' || [401, 403].includes(status)) throw error;
      const values = request.form ?? {};
      const query = Object.fromEntries(Object.entries(values).filter(([name]) => IN_ADDRESS.has(name)));
      const message = wordError(toWording(request.language), error);
      const { field = FIELDS[error.code] } = error.details as { field?: string };
      const refused = { form: typeof id === 'string' ? id : id(values), values, message, field };
      const again = await page({ ...request, query, refused }).catch(() => null);
      if (again === null || !('body' in again)) throw error;
      const isSaid = again.body.toString().includes(`id="${errorId(refused.form)}"`);
      const why = isSaid ? null : notice('bad', html`<span dir="auto">${message}</span>`);
      // A page that is found names something else that is not.
      return { ...again, status: status === 404 ? 400 : status, body: html`${why} ${again.body}` };
    }
  };
}

/** Which field it is, where a refusal is about one of several and does not name it. */
const FIELDS: Readonly<Record<string, string>> = { agent_limit: 'traffic' };

/** Fields that the address of a page has as well. */
const IN_ADDRESS: ReadonlySet<string> = new Set(['panel', 'package', 'key']);

type Values = Readonly<Record<string, string>>;
