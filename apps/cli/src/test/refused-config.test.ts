import { chmodSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock } from '@sluice/fake-panels';
import { Bench } from './harness.js';

const SCHEDULED = ['poll', 'reconcile', 'agent check --all', 'call bill', 'service sync', 'serve --with-schedule'];

let bench: Bench;
let receiver: Server;
let got: string[];
let address: string;
beforeEach(async () => {
  bench = new Bench(manualClock('2026-11-20T12:00:00Z'));
  got = [];
  receiver = createServer((request, response) => {
    got.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.end('ok');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/ping/6f0c?x=1`;
});
afterEach(async () => {
  await new Promise((resolve) => receiver.close(resolve));
  bench.close();
});

const valid = (heartbeat: string, more = ''): string => `panels:
  p: { kind: easydcim, url: "https://dcim.example.com", token: "\${env:T}" }
products: { ded: { panel: p, quota: 1TB } }
heartbeat: ${heartbeat}
${more}`;
const runsWith = async (text: string, words: string, mode = 0o600): Promise<[number, string[]]> => {
  bench.write('sluice.yaml', text);
  chmodSync(bench.path('sluice.yaml'), mode);
  got = [];
  const { exitCode } = await bench.sluice(words);
  return [exitCode, got];
};
const FAILED = ['GET /ping/6f0c/fail?x=1'];

describe('a config that is refused', () => {
  it.each(SCHEDULED)('sends the failure of the heartbeat in "%s", which ends with 2', async (words) => {
    const text = valid(`"${address}" # watched`, 'no_such_key: 1\n');
    expect(await runsWith(text, `${words} --quiet`)).toEqual([2, FAILED]);
    expect(await runsWith(`${text}\tbroken: [\n`, words)).toEqual([2, FAILED]);
  });

  it('sends it for permissions, and for a store that is refused', async () => {
    const exposed = valid(address, 'serve: { token: "${file:./token}" }\n');
    expect(await runsWith(exposed, 'poll', 0o666)).toEqual([2, FAILED]);
    bench.write('sluice.db', 'this is no database, but a text of more than sixteen bytes');
    expect(await runsWith(valid(address), 'poll')).toEqual([1, FAILED]);
  });

  it('has its address read from the environment and from a file, unless others can write the config', async () => {
    bench.env['BEAT'] = address;
    bench.write('beat', `${address}\n`);
    const broken = 'no_such_key: 1\n';
    expect(await runsWith(valid('"${env:BEAT}"', broken), 'poll')).toEqual([2, FAILED]);
    expect(await runsWith(valid('"${file:./beat}"', broken), 'poll')).toEqual([2, FAILED]);
    expect(await runsWith(valid('"${file:./beat}"', broken), 'poll', 0o666)).toEqual([2, []]);
    const program = `"\${cmd:/bin/cat ${bench.path('beat')}}"`;
    expect(await runsWith(valid(program, broken), 'poll')).toEqual([2, []]);
    expect(await runsWith(valid('7', broken), 'poll')).toEqual([2, []]);
  });

  it.each(['poll --dry-run', 'poll --panel p', 'plan', 'service list', 'config check', 'service sync --service x'])(
    'sends nothing for "%s", which is no run of the schedule',
    async (words) => {
      expect(await runsWith(valid(address, 'no_such_key: 1\n'), words)).toEqual([2, []]);
    },
  );
});
