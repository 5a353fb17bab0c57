import type { AlarmView, DeliveryView, NoticeChoices, SendReport, TestedChannel } from '@sluice/contract/documents';
import {
  acknowledgeAlarm,
  type AcknowledgeRequest,
  type AlarmFilter,
  listAlarms,
} from '../features/notices/list-alarms.js';
import { confirmAddress, setAddress } from '../features/notices/addresses.js';
import { chooseForClient, type ChosenEvents, showChoices } from '../features/notices/choices.js';
import { type DeliveryFilter, listDeliveries } from '../features/notices/list-deliveries.js';
import { chooseByMailLink, openMailLink, type OpenedMailLink } from '../features/notices/mail-links.js';
import { sendDue } from '../features/notices/send.js';
import { testChannels } from '../features/notices/test-channels.js';
import type { CallOptions, RunCall } from './call.js';

/** Notices for the channels of the config. */
export interface Notices {
  /** Sends what is due; every run over panels does so at its end. */
  send(options?: CallOptions): Promise<SendReport>;
  /** Sends a test notice through one channel, by name, or through all. Failures are returned. */
  test(channel?: string | null, options?: CallOptions): Promise<{ channels: TestedChannel[] }>;
  /** Lists what is wrong since an earlier run, acknowledged or not. Calls no panel. */
  alarms(filter?: CallOptions & AlarmFilter): Promise<{ alarms: AlarmView[] }>;
  /**
   * Acknowledges an alarm: no notice of it is sent until it ends, or what is wrong changes. `note` says why; `undo` removes it again.
   *
   * @throws SluiceError `unknown_alarm`, `not_acknowledged`
   */
  acknowledge(alarm: string, options?: CallOptions & AcknowledgeRequest): Promise<{ alarm: AlarmView }>;
  /** Lists what was sent and what is to be sent, newest first. */
  list(filter?: CallOptions & DeliveryFilter): Promise<{ deliveries: DeliveryView[] }>;
  /** Returns which mails a client gets, and where. Calls nothing. */
  choices(client: string, options?: CallOptions): Promise<NoticeChoices>;
  /** Stores which mails a client wants, by event (`threshold`, `hold` …); what is not named stays. */
  choose(client: string, events: ChosenEvents, options?: CallOptions): Promise<NoticeChoices>;
  /**
   * Sends a mail to the address that a client wants its notices at, by the first channel for clients that sends mails. It counts once
   * `confirmAddress` got the token in it, for two days. Null drops the address, and the one that waits.
   *
   * @throws SluiceError `unknown_client`, `bad_option`, `too_many_mails` after three mails in 24 hours, `unsupported` without a channel or
   *   a public address of the pages, and errors of the mail server
   */
  setAddress(client: string, address: string | null, options?: CallOptions): Promise<NoticeChoices>;
  /**
   * Confirms an address by the token of its mail; a second time it changes nothing.
   *
   * @throws SluiceError `unknown_link`
   */
  confirmAddress(token: string, options?: CallOptions): Promise<{ address: string }>;
  /**
   * Returns what the reader of a mail has chosen, by the token of the link in it.
   *
   * @throws SluiceError `unknown_link`
   */
  openLink(token: string, options?: CallOptions): Promise<OpenedMailLink>;
  /**
   * Stores what the reader of a mail chooses, by the token of the link in it; without events, no mails of the kind of that mail.
   *
   * @throws SluiceError `unknown_link`, `bad_option`
   */
  chooseByLink(token: string, events?: ChosenEvents, options?: CallOptions): Promise<OpenedMailLink>;
}

/** Returns the calls about notices. */
export function noticesApi(call: RunCall): Notices {
  return {
    send: (options) => call(options, sendDue),
    test: (channel, options) => call(options, (context) => testChannels(context, channel ?? null)),
    alarms: (filter = {}) => call(filter, async (context) => ({ alarms: await listAlarms(context, filter) })),
    acknowledge: (alarm, options) =>
      call(options, async (context) => ({ alarm: await acknowledgeAlarm(context, alarm, options) })),
    list: (filter = {}) => call(filter, async (context) => ({ deliveries: await listDeliveries(context, filter) })),
    choices: (client, options) => call(options, (context) => showChoices(context, client)),
    choose: (client, events, options) => call(options, (context) => chooseForClient(context, client, events)),
    setAddress: (client, address, options) => call(options, (context) => setAddress(context, client, address)),
    confirmAddress: (token, options) => call(options, (context) => confirmAddress(context, token)),
    openLink: (token, options) => call(options, (context) => openMailLink(context, token)),
    chooseByLink: (token, events, options) => call(options, (context) => chooseByMailLink(context, token, events)),
  };
}
