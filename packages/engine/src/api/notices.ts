import type { AlarmView, DeliveryView, SendReport, TestedChannel } from '@sluice/contract/documents';
import {
  acknowledgeAlarm,
  type AcknowledgeRequest,
  type AlarmFilter,
  listAlarms,
} from '../features/notices/list-alarms.js';
import { type DeliveryFilter, listDeliveries } from '../features/notices/list-deliveries.js';
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
  };
}
