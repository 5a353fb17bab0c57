import { expect, it } from '@jest/globals';
import { scheduledCommands } from '@sluice/engine';
import { whmcs } from '@sluice/whmcs-client/billing';

it('a sync is scheduled also where the products are named in the module of WHMCS alone', () => {
  const config = {
    panels: { dcim: { kind: 'easydcim' } },
    products: { ports: { panel: 'dcim' } },
    poll: { interval: 900_000 },
    schedule: { agentCheck: 1, callBill: 1, sync: 600_000 },
    whmcs: { url: 'https://billing.example.com' },
  };
  const list = (other: object) =>
    scheduledCommands({ ...config, ...other } as never, { kinds: [], billing: [whmcs] }).filter(
      ({ command }) => command === 'service sync',
    );
  expect(list({})).toEqual([{ command: 'service sync', intervalMs: 600_000 }]);
  expect(list({ whmcs: undefined })).toEqual([]);
});
