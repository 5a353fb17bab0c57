import { beforeEach } from '@jest/globals';
import type { ChannelMessage, NoticeChannelKind } from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import * as z from 'zod/mini';

/** A kind of channel that keeps what it sends. */
export interface KeptMessages {
  kind: NoticeChannelKind;
  /** What was sent in the present test. */
  sent: ChannelMessage[];
  /** Whether the receiver does not answer. */
  down: boolean;
}

/** The line of a config that sends what clients are notified of through this channel. */
export const TO_CLIENTS = 'notify: [{ hook: x, for: client }]';

/** Returns a kind of channel whose receiver is empty and answers at the start of each test. */
export function keepMessages(): KeptMessages {
  const kept: KeptMessages = {
    kind: {
      kind: 'hook',
      title: 'Hook',
      shape: { hook: z.string() },
      descriptions: {},
      secrets: [],
      clientAddress: 'listed',
      open: () =>
        Promise.resolve({
          send: (message) => {
            if (kept.down)
              return Promise.reject(new SluiceError('receiver_unreachable', 'The receiver does not answer'));
            kept.sent.push(message);
            return Promise.resolve();
          },
          close: () => undefined,
        }),
    },
    sent: [],
    down: false,
  };
  beforeEach(() => {
    kept.sent.length = 0;
    kept.down = false;
  });
  return kept;
}
