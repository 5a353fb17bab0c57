import { describeBilling } from '../test/describe-billing.js';
import { openWhmcsWorld } from './whmcs-world.js';

describeBilling('WHMCS', () => openWhmcsWorld());

describeBilling('WHMCS with all its quirks', () =>
  openWhmcsWorld({
    quirks: {
      numbersAsText: true,
      emptyList: 'text',
      oneAsObject: true,
      entities: true,
      narrowText: true,
      errorStatus: 403,
      successStatus: 403,
      mostRows: 1,
      ignoresOrder: true,
      creditLowersTotal: false,
    },
  }),
);

describeBilling('WHMCS with flattened keys', () =>
  openWhmcsWorld({ quirks: { flattened: true, emptyList: 'absent' } }),
);
