import { expect, it } from '@jest/globals';
import { toNameColumns } from './name-columns.js';

const NOBODY = { domain: null, productName: null, clientName: null, clientEmail: null };
const ENTRY = { name: 'rack 7', clientName: 'Sara', clientEmail: 'sara@example.com' };

it('takes names of the billing system first, then of the panel, and of the product last', () => {
  const billed = { domain: 'web.example.com', productName: 'VPS', clientName: 'Sara Rezaei', clientEmail: null };
  expect(toNameColumns(billed, ENTRY)).toEqual({
    name: 'web.example.com',
    client_name: 'Sara Rezaei',
    client_email: 'sara@example.com',
  });
  expect(toNameColumns({ ...NOBODY, productName: 'VPS' }, ENTRY)).toMatchObject({
    name: 'rack 7',
    client_name: 'Sara',
  });
  expect(toNameColumns({ ...NOBODY, productName: 'VPS' }, null)).toEqual({ name: 'VPS' });
  expect(toNameColumns(null, null)).toEqual({});
});

it('leaves out and cuts what can’t be stored', () => {
  const entry = { name: 'x'.repeat(300), clientName: 'A\u202E\nb', clientEmail: 'Sara <sara@example.com>' };
  expect(toNameColumns(NOBODY, entry)).toEqual({ name: 'x'.repeat(200), client_name: 'A b' });
});
