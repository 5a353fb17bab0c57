import type { TestedChannel } from '@sluice/contract/documents';
import type { NoticeChannel } from '@sluice/contract/ports';
import { staffText } from '@sluice/messages/staff';
import { toItemError } from '@sluice/panel-kind';
import type { Context } from '../../context/context.js';
import { type ConfiguredChannel, requireChannels } from '../../kernel/run/channels.js';
import { NO_DATA } from '../../kernel/run/notice-data.js';
import { sendLogged } from './send.js';
import { toMessage } from './to-message.js';

/**
 * Sends a test notice through one channel or through all; failures are returned, not thrown. Sent to the channel's own address,
 * also where it is for clients. Nothing is repeated.
 *
 * @throws SluiceError `no_channels`, `unknown_channel`
 */
export async function testChannels(context: Context, name: string | null): Promise<{ channels: TestedChannel[] }> {
  const channels = requireChannels(context, name);
  return { channels: await Promise.all(channels.map((channel) => testChannel(context, channel))) };
}

async function testChannel(context: Context, channel: ConfiguredChannel): Promise<TestedChannel> {
  const tested = { channel: channel.name, kind: channel.kind.kind };
  const message = toMessage({
    delivery: { id: context.id('test'), event: 'test', recipient: null },
    notice: {
      code: 'test',
      key: 'test',
      at: context.now(),
      panel: null,
      service: null,
      message: staffText('staff.test', { channel: channel.name }),
    },
    ...{ name: null, client: null, data: NO_DATA, lines: [], language: 'en', choose: null, back: [] },
    settings: { for: channel.settings.for },
    timeZone: context.config.timeZone,
  });
  let opened: NoticeChannel | null = null;
  try {
    await sendLogged(context, channel, null, async () => {
      opened = await channel.open();
      await opened.send(message, context.deps.signal);
    });
    return { ...tested, ok: true, error: null };
  } catch (error) {
    return { ...tested, ok: false, error: toItemError(error) };
  } finally {
    (opened as NoticeChannel | null)?.close();
  }
}
