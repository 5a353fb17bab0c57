import { fromCents } from './money.js';
import { toClient, type Handler, page } from './page.js';
import { Refusal, Typed, Wrapped } from './reply.js';

/** One client, by id or e-mail. */
export const getClientsDetails: Handler = (world, form) => {
  if (!form.has('clientid') && !form.has('email')) throw new Refusal('Either clientid Or email Is Required');
  const byEmail = [...world.clients.values()].find(({ email }) => email === form.text('email'));
  const id = form.has('clientid') ? form.number('clientid') : (byEmail?.id ?? 0);
  const row = toClient(world, id, 'Client Not Found');
  const client = {
    client_id: row.id,
    userid: row.id,
    id: row.id,
    firstname: new Typed(row.firstName),
    lastname: new Typed(row.lastName),
    fullname: new Typed(`${row.firstName} ${row.lastName}`),
    companyname: new Typed(row.company),
    email: row.email,
    currency: 1,
    status: row.status,
    tax_id: row.taxId,
    language: row.language,
    credit: fromCents(row.credit),
    taxexempt: row.taxExempt,
    country: row.country,
    countrycode: row.country,
    state: new Typed(row.state),
    statecode: new Typed(row.state),
    lastlogin: 'Date: 01/11/2026 10:26<br>IP Address: 192.0.2.10<br>Host: host.example',
    currency_code: row.currency,
    customfields: [{ id: 1, value: '' }],
    customfields1: '',
  };
  return { client };
};

/** All clients in pages; `search` compares beginnings. The answer has neither tax id nor credit. */
export const getClients: Handler = (world, form) => {
  const begins = (text: string): boolean => text.toLowerCase().startsWith(form.text('search').toLowerCase());
  const found = [...world.clients.values()].filter(
    ({ firstName, lastName, company, email, status }) =>
      (!form.has('search') || [firstName, lastName, company, email].some(begins)) &&
      (!form.has('status') || status === form.text('status')),
  );
  const { rows, counts } = page(world, form, found);
  const clients = rows.map((row) => ({
    id: row.id,
    firstname: new Typed(row.firstName),
    lastname: new Typed(row.lastName),
    companyname: new Typed(row.company),
    email: row.email,
    datecreated: '2026-02-01',
    groupid: 0,
    status: row.status,
  }));
  return { ...counts, clients: new Wrapped('client', clients) };
};
