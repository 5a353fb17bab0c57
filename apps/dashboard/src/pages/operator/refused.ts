import { SluiceError } from '@sluice/panel-kind';
import { toFailure } from '../../server/failure.js';
import { notice } from '../layout/components.js';
import { html } from '../layout/html.js';
import type { Page } from '../page.js';

/** Returns a form that, where the engine refuses it, shows its page again with what was typed. `id` is that of the form. */
export function orAgain(form: Page, page: Page, id: string): Page {
  return async (request) => {
    try {
      return await form(request);
    } catch (error) {
      if (!(error instanceof SluiceError) || error.kind === 'internal') throw error;
      const values = request.form ?? {};
      const query: Record<string, string> = values.panel === undefined ? {} : { panel: values.panel };
      const again = await page({ ...request, query, refused: { form: id, values } }).catch(() => null);
      if (again === null || !('body' in again)) throw error;
      const { status } = toFailure(error);
      const why = notice('bad', html`<span dir="auto">${error.message}</span>`);
      const body = html`${why} ${again.body}`;
      // A page that is found names something else that is not.
      return { ...again, status: status === 404 ? 400 : status, body };
    }
  };
}
