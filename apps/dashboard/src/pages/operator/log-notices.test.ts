import { beforeAll, expect, it } from '@jest/globals';
import type { NoticeChannelKind } from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import * as z from 'zod';
import { useBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';

let isRefused = false;
const mail: NoticeChannelKind = {
  ...{ kind: 'mail', title: 'Mail', secrets: [], clientAddress: 'none' },
  shape: { mail: z.string() },
  descriptions: { mail: 'Anything' },
  open: () =>
    Promise.resolve({
      send: () =>
        isRefused ? Promise.reject(new SluiceError('receiver_refused', 'The server refused it')) : Promise.resolve(),
      close: () => undefined,
    }),
};

const at = useBench({ config: { notify: [{ mail: 'x', name: 'staff' }] }, channels: [mail] });

/** The rows of the log about calls. */
async function rows(): Promise<string[]> {
  const page = await at.page('/log?kind=api');
  return [...page.matchAll(/<tr>[\s\S]*?<\/tr>/g)].map(([row]) => textOf(row));
}

beforeAll(async () => {
  await at.addService(1, 'c-1', 195);
  await at.sluice.poll();
});

it('shows a mail that was sent as done, with its channel', async () => {
  expect(await rows()).toContainEqual(expect.stringMatching(/ api svc-1 notify mail through staff ok \d+ ms$/));
  expect((await rows()).join('\n')).not.toMatch(/SEND|failed/);
});

it('shows a mail that was refused as failed, with why', async () => {
  isRefused = true;
  await at.sluice.notices.test();
  expect(await rows()).toContainEqual(
    expect.stringMatching(/ api staff notify mail failed \d+ ms: The server refused it$/),
  );
});

it('names a call to a panel as commands do', async () => {
  expect((await rows()).join('\n')).toMatch(/ api svc-1 GET \/api\/v3\/admin\/orders\/901 200 \d+ ms/);
});
