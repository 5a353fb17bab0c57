import type { NoticeChoices } from '@sluice/contract/documents';
import { usageError } from '@sluice/panel-kind';
import { formatCount } from '../terminal/words.js';
import { DELIVERIES } from '../terminal/lists/log.js';
import { ExitCode } from '../exit-codes.js';
import { answer } from './answer.js';
import type { Terminal } from '../terminal/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { listCommand, type ListOptions } from './list.js';
import { STATUSES } from './statuses.js';

/** `sluice notify test [NAME]` */
export const notifyTest: CommandHandler = ([name], options, deps) =>
  answer(deps, options, ({ sluice }) => sluice.notices.test(name ?? null), {
    print: (terminal, { channels }) => {
      for (const { channel, kind, error } of channels) {
        if (error !== null) terminal.line(`${channel} (${kind}): ${terminal.error(error)}`);
        else if (!terminal.quiet) terminal.line(`${channel} (${kind}): ${terminal.status('ok')}, acknowledged`);
      }
    },
    exitCode: ({ channels }) => {
      const failed = channels.filter(({ ok }) => !ok).length;
      if (failed === 0) return ExitCode.done;
      return failed === channels.length ? ExitCode.failed : ExitCode.partial;
    },
  });

/** `sluice notify list` */
export const notifyList: CommandHandler<ListOptions> = listCommand(
  {
    key: 'deliveries',
    keepsOrder: true,
    statuses: STATUSES.deliveries,
    empty: 'No notices were sent.',
    columns: DELIVERIES,
  },
  async ({ sluice }) => (await sluice.notices.list({ limit: 1000 })).deliveries,
);

/** `sluice notify send` */
export const notifySend: CommandHandler = (_args, options, deps) =>
  answer(deps, options, ({ sluice }) => sluice.notices.send(), {
    print: (terminal, { sent, failed, givenUp, busy }) => {
      if (busy) terminal.line('Another process is sending notices.');
      else terminal.info(`${formatCount(sent, 'notice')} sent.`);
      if (failed > 0 || givenUp > 0) terminal.line(`${formatCount(failed, 'attempt')} failed; ${givenUp} given up.`);
    },
    exitCode: ({ sent, failed, busy }) => {
      if (busy) return ExitCode.busy;
      return failed === 0 ? ExitCode.done : sent > 0 ? ExitCode.partial : ExitCode.failed;
    },
  });

interface ClientOptions extends GlobalOptions {
  on?: string;
  off?: string;
  address?: string;
  dropAddress?: boolean;
}

/** `sluice notify client CLIENT` */
export const notifyClient: CommandHandler<ClientOptions> = ([client = ''], options, deps) =>
  answer(
    deps,
    options,
    async ({ sluice: { notices } }) => {
      const { address, dropAddress = false } = options;
      const chosen = { ...toChosen(options.on, true), ...toChosen(options.off, false) };
      if (address !== undefined && dropAddress)
        throw usageError('bad_option', 'Use --address or --drop-address, not both; nothing was changed');
      if (Object.keys(chosen).length > 0) await notices.choose(client, chosen);
      if (address !== undefined || dropAddress) return notices.setAddress(client, address ?? null);
      return notices.choices(client);
    },
    { print: printChoices },
  );

function toChosen(events: string | undefined, wanted: boolean): Record<string, boolean> {
  const names = (events ?? '').split(',').map((name) => name.trim());
  return Object.fromEntries(names.filter((name) => name !== '').map((name) => [name, wanted]));
}

function printChoices(terminal: Terminal, { sends, events, address, asked }: NoticeChoices): void {
  if (terminal.quiet) return;
  if (!sends) terminal.line('No channel sends mails to clients: notify in the config has none with for: client.');
  for (const { event, wanted, since } of events) {
    const chosen = since === null ? '' : `, chosen ${terminal.times.at(since, null) ?? ''}`;
    terminal.line(`  ${event.padEnd(18)} ${wanted ? 'on' : 'off'}${chosen}`);
  }
  terminal.line(`  ${'address'.padEnd(18)} ${address ?? 'as known of the client'}`);
  if (asked !== null) terminal.line(`  ${'to be confirmed'.padEnd(18)} ${asked}`);
}
