// The tests of this run have their stores in files.
Reflect.set(globalThis, 'SLUICE_TEST_STORE', 'sqlite');
