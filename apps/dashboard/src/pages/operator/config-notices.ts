import { notice } from '../../layout/components.js';
import type { Html } from '../../layout/html.js';
import { configChecks } from '../../server/config-checks.js';
import type { Context } from '../../server/options.js';

/** Says on each page of operators what is wrong with the config that the server follows. */
export function configNotices(context: Pick<Context, 'current'>): Html[] {
  return configChecks(context).map(({ status, message }) => notice(status === 'failed' ? 'bad' : 'warning', message));
}
