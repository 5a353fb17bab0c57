import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startHiddifyBench, type HiddifyBench } from './hiddify-bench.js';

const USERS = /\/api\/v2\/admin\/user\/$/;

let at: HiddifyBench;
beforeEach(async () => {
  at = await startHiddifyBench({ agents: '{}' });
  await at.create(1);
  await at.sluice(`agent limit ${at.north} --gb 100 --yes`);
  await at.bench.sluice('observe vpn');
});
afterEach(async () => {
  at.panel.server.clearFaults();
  await at.close();
});

/** Runs a command that is interrupted when it reads the users; the panel never answers that call. */
async function interrupted(words: string): Promise<{ exitCode: number; code: string | undefined }> {
  const control = new AbortController();
  at.panel.server.inject({
    endpoint: USERS,
    match: () => {
      control.abort('SIGINT');
      return true;
    },
    fault: { kind: 'hang' },
  });
  const ended = await at.bench.sluice(`${words} --json`, { signal: control.signal });
  at.panel.server.clearFaults();
  const { error } = ended.json<{ error?: { code: string } | null }>();
  return { exitCode: ended.exitCode, code: error?.code };
}

async function switchOf(): Promise<string[]> {
  return at.bench.store(async (store) => (await store.switches.list()).map(({ enforce }) => enforce));
}

describe('a command that is interrupted while it reads the panel', () => {
  it.each(['enforce vpn --yes', 'agent check --all', 'agent create-user north --gb 1 --name cora'])(
    'ends "%s" as interrupted, not as a bug',
    async (words) => {
      expect(await interrupted(words)).toEqual({ exitCode: 130, code: 'interrupted' });
      expect(await switchOf()).toEqual(['observe']);
      const errors = await at.bench.store(async (store) => (await store.runs.list({})).map(({ error }) => error));
      expect(errors.filter((error) => error !== null && !error.startsWith('interrupted'))).toEqual([]);
    },
  );
});

describe('enforcing a panel whose services can not be read', () => {
  it('is refused, and the switch stays', async () => {
    at.panel.server.inject({ endpoint: /admin\/user\//, fault: { kind: 'html', status: 502 } });
    const refused = await at.bench.sluice('enforce vpn --yes --json');
    expect([refused.exitCode, refused.json<{ error: { code: string } }>().error.code]).toEqual([1, 'doctor_failed']);
    expect(await switchOf()).toEqual(['observe']);
  });
});
