import { expect, it } from '@jest/globals';
import { customerPages } from './customer-pages.js';

const TO = 'https://billing.example.com/whmcs';

it.each([
  [{ url: `${TO}/` }, TO],
  [{ url: `${TO}/includes/api.php` }, TO],
  [{ url: 'https://me:secret@billing.example.com/admin/' }, 'https://billing.example.com'],
  [{ url: 'http://10.0.0.5/whmcs', publicUrl: TO }, TO],
  [{ url: 'https://api.example.com', publicUrl: `${TO}/clientarea.php?a=b` }, TO],
])('links the pages at the address that clients reach: %j', (settings, folder) => {
  const pages = customerPages(settings);
  expect([pages?.invoice('10&16'), pages?.addFunds, pages?.service?.('5&6'), pages?.invoices]).toEqual([
    `${folder}/viewinvoice.php?id=10%2616`,
    `${folder}/clientarea.php?action=addfunds`,
    `${folder}/clientarea.php?action=productdetails&id=5%266`,
    `${folder}/clientarea.php?action=invoices`,
  ]);
});

it.each(['http://10.0.0.5/whmcs', 'http://whmcs:8080', 'https://whmcs.internal', 'no address'])(
  'links no pages of an internal address: %s',
  (url) => {
    expect(customerPages({ url })).toBeNull();
  },
);
