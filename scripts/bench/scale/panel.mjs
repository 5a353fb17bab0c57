import { fork } from 'node:child_process';
import path from 'node:path';
import { dueDate } from '../lib.mjs';

/**
 * Starts a fake panel in a process of its own. `latency` is the distribution of its waits (`{ medianMs, spread }`); `order`
 * moves traffic or counts the calls, and `stop` ends it.
 */
export async function startPanel(kind, { services, latency, seed }) {
  const words = JSON.stringify({ kind, services, latency, seed });
  const child = fork(path.join(import.meta.dirname, 'fake.mjs'), [words], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const answer = () =>
    new Promise((resolve, reject) => {
      const ended = (code) => reject(new Error(`the fake ${kind} ended with ${code}`));
      child.once('exit', ended);
      child.once('message', ({ result }) => {
        child.off('exit', ended);
        resolve(result);
      });
    });
  const greeting = await answer();
  const order = (what) => {
    const answered = answer();
    child.send(what);
    return answered;
  };
  return { kind, ...greeting, order, stop: () => child.disconnect() };
}

const configs = {
  easydcim: ({ url, secret }) => ({
    panel: `{ kind: easydcim, url: "${url}", allowHttp: true, token: "${secret}", concurrency: 64 }`,
    product: 'quota: { total: 900TB }, lineSpeed: 100Mbit',
    column: 'easydcim_service_id',
  }),
  flvx: ({ url, secret }) => ({
    panel: `{ kind: flvx, url: "${url}", allowHttp: true, username: admin_user, password: "${secret}" }`,
    product: 'lineSpeed: 100Mbit, quota: { total: 100GB }, flvx: { tunnelId: 1 }',
    column: 'flvx_user_id',
  }),
  hiddify: ({ url, secret }) => ({
    panel: `{ kind: hiddify, url: "${url}", allowHttp: true, apiKey: "${secret}" }`,
    product: 'lineSpeed: 100Mbit, quota: { total: 20GB }, hiddify: { packageDays: 30, mode: no_reset }',
    column: 'hiddify_user_uuid',
  }),
};

/** The config of a set of panels, and the rows of their services, all adopted as they are. */
export function describePanels(panels, { state, more = '' } = {}) {
  const parts = panels.map((panel, at) => ({ name: `panel-${at + 1}`, ids: panel.ids, ...configs[panel.kind](panel) }));
  const due = dueDate();
  const columns = [...new Set(parts.map(({ column }) => column))];
  const config = [
    'timeZone: UTC',
    ...(state === undefined ? [] : [`state: "${state}"`]),
    'panels:',
    ...parts.map(({ name, panel }) => `  ${name}: ${panel}`),
    'products:',
    ...parts.map(({ name, product }) => `  of-${name}: { panel: ${name}, ${product} }`),
    more,
  ];
  const rows = parts.flatMap(({ name, ids, column }) =>
    ids.map((id, at) => {
      const refs = columns.map((each) => (each === column ? id : ''));
      return [`${name}-${at + 1}`, name, `of-${name}`, 'monthly', due, ...refs].join();
    }),
  );
  const head = ['id', 'panel', 'product', 'billing_cycle', 'next_due_date', ...columns].join();
  return { config: `${config.join('\n')}\n`, services: [head, ...rows].join('\n') };
}
