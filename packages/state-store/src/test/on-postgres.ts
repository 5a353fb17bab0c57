// The tests of this run have their stores on PostgreSQL.
Reflect.set(globalThis, 'SLUICE_TEST_STORE', 'postgres');
