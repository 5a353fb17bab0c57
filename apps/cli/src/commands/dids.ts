import type { DidReport, Sluice } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { printNumberChange } from '../terminal/telephony/records.js';
import { toRunExitCode } from '../exit-codes.js';
import { answer } from './answer.js';
import { type ChangeHow, type ChangeOptions, toHow } from './change-options.js';
import { type CommandHandler, confirm } from './command.js';
import { parsePairs } from './parse-pairs.js';

interface LinkedOptions extends ChangeOptions {
  service?: string;
  addon?: string;
  areaCode?: string;
}

interface LinkOptions extends LinkedOptions {
  destination?: string;
  carrier?: string;
  channels?: string;
}

interface SetOptions extends ChangeOptions {
  subscriber?: string;
}

/** Runs a change of a number and prints its report. */
function changing<Options extends ChangeOptions>(
  words: string,
  change: (sluice: Sluice, number: string, options: Options, how: ChangeHow) => Promise<DidReport>,
): CommandHandler<Options> {
  return ([number = ''], options, deps) =>
    answer(deps, options, ({ sluice }) => change(sluice, number, options, toHow(options)), {
      print: (terminal, report) => {
        printNumberChange(terminal, number, report, words);
      },
      exitCode: ({ run }) => toRunExitCode(run, options),
    });
}

/** `sluice did link NUMBER --service S` */
export const didLink: CommandHandler<LinkOptions> = (args, options, deps) => {
  const { service, addon, areaCode, carrier, channels, destination } = options;
  if (service === undefined)
    throw usageError('bad_option', 'Name the service whose line has the number with --service');
  if (channels !== undefined && !/^[1-9]\d{0,5}$/.test(channels))
    throw usageError('bad_option', `--channels: "${channels}" is not a whole number from 1 on`);
  const many = channels === undefined ? undefined : Number(channels);
  return changing<LinkOptions>('linked', (sluice, number, _options, { panel: _panel, ...how }) =>
    sluice.dids.link(number, { ...how, service, addon, areaCode, carrier, channels: many, destination }),
  )(args, options, deps);
};

/** `sluice did set NUMBER KEY=VALUE…`, `sluice did set NUMBER --subscriber none` */
export const didSet: CommandHandler<SetOptions> = ([number = '', ...pairs], options, deps) => {
  const { subscriber } = options;
  if (subscriber !== undefined && subscriber !== 'none')
    throw usageError('bad_option', '--subscriber: only "none" ends the link; a line gets a number with "did link"');
  if ((subscriber === undefined) === (pairs.length === 0))
    throw usageError('bad_option', 'Name either KEY=VALUE or --subscriber none; nothing was changed');
  const what = subscriber === undefined ? { values: parsePairs(pairs) } : { subscriber: null };
  const words = subscriber === undefined ? 'changed' : 'unlinked';
  return changing<SetOptions>(words, (sluice, id, _options, how) => sluice.dids.set(id, what, how))(
    [number],
    options,
    deps,
  );
};

/** The number of an addon, as the engine has it. */
const toLinked = ({ service, addon, areaCode }: LinkedOptions) => ({ service, addon, areaCode });

/** `sluice did suspend NUMBER` */
export const didSuspend = changing<LinkedOptions>('suspended', (sluice, number, options, how) =>
  sluice.dids.suspend(number, { ...how, ...toLinked(options) }),
);

/** `sluice did unsuspend NUMBER` */
export const didUnsuspend = changing<LinkedOptions>('active again', (sluice, number, options, how) =>
  sluice.dids.unsuspend(number, { ...how, ...toLinked(options) }),
);

/** `sluice did release NUMBER` */
export const didRelease: CommandHandler<LinkedOptions> = async ([number = ''], options, deps) => {
  if (options.dryRun !== true) await confirm(deps, options, `Release the number ${number}? Its line loses it.`);
  return changing<LinkedOptions>('released', (sluice, id, _options, how) =>
    sluice.dids.release(id, { ...how, ...toLinked(options) }),
  )([number], options, deps);
};
