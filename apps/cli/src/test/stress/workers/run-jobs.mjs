// A worker: does the runs of the config over and over, in another order each time, until it is stopped.
import { setTimeout as wait } from 'node:timers/promises';
import { astbilling } from '@sluice/astbilling-client/panel';
import { configReaders, loadConfigFile, storePlace } from '@sluice/config-file';
import { easydcim } from '@sluice/easydcim-client/panel';
import { createSluice, openLocalStore } from '@sluice/engine';
import { processParts } from '@sluice/engine/process';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { whmcs } from '@sluice/whmcs-client/billing';

const kinds = { kinds: [easydcim, hiddify, astbilling], billing: [whmcs], channels: [] };
const config = loadConfigFile(`${process.cwd()}/sluice.yaml`, kinds);
const stop = new globalThis.AbortController();
process.once('SIGTERM', () => stop.abort('SIGTERM'));
const { clock, randomBytes, owner, isAlive } = processParts();

while (!stop.signal.aborted) {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${error.stack}\n`);
  }
}

async function work() {
  const store = await openLocalStore(storePlace(config, process.env).location, { clock });
  const sluice = await createSluice({
    ...{ config, store, ...kinds, ...configReaders(config, process.env) },
    ...{ clock, randomBytes, owner, isAlive, signal: stop.signal },
  });
  const jobs = [
    () => sluice.poll({ allServices: false }),
    () => sluice.reconcile({ allServices: false }),
    () => sluice.agents.check(),
    () => sluice.calls.bill({ reports: null }),
    () => sluice.services.sync(),
  ];
  try {
    while (!stop.signal.aborted) {
      const job = jobs[Math.floor(Math.random() * jobs.length)];
      await job().catch((error) => {
        if (error.kind === 'store') throw error;
        process.stderr.write(`${error.code}: ${error.message}\n`);
      });
      await wait(Math.random() * 300);
    }
  } finally {
    await sluice.close();
  }
}
