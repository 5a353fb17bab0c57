import type { AutoBuyView } from '@sluice/engine';
import type { AutoBuySubject } from '@sluice/engine/options';
import { usageError } from '@sluice/panel-kind/errors';
import { autoBuySubject, describeAutoBuy, printAutoBuy } from '../terminal/reports/billing.js';
import { answer } from './answer.js';
import type { CommandHandler, LockOptions } from './command.js';
import { parseWait } from './parse-wait.js';

interface SubjectOptions extends LockOptions {
  client?: string;
}

function toSubject([service]: string[], { client }: SubjectOptions): AutoBuySubject {
  if ((service === undefined) === (client === undefined))
    throw usageError('bad_option', 'Name a service, or a client with --client ID');
  return service === undefined ? { client: client ?? '' } : { service };
}

/** `sluice auto-buy show` */
export const autoBuyShow: CommandHandler<SubjectOptions> = (args, options, deps) => {
  const subject = toSubject(args, options);
  return answer(deps, options, ({ sluice }) => sluice.autoBuy.show(subject), {
    print: (terminal, { autoBuy }) => {
      printAutoBuy(terminal, subject, autoBuy);
    },
  });
};

interface SetOptions extends SubjectOptions {
  on?: boolean;
  off?: boolean;
  package?: string;
  threshold?: string;
  max?: string;
}

/** `sluice auto-buy set` */
export const autoBuySet: CommandHandler<SetOptions> = (args, options, deps) => {
  const { on, off, package: name, threshold, max, verbose } = options;
  if (on === true && off === true) throw usageError('bad_option', 'Use --on or --off, not both');
  const subject = toSubject(args, options);
  const enabled = on === true ? true : off === true ? false : undefined;
  const request = { enabled, package: name, threshold, maxPerCycle: max === undefined ? undefined : Number(max) };
  const how = { waitMs: parseWait(options) };
  return answer(deps, options, ({ sluice }) => sluice.autoBuy.set(subject, request, how), {
    info: ({ autoBuy }, { times }) =>
      `${autoBuySubject(subject)}: ${describeAutoBuy(autoBuy, times)}; ${startText(autoBuy)}`,
    print: (terminal, { autoBuy }) => {
      if (verbose === true) printAutoBuy(terminal, subject, autoBuy);
    },
  });
};

/** Says from when on a rule is in force: under observe nothing is bought. */
function startText({ enabled, observing }: AutoBuyView): string {
  if (enabled && observing === true) return 'nothing is bought while the service is under observe';
  return 'in force from the next poll';
}

/** `sluice auto-buy clear` */
export const autoBuyClear: CommandHandler<SubjectOptions> = (args, options, deps) => {
  const subject = toSubject(args, options);
  const how = { waitMs: parseWait(options) };
  return answer(deps, options, ({ sluice }) => sluice.autoBuy.clear(subject, how), {
    document: ({ autoBuy }) => ({ autoBuy }),
    info: ({ autoBuy, ended }, { times }) =>
      `${autoBuySubject(subject)}: ${ended ? `cleared; ${describeAutoBuy(autoBuy, times)}` : 'had no preference'}`,
  });
};
