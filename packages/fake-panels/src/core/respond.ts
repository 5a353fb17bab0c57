import { type ServerResponse } from 'node:http';
import { type FakeResponse } from './fake-response.js';
import { type Fault } from './fault-rule.js';
import { sendAnswer, sendHuge, toBytes } from './send-answer.js';
import { signInPage } from './sign-in-page.js';

/** Sends the real answer or the fault. Returns the status that was sent, `null` when none was. */
export async function respond(
  reply: ServerResponse,
  answer: FakeResponse | undefined,
  spoil: Fault | undefined,
): Promise<number | null> {
  // The client may have left while the panel worked.
  if (reply.destroyed) return null;
  const honest = answer ?? { status: 500 };
  switch (spoil?.kind) {
    case undefined:
    case 'latency':
    case 'wait':
      if (honest.cut === true) {
        reply.socket?.destroy();
        return null;
      }
      sendAnswer(reply, honest);
      return honest.status;
    case 'status':
      sendAnswer(reply, spoil);
      return spoil.status;
    case 'hang':
      return null;
    case 'cut':
      reply.socket?.destroy();
      return null;
    case 'truncated':
      sendAnswer(reply, honest, true);
      return honest.status;
    case 'html':
      sendAnswer(reply, { status: spoil.status ?? 200, body: signInPage });
      return spoil.status ?? 200;
    case 'body':
      sendAnswer(reply, { ...spoil, status: spoil.status ?? 200 });
      return spoil.status ?? 200;
    case 'mutate':
      sendAnswer(reply, mutated(honest, spoil.change));
      return honest.status;
    case 'empty':
      sendAnswer(reply, { status: 200, headers: { 'content-type': 'application/json' } });
      return 200;
    case 'huge':
      await sendHuge(reply, spoil.bytes);
      return 200;
  }
}

function mutated(answer: FakeResponse, change: (json: unknown) => unknown): FakeResponse {
  const text = toBytes(answer.body).toString('utf8');
  const headers = { ...answer.headers, 'content-type': 'application/json' };
  return { ...answer, headers, body: JSON.stringify(change(parsed(text))) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
