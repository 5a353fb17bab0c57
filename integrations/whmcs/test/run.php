<?php

declare(strict_types=1);

/**
 * Calls functions of the modules and hooks as WHMCS does, and prints what came of it.
 *
 * Reads a request (JSON) from the standard input:
 *
 *     { "database": FILE, "root": FOLDER, "compile": FOLDER, "api": { "url", "identifier", "secret" },
 *       "tables": { NAME: [ROW, …] }, "constants": { NAME: VALUE }, "calls": [CALL, …] }
 *
 * `root` holds `modules` (default: the folder above this one). Rows replace those with the same `id`. `constants` are those of
 * `configuration.php`. A call is one of
 *
 *     { "module": "servers/sluice", "call": "CreateAccount", "params": {…} }
 *     { "module": "addons/sluice", "call": "output", "params": {…} }
 *     { "hook": "InvoiceCreation", "vars": {…} }
 *
 * and may have `get`, `post`, `session` and `server` (the superglobals), `isSameSession` (the session of the call before), and
 * `storedAfter`, the password that WHMCS stores for the service after a success. In `vars`, `{ "$service": 42 }` is the model of a service.
 * Prints `{ "results": [RESULT, …], "tables": { NAME: [ROW, …] } }`; see runtime/Caller.php for a result.
 */

require __DIR__ . '/runtime.php';

use Sluice\Whmcs\Test\Caller;
use Sluice\Whmcs\Test\Site;

$request = json_decode((string) stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
if (!is_array($request)) {
    throw new RuntimeException('The request is not an object');
}
foreach ($request['constants'] ?? [] as $name => $value) {
    define((string) $name, $value);
}
Site::open($request);
$caller = new Caller((string) ($request['root'] ?? dirname(__DIR__)), (string) $request['compile']);
$results = array_map(static fn (array $call): array => $caller->call($call), $request['calls']);
// After what the modules left for the end of the request.
register_shutdown_function(static function () use ($results): void {
    $answer = ['results' => $results, 'tables' => Site::tables()];
    fwrite(STDOUT, json_encode($answer, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR));
});
