import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChannelMessage, NoticeChannel, NoticeChannelKind } from '@sluice/contract/ports';
import { type FakeServer, startFakeServer } from '@sluice/fake-panels';
import { discord, ntfy, pagerduty, slack } from './index.js';
import { NO_DATA } from './test/no-data.js';

const MESSAGE: ChannelMessage = {
  delivery: 'dlv-1',
  event: 'hold',
  code: 'hold',
  at: '2026-11-20T11:59:00.000Z',
  panel: 'dcim',
  service: 'svc-1',
  client: '7',
  for: 'operator',
  recipient: null,
  subject: 'Sluice: <!channel> svc-1 is held',
  text: '# <!channel> *svc-1* & @everyone [x](http://y) is held\n2026-11-20 13:00',
  data: NO_DATA,
  view: {
    ...{
      language: 'en',
      direction: 'ltr',
      isUrgent: false,
      figures: [],
      percent: null,
      link: null,
      unsubscribe: null,
      pictures: [],
    },
    words: { contact: 'Contact', terms: 'Terms', times: 'Times: UTC' },
  },
};

let receiver: FakeServer;
beforeEach(async () => {
  receiver = await startFakeServer({
    name: 'receiver',
    handle: () => ({ status: 202, headers: {}, body: {} }),
    toEndpoint: ({ method, path: where }) => `${method} ${where}`,
    changing: () => true,
  });
});
afterEach(() => receiver.close());

function open(kind: NoticeChannelKind, settings: Record<string, string>): Promise<NoticeChannel> {
  return kind.open(settings, { secret: (key) => settings[key] ?? '', now: () => 0, timeoutMs: 1000, childEnv: [] });
}

/** What the receiver got of the last message. */
const last = (): { endpoint: string; body: Record<string, unknown>; headers: Record<string, unknown> } => {
  const { endpoint, body, headers } = receiver.calls.at(-1)!;
  return { endpoint, body: JSON.parse(body) as Record<string, unknown>, headers };
};

describe('Slack', () => {
  const hook = () => open(slack, { slack: `${receiver.url}/services/T000/B000/s3cr3t-path` });

  it('shows a text as it is, and calls nobody', async () => {
    await (await hook()).send(MESSAGE);
    expect(last()).toMatchObject({ endpoint: 'POST /services/T000/B000/s3cr3t-path', body: { mrkdwn: false } });
    expect(last().body['text']).toBe(
      '# &lt;!channel&gt; *svc-1* &amp; @everyone [x](http://y) is held\n2026-11-20 13:00',
    );
    await (await hook()).send({ ...MESSAGE, text: 'y'.repeat(9000) });
    expect(String(last().body['text'])).toHaveLength(3000);
  });

  it('says why it was refused, without its address', async () => {
    receiver.inject({ fault: { kind: 'status', status: 404, body: 'no_service s3cr3t-path' } });
    await expect((await hook()).send(MESSAGE)).rejects.toMatchObject({
      code: 'receiver_refused',
      message: expect.stringMatching(/HTTP 404: no_service (?!.*s3cr3t)/) as unknown,
    });
  });
});

describe('Discord', () => {
  it('reads nothing as formatting, and mentions nobody', async () => {
    await (await open(discord, { discord: `${receiver.url}/api/webhooks/1/token` })).send(MESSAGE);
    expect(last().body).toEqual({
      content: '\\# \\<!channel\\> \\*svc-1\\* & @everyone \\[x\\](http://y) is held\n2026-11-20 13:00',
      allowed_mentions: { parse: [] },
    });
  });

  it('waits as long as it was asked to, also for parts of a second', async () => {
    const headers = { 'retry-after': '0.65' };
    receiver.inject({ fault: { kind: 'status', status: 429, headers, body: '{"message":"slow down"}' } });
    const channel = await open(discord, { discord: `${receiver.url}/api/webhooks/1/token` });
    await expect(channel.send(MESSAGE)).rejects.toMatchObject({ details: { retryAfterMs: 650 } });
  });
});

describe('ntfy', () => {
  it('posts to its server with the topic, the urgency and the token', async () => {
    const channel = await open(ntfy, { ntfy: `${receiver.url}/below/alarms`, token: 'tk_1' });
    await channel.send({ ...MESSAGE, event: 'brake', view: { ...MESSAGE.view, isUrgent: true } });
    expect(last()).toMatchObject({
      endpoint: 'POST /below',
      headers: { authorization: 'Bearer tk_1' },
      body: { topic: 'alarms', title: MESSAGE.subject, message: MESSAGE.text, priority: 4, tags: ['brake'] },
    });
    await (await open(ntfy, { ntfy: `${receiver.url}/alarms` })).send(MESSAGE);
    expect(last()).toMatchObject({ endpoint: 'POST /', body: { topic: 'alarms', priority: 3 } });
    expect(last().headers).not.toHaveProperty('authorization');
  });

  it('needs a topic', () => {
    expect(ntfy.check?.({ ntfy: 'https://ntfy.sh/' })).toHaveLength(1);
    expect(ntfy.check?.({ ntfy: 'https://ntfy.sh/alarms?auth=x' })).toHaveLength(1);
    expect(ntfy.check?.({ ntfy: 'https://ntfy.sh/alarms' })).toEqual([]);
  });
});

describe('PagerDuty', () => {
  const service = () => open(pagerduty, { pagerduty: 'R0UT1NG', api: receiver.url });

  it('opens an incident and resolves it by what ended it', async () => {
    const away = { ...MESSAGE, event: 'panel-unreachable', code: 'panel_unreachable', service: null };
    await (await service()).send(away);
    expect(last()).toMatchObject({
      endpoint: 'POST /v2/enqueue',
      body: {
        routing_key: 'R0UT1NG',
        event_action: 'trigger',
        dedup_key: 'sluice/panel_unreachable/dcim/',
        payload: { summary: MESSAGE.subject, source: 'dcim', severity: 'critical', timestamp: MESSAGE.at },
      },
    });
    await (await service()).send({ ...MESSAGE, event: 'threshold', code: 'agent_threshold', delivery: 'dlv-2' });
    expect(last().body).toMatchObject({ event_action: 'trigger', dedup_key: 'sluice/dlv-2' });
    await (await service()).send({ ...MESSAGE, service: 'x'.repeat(300) });
    expect(last().body['dedup_key']).toMatch(/^sluice\/[0-9a-f]{64}$/);
    await (await service()).send({ ...away, code: 'panel_reachable' });
    expect(last().body).toMatchObject({ event_action: 'resolve', dedup_key: 'sluice/panel_unreachable/dcim/' });
  });

  it('does not repeat its key in an error', async () => {
    receiver.inject({ fault: { kind: 'status', status: 400, body: 'bad key R0UT1NG' } });
    await expect((await service()).send(MESSAGE)).rejects.toMatchObject({
      message: expect.not.stringContaining('R0UT1NG') as unknown,
    });
  });
});
